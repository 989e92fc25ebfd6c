package kernelgen

import (
	"go/ast"
	"go/token"
	"strings"
)

// The marks of functions, as comments without a space.
const (
	markPrefix = "//tandem:"
	markKernel = "kernel"
	markDevice = "device"
	markTurns  = "turns"
)

// noConstructor in the place of a kernel's constructor: the package describes its
// launches itself.
const noConstructor = "_"

// directive is a mark with its word behind it: "//tandem:kernel Blur".
type directive struct {
	verb, arg string
	pos       token.Pos
}

func parseDirective(c *ast.Comment) (directive, bool) {
	text, ok := strings.CutPrefix(c.Text, markPrefix)
	if !ok {
		return directive{}, false
	}
	verb, arg, _ := strings.Cut(text, " ")
	return directive{verb, strings.TrimSpace(arg), c.Pos()}, true
}

// directiveOf is the mark of a function.
func directiveOf(fn *ast.FuncDecl) (directive, bool) {
	if fn.Doc == nil {
		return directive{}, false
	}
	for _, c := range fn.Doc.List {
		if d, ok := parseDirective(c); ok {
			return d, true
		}
	}
	return directive{}, false
}

// strayDirectives refuses marks that belong to nothing, or are unknown.
func (c *compiler) strayDirectives(f *ast.File) {
	onFunctions := map[token.Pos]bool{}
	var loops []token.Position
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if d, ok := directiveOf(n); ok {
				onFunctions[d.pos] = true
			}
		case *ast.ForStmt, *ast.RangeStmt:
			loops = append(loops, c.fset.Position(n.Pos()))
		}
		return true
	})
	for _, group := range f.Comments {
		for _, comment := range group.List {
			d, ok := parseDirective(comment)
			if !ok {
				continue
			}
			switch d.verb {
			case markKernel, markDevice:
				if !onFunctions[d.pos] {
					c.refuse(d.pos, "a %s%s mark that stands at no function", "write it in the last line of a function's comment", markPrefix, d.verb)
				}
			case markTurns:
				line, at := c.fset.Position(d.pos).Line, false
				for _, l := range loops {
					at = at || l.Line == line+1
				}
				if !at {
					c.refuse(d.pos, "a %s%s mark that stands at no loop", "write it in the line before a for", markPrefix, d.verb)
				}
			default:
				c.refuse(d.pos, "an unknown mark %s%s", "there are kernel, device and turns", markPrefix, d.verb)
			}
		}
	}
}
