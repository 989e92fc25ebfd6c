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
	// These stand beside a kernel's mark.
	markReduce  = "reduce"
	markGroup   = "group"
	markScatter = "scatter"
	markHost    = "host"
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

// directiveOf is the mark that makes a function a kernel or a device function; if
// there is none, the first mark that it has.
func directiveOf(fn *ast.FuncDecl) (directive, bool) {
	all := directivesOf(fn)
	for _, d := range all {
		if d.verb == markKernel || d.verb == markDevice {
			return d, true
		}
	}
	if len(all) > 0 {
		return all[0], true
	}
	return directive{}, false
}

// directivesOf are all marks of a function.
func directivesOf(fn *ast.FuncDecl) (all []directive) {
	if fn.Doc == nil {
		return nil
	}
	for _, c := range fn.Doc.List {
		if d, ok := parseDirective(c); ok {
			all = append(all, d)
		}
	}
	return all
}

// besides is the mark of the given kind beside a kernel's own.
func besides(fn *ast.FuncDecl, verb string) (directive, bool) {
	for _, d := range directivesOf(fn) {
		if d.verb == verb {
			return d, true
		}
	}
	return directive{}, false
}

func isLoop(s ast.Stmt) bool {
	switch s.(type) {
	case *ast.ForStmt, *ast.RangeStmt:
		return true
	}
	return false
}

// strayDirectives refuses marks that belong to nothing, or are unknown.
func (c *compiler) strayDirectives(f *ast.File) {
	onFunctions, onKernels := map[token.Pos]bool{}, map[token.Pos]bool{}
	var loops []token.Position
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			mark, _ := directiveOf(n)
			for _, d := range directivesOf(n) {
				onFunctions[d.pos] = true
				onKernels[d.pos] = mark.verb == markKernel
			}
		case *ast.LabeledStmt:
			if isLoop(n.Stmt) {
				loops = append(loops, c.fset.Position(n.Pos()))
			}
		case ast.Stmt:
			if isLoop(n) {
				loops = append(loops, c.fset.Position(n.Pos()))
			}
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
			case markReduce, markGroup, markScatter, markHost:
				if !onKernels[d.pos] {
					c.refuse(d.pos, "a %s%s mark that stands at no kernel", "write it in the comment of a function that is marked //tandem:kernel", markPrefix, d.verb)
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
				c.refuse(d.pos, "an unknown mark %s%s", "there are kernel, device, turns, and reduce, group, scatter and host beside kernel", markPrefix, d.verb)
			}
		}
	}
}
