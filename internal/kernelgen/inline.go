package kernelgen

import (
	"go/ast"
	"go/token"
	"go/types"
)

// inlining is a call that is being compiled.
type inlining struct {
	fn *Function
	// pos is that of the call in the kernel through which it came.
	pos    token.Pos
	simple bool
}

// maxInlined is how many calls of functions with slices a kernel may have, those within
// such functions included: a few functions that call each other twice are a text of
// millions of lines. Nothing was measured for it; no kernel of ours has a tenth.
const maxInlined = 500

// inlined compiles a call into the statements that are being made, and returns its
// results; nil if it was refused. whole says that the call is a statement, or all of the
// right side of one.
func (l *lowering) inlined(e *ast.CallExpr, f *Function, whole bool) (results []Expr, ok bool) {
	in := f.inline
	name := nameOf(in.decl)
	before := len(l.refusals)
	switch {
	case in.changes && !whole:
		l.refuse(e.Pos(), "a call of %s, which changes a slice, within an expression", "assign its result to a variable first", name)
		return nil, false
	case l.pure > 0 && !in.simple:
		l.refuse(e.Pos(), "a call of %s, which has a slice and statements, in a condition or a step of a loop, or in a case", "assign its result to a variable first", name)
		return nil, false
	case l.calls == maxInlined:
		l.refuse(e.Pos(), "more than %d calls of functions with slices in one kernel", "call fewer, or loop over one call", maxInlined)
		return nil, false
	}
	l.calls++
	if l.inlining != nil && !in.simple {
		l.inlining.simple = false
	}
	args := e.Args
	if f.Method != "" {
		args = append([]ast.Expr{ast.Unparen(e.Fun).(*ast.SelectorExpr).X}, args...)
	}
	if len(args) != len(in.params) {
		l.refuse(e.Pos(), "a call whose arguments are what another call returns", "assign the results to variables first")
		return nil, false
	}
	buffers, values := make([]*Buffer, len(args)), make([]Expr, len(args))
	for i, a := range args {
		if isSlice(in.params[i].Type()) {
			buffers[i] = l.slice(a)
		} else if f.Method != "" && i == 0 {
			values[i] = l.receiver(e)
		} else {
			values[i] = l.expr(a)
		}
	}
	if len(l.refusals) > before {
		return nil, false
	}
	made := len(l.out)
	inner := *l // what is the caller's own is kept here
	l.src, l.turns, l.depth, l.label = in.src, nil, l.depth+1, ""
	l.inlining = &inlining{fn: f, pos: e.Pos(), simple: true}
	if inner.inlining != nil && inner.inlining.pos.IsValid() {
		l.inlining.pos = inner.inlining.pos
	}
	l.given(in, buffers, values)
	if in.simple {
		results = l.expressions(in.decl.Body.List[0].(*ast.ReturnStmt).Results)
	} else {
		l.lazy = 0
		results = l.statementsOf(f)
	}
	l.src, l.turns, l.depth, l.label, l.lazy, l.inlining = inner.src, inner.turns, inner.depth, inner.label, inner.lazy, inner.inlining
	l.named = inner.named
	if len(l.refusals) > before {
		return nil, false
	}
	if in.src.path == l.home || inner.src.path != l.home {
		return results, true
	}
	if t := l.hidden(l.out[made:], results); t != "" {
		l.refuse(e.Pos(), "a call of %s, which has slices and computes with %s, of which not all has a capital letter", "give the type and its fields capital letters, or have it in this package", name, t)
		return nil, false
	}
	return results, true
}

func (l *lowering) expressions(list []ast.Expr) []Expr {
	var all []Expr
	for _, e := range list {
		all = append(all, l.expr(e))
	}
	return all
}

// given binds the parameters of a function: to what the argument is, if that is a
// variable or a constant or if no statement can stand here, or else to a variable.
func (l *lowering) given(in *inlinable, buffers []*Buffer, values []Expr) {
	assigned := assignedObjects(in.src.info, in.decl.Body)
	for i, p := range in.params {
		if buffers[i] != nil {
			l.buffers[p] = buffers[i]
			continue
		}
		t := l.convertType(p.Type(), p.Pos())
		value := values[i]
		if t == nil {
			return
		}
		if c, ok := value.(*Const); ok {
			value = &Const{t, c.Val}
		}
		_, isRef := value.(*Ref)
		delete(l.values, p)
		switch {
		case !assigned[p] && isConst(value) && t.Kind != Int:
			// A variable, since Go computes with constants exactly. It is the same
			// everywhere, so that it can stand where no other statement can.
			v := l.declare(p, t)
			v.Init = value
			l.prologue = append(l.prologue, &Declare{v, value})
		case !assigned[p] && (isRef || isConst(value) || in.simple && l.pure+l.lazy > 0):
			l.values[p] = value
		default:
			v := l.declare(p, t)
			v.Init = value
			l.out = append(l.out, &Declare{v, value})
		}
	}
}

// slice is the buffer that an argument names.
func (l *lowering) slice(e ast.Expr) *Buffer {
	e = ast.Unparen(e)
	if call, ok := e.(*ast.CallExpr); ok && l.src.info.Types[call.Fun].IsType() {
		return l.slice(call.Args[0])
	}
	if b := l.bufferOf(e); b != nil {
		return b
	}
	if cut, ok := e.(*ast.SliceExpr); ok {
		if isSlice(l.src.info.Types[cut.X].Type) {
			l.refuse(e.Pos(), "a slice of a slice as an argument", "pass the slice itself, and the subscript at which to begin")
		} else {
			l.refuse(e.Pos(), "a slice of an array as an argument", "have the function take the array")
		}
		return nil
	}
	if before := len(l.refusals); l.object(e) != nil || l.expr(e) != nil || len(l.refusals) == before {
		l.refuse(e.Pos(), "a slice that is no parameter of the kernel as an argument", "pass the slice to the kernel")
	}
	return nil
}

// siteOf is a place where an element is used: of a function that is called, the place
// of the call in the kernel.
func (l *lowering) siteOf(e ast.Expr) *site {
	s := &site{pos: e.Pos(), text: types.ExprString(e)}
	if in := l.inlining; in != nil && in.pos.IsValid() {
		s.pos = in.pos
		s.text += " in " + nameOf(in.fn.inline.decl)
	}
	return s
}

// inlinedValue is a call as a value.
func (l *lowering) inlinedValue(e *ast.CallExpr, f *Function) Expr {
	if len(f.Results) != 1 {
		l.refuse(e.Pos(), "a call with %d results as a value", "assign them to variables", len(f.Results))
		return nil
	}
	values, ok := l.inlined(e, f, l.whole == e)
	if !ok {
		return nil
	}
	return values[0]
}

// changing compiles a call as a statement, and reports whether it is of a function
// that changes a slice.
func (l *lowering) changing(e *ast.CallExpr) bool {
	var id *ast.Ident
	called := ast.Unparen(e.Fun)
	switch f := called.(type) {
	case *ast.IndexExpr:
		called = ast.Unparen(f.X)
	case *ast.IndexListExpr:
		called = ast.Unparen(f.X)
	}
	switch f := called.(type) {
	case *ast.Ident:
		id = f
	case *ast.SelectorExpr:
		id = f.Sel
	default:
		return false
	}
	fn, ok := l.src.info.Uses[id].(*types.Func)
	if !ok || !takesSlices(fn.Type().(*types.Signature)) {
		return false
	}
	f, _ := l.callee(e)
	switch {
	case f == nil:
		return true // refused
	case f.inline == nil || !f.inline.changes:
		return false
	}
	l.inlined(e, f, true)
	return true
}
