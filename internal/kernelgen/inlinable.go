package kernelgen

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A device function with slices among its parameters is compiled where it is called:
// its statements stand in the kernel, its slices are the kernel's, and what else it is
// given are variables. GLSL has no pointers to arrays of a launch; and all that is
// said of a kernel's subscripts, on the host too, then holds for the function's.

// inlinable is such a function. It is compiled by itself once, for what is wrong with it.
type inlinable struct {
	src     *source
	decl    *ast.FuncDecl
	params  []*types.Var
	changes bool // it stores into a slice, or has atomic operations
	// simple says that it is no more than an expression, which can stand where
	// statements cannot: in a condition of a loop.
	simple bool
}

func takesSlices(sig *types.Signature) bool {
	for _, p := range paramsOf(sig) {
		if isSlice(p.Type()) {
			return true
		}
	}
	return false
}

func isSlice(t types.Type) bool {
	_, ok := t.Underlying().(*types.Slice)
	return ok
}

// inlinable compiles a function as if for a call, with slices that nobody has. It
// returns nil if it was refused.
func (c *compiler) inlinable(src *source, fn *ast.FuncDecl) *Function {
	name := nameOf(fn)
	key := src.path + "." + name
	if f, ok := c.inlinables[key]; ok {
		return f
	}
	c.compiling[key] = true
	defer delete(c.compiling, key)
	c.inlinables[key] = nil
	obj, _ := src.info.Defs[fn.Name].(*types.Func)
	if obj == nil {
		return nil
	}
	before := len(c.refusals)
	l := c.lowering(src)
	if !l.signature(fn) {
		return nil
	}
	l.k = &Kernel{Name: name, Obj: obj, names: l.names, Pos: fn.Name.Pos()}
	sig := obj.Type().(*types.Signature)
	in := &inlinable{src: src, decl: fn, params: paramsOf(sig)}
	f := &Function{Obj: obj, Method: methodOf(name), inline: in}
	for _, p := range in.params {
		if isSlice(p.Type()) && !sig.Variadic() {
			l.kernelParam(p, fn.Body)
		} else if t := l.paramType(p, fn); t != nil {
			l.declare(p, t).Writes++
		}
	}
	l.results(f, sig)
	if len(c.refusals) > before {
		return nil
	}
	l.inlining = &inlining{fn: f, simple: true}
	body := append(l.namedResults(sig), l.block(fn.Body)...)
	if len(c.refusals) > before {
		return nil
	}
	in.changes = changes(body)
	if !in.changes && len(fn.Body.List) == 1 && len(f.Results) == 1 && l.named == nil && l.inlining.simple {
		_, in.simple = fn.Body.List[0].(*ast.ReturnStmt)
	}
	if len(f.Results) == 0 && !in.changes {
		c.refuse(fn.Name.Pos(), "device function %s without a result", "return what it computes: it changes nothing", name)
		return nil
	}
	c.inlinables[key] = f
	return f
}

// changes reports whether statements store into a buffer.
func changes(list []Stmt) bool {
	found := false
	walkTop(list, func(s Stmt) {
		switch s := s.(type) {
		case *Assign:
			_, isLoad := s.To.(*Load)
			found = found || isLoad
		case *Atomic:
			found = true
		}
	}, func(Expr) {})
	return found
}

// outside reports whether a call that a function of another package makes cannot be
// one in a loop that is generated for this package.
func (l *lowering) outside(fn *types.Func) bool {
	path := fn.Pkg().Path()
	return l.src.path != l.home && path != l.home &&
		(!fn.Exported() || strings.Contains("/"+path+"/", "/internal/"))
}

// hidden is a type of another package that a generated loop cannot name all of, among
// those of the statements of a call and its results; "" if there is none.
func (l *lowering) hidden(list []Stmt, results []Expr) string {
	found := ""
	var look func(t *Type)
	look = func(t *Type) {
		switch t.Kind {
		case Array:
			look(t.Elem)
		case Struct:
			for _, field := range t.Fields {
				look(field.Type)
				if !token.IsExported(field.Name) || field.Type.isScalar() && hiddenName(l.home, field.Type) != "" {
					found = types.TypeString(t.Go, l.qualify)
				}
			}
			if !types.Unalias(t.Go).(*types.Named).Obj().Exported() {
				found = types.TypeString(t.Go, l.qualify)
			}
		}
	}
	note := func(t *Type) {
		if t.Kind == Array || t.Kind == Struct && foreignTo(l.home, t.Go) {
			look(t)
		}
	}
	visit := func(e Expr) {
		note(e.typ())
		if name := hiddenName(l.home, e.typ()); name != "" && e.typ().isScalar() {
			if _, isVar := e.(*Ref); !isVar { // variables are plain numbers
				found = name
			}
		}
		if load, ok := e.(*Load); ok {
			if name := l.hiddenStep(load.Steps); name != "" {
				found = name
			}
		}
	}
	walk(list, func(s Stmt) {
		if d, ok := s.(*Declare); ok {
			note(d.Var.Type)
		}
	}, visit)
	for _, e := range results {
		walkExpr(e, visit)
	}
	return found
}

// hiddenStep is the type of a step that a generated loop can't name, "" if there is none.
// It leaves out embedded structures that have no capital letter, which is right where the
// field behind them is found without them.
func (l *lowering) hiddenStep(steps []step) string {
	hidden := func(s step) bool {
		return s.at == nil && foreignTo(l.home, s.of.Go) && !token.IsExported(s.of.Fields[s.field].Name)
	}
	for i := 0; i < len(steps); i++ {
		first := steps[i]
		if !hidden(first) {
			continue
		}
		var path []int
		for i < len(steps) && hidden(steps[i]) {
			path = append(path, steps[i].field)
			i++
		}
		if i == len(steps) || steps[i].at != nil {
			return types.TypeString(first.of.Go, l.qualify)
		}
		_, found, _ := types.LookupFieldOrMethod(first.of.Go, true, nil, steps[i].of.Fields[steps[i].field].Name)
		if !slices.Equal(found, append(path, steps[i].field)) {
			return types.TypeString(first.of.Go, l.qualify)
		}
	}
	return ""
}

// hiddenName is the name of a type of another package that has no capital letter; "" for
// any other type.
func hiddenName(path string, t *Type) string {
	if t.Go == nil || !foreignTo(path, t.Go) || types.Unalias(t.Go).(*types.Named).Obj().Exported() {
		return ""
	}
	return types.TypeString(t.Go, func(p *types.Package) string { return p.Name() })
}

func foreignTo(path string, t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() != path
}
