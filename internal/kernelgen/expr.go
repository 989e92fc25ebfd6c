package kernelgen

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"
)

func zero(t *Type) Expr {
	if t.Kind == Bool {
		return &Const{t, constant.MakeBool(false)}
	}
	return &Const{t, constant.MakeInt64(0)}
}

func one(t *Type) Expr        { return &Const{t, constant.MakeInt64(1)} }
func intConst(v int64) *Const { return &Const{typeInt, constant.MakeInt64(v)} }
func isConst(e Expr) bool     { _, ok := e.(*Const); return ok }
func comparison(op token.Token) bool {
	switch op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return true
	}
	return false
}

// int64Of is the value of an integer constant that an int64 holds.
func int64Of(e Expr) (int64, bool) {
	c, ok := e.(*Const)
	if !ok || !c.T.isInteger() {
		return 0, false
	}
	return constant.Int64Val(constant.ToInt(c.Val))
}

// expr lowers an expression; nil if it was refused.
func (l *lowering) expr(e ast.Expr) Expr {
	tv, ok := l.src.info.Types[e]
	if !ok {
		l.refuse(e.Pos(), "an expression without a type", "correct what the Go compiler says")
		return nil
	}
	if tv.Value != nil {
		return l.constant(e, tv)
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return l.expr(e.X)
	case *ast.Ident:
		return l.ident(e)
	case *ast.BinaryExpr:
		if e.Op == token.LAND || e.Op == token.LOR {
			return l.condition(e)
		}
		x, y := l.expr(e.X), l.expr(e.Y)
		if x == nil || y == nil {
			return nil
		}
		t := typeBool
		if !comparison(e.Op) {
			if t = l.convertType(tv.Type, e.Pos()); t == nil {
				return nil
			}
		}
		return l.binary(e.OpPos, e.Op, t, x, y)
	case *ast.UnaryExpr:
		return l.unary(e)
	case *ast.CallExpr:
		return l.call(e)
	case *ast.IndexExpr:
		return l.index(e)
	case *ast.SelectorExpr:
		return l.selector(e)
	case *ast.CompositeLit:
		return l.composite(e)
	case *ast.FuncLit:
		l.refuse(e.Pos(), "a closure", "write a //tandem:device function and call it by its name")
	case *ast.StarExpr:
		if p, ok := l.placeOf(e, asIs); ok {
			return p.value()
		}
		l.refuse(e.Pos(), "a pointer", "use values: copying a structure costs nothing on devices")
	case *ast.SliceExpr:
		l.refuse(e.Pos(), "a slice of a slice", "compute the subscript: x[from+j]")
	case *ast.TypeAssertExpr:
		l.refuse(e.Pos(), "a type assertion", "kernels have no interfaces; use the type itself")
	default:
		l.refuse(e.Pos(), "an expression that kernels don't have", "see docs/kernels.md for those they have")
	}
	return nil
}

// constant lowers a constant expression of whatever form.
func (l *lowering) constant(e ast.Expr, tv types.TypeAndValue) Expr {
	if tv.Value.Kind() == constant.String {
		l.refuse(e.Pos(), "a string", "kernels compute with numbers; report through a code in a slice")
		return nil
	}
	typ := tv.Type
	if b, ok := typ.Underlying().(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
		typ = types.Default(b)
	}
	// What is only counted with, as a shift's width, may be of any type.
	if b, ok := typ.Underlying().(*types.Basic); ok && b.Kind() == types.Uint {
		if v, exact := constant.Int64Val(constant.ToInt(tv.Value)); exact && v <= math.MaxInt32 {
			return intConst(v)
		}
	}
	t := l.convertType(typ, e.Pos())
	if t == nil {
		return nil
	}
	if t.Kind == Int {
		if v, exact := constant.Int64Val(constant.ToInt(tv.Value)); !exact || v > math.MaxInt32 || v < math.MinInt32 {
			l.refuse(e.Pos(), "%s as an int, which has 32 bits on devices", "convert to int64", tv.Value)
			return nil
		}
	}
	return &Const{t, tv.Value}
}

// condition lowers && and ||. What has to be computed before the right side is so only
// if the left one does not decide.
func (l *lowering) condition(e *ast.BinaryExpr) Expr {
	x := l.expr(e.X)
	outer := l.out
	l.out = nil
	l.lazy++
	y := l.expr(e.Y)
	l.lazy--
	made := l.out
	l.out = outer
	if x == nil || y == nil {
		return nil
	}
	if len(made) == 0 {
		return l.binary(e.OpPos, e.Op, typeBool, x, y)
	}
	v := &Var{Name: l.names.name("holds"), Type: typeBool, Writes: 1}
	var cond Expr = &Ref{v}
	if e.Op == token.LOR {
		cond = &Unary{typeBool, token.NOT, cond}
	}
	l.out = append(l.out, &Declare{v, x}, &If{cond, append(made, &Assign{To: &Ref{v}, Value: y}), nil})
	return &Ref{v}
}

func (l *lowering) ident(e *ast.Ident) Expr {
	obj := l.src.info.Uses[e]
	if x := l.values[obj]; x != nil {
		return clone(x)
	}
	if v := l.vars[obj]; v != nil {
		if v.Shared {
			l.refuse(e.Pos(), "the shared array %s as a value", "use its elements", e.Name)
			return nil
		}
		return &Ref{v}
	}
	if l.pointers[obj] != nil {
		l.refuse(e.Pos(), "the pointer %s as a value", "use what it points to: *p, p.x, p.method()", e.Name)
		return nil
	}
	if obj != nil && obj == l.groupObj {
		l.refuse(e.Pos(), "the group %s as a value", "call its methods, and functions of package kernels that take it", e.Name)
		return nil
	}
	if m := l.aggregates[obj]; m != nil {
		return l.memberValue(m, e)
	}
	switch obj := obj.(type) {
	case *types.Var:
		if l.buffers[obj] != nil {
			l.refuse(e.Pos(), "the slice %s as a value", "use its elements and its length", e.Name)
		} else if obj.Parent() == l.src.pkg.Scope() {
			l.refuse(e.Pos(), "the package variable %s", "pass it as a parameter, or make it a constant", e.Name)
		} // else its declaration was refused
	case *types.Nil:
		l.refuse(e.Pos(), "nil", "kernels have no pointers; the arguments of a launch are never nil")
	case *types.Func:
		l.refuse(e.Pos(), "the function %s as a value", "call it by its name", e.Name)
	default:
		l.refuse(e.Pos(), "%s, which kernels don't have", "see docs/kernels.md for what they have", e.Name)
	}
	return nil
}

func (l *lowering) binary(pos token.Pos, op token.Token, t *Type, x, y Expr) Expr {
	operand := x.typ()
	switch {
	case !operand.isScalar():
		l.refuse(pos, "%s of structures or arrays", "compare or combine their members", op)
		return nil
	case (op == token.SHL || op == token.SHR) && !y.typ().isInteger():
		l.refuse(pos, "a shift by what is no integer", "convert the count")
		return nil
	}
	if c, ok := y.(*Const); ok && operand.isInteger() && (op == token.QUO || op == token.REM) && constant.Sign(c.Val) == 0 {
		l.refuse(pos, "a division by zero", "divide by something else")
		return nil
	}
	return &Binary{t, op, x, y}
}

func (l *lowering) unary(e *ast.UnaryExpr) Expr {
	switch e.Op {
	case token.ADD:
		return l.expr(e.X)
	case token.SUB, token.XOR, token.NOT:
		x := l.expr(e.X)
		if x == nil {
			return nil
		}
		return &Unary{x.typ(), e.Op, x}
	case token.ARROW:
		l.refuse(e.Pos(), "a receive from a channel", "read from a slice")
	case token.AND:
		l.refuse(e.Pos(), "the address of a variable", "use values: a //tandem:device function may have several results. A statement of its own, p := &x[i], is for structures in slices")
	}
	return nil
}

// subscript lowers a subscript of any integer type.
func (l *lowering) subscript(e ast.Expr) Expr {
	at := l.expr(e)
	if at == nil {
		return nil
	}
	if v, ok := int64Of(at); ok {
		return intConst(v)
	}
	if !at.typ().isInteger() {
		l.refuse(e.Pos(), "a subscript that is no integer", "convert it to int32")
		return nil
	}
	return at
}

func (l *lowering) index(e *ast.IndexExpr) Expr {
	if p, ok := l.placeOf(e, asIs); ok {
		return p.value()
	}
	if b := l.bufferOf(e.X); b != nil {
		at := l.subscript(e.Index)
		if at == nil {
			return nil
		}
		return &Load{Buffer: b, At: at, site: l.siteOf(e)}
	}
	if l.isShared(e.X) {
		at := l.subscript(e.Index)
		if at == nil {
			return nil
		}
		return &At{&Ref{l.vars[l.object(e.X)]}, at}
	}
	if m := l.memberOf(e); m != nil {
		return l.memberValue(m, e)
	}
	if l.choosesMember(e) {
		return nil
	}
	switch l.src.info.Types[e.X].Type.Underlying().(type) {
	case *types.Map:
		l.refuse(e.Pos(), "a map", "use a slice with a computed subscript")
		return nil
	case *types.Array:
	case *types.Slice:
		if before := len(l.refusals); l.expr(e.X) == nil && (len(l.refusals) > before || l.object(e.X) != nil || l.memberOf(e.X) != nil) {
			return nil
		}
		l.refuse(e.Pos(), "an element of a slice that is no parameter of the kernel", "pass the slice as a parameter; in the kernel use an array, [8]float32")
		return nil
	default:
		l.refuse(e.Pos(), "an element of %s", "use arrays and the slices that the kernel is given", types.TypeString(l.src.info.Types[e.X].Type, l.qualify))
		return nil
	}
	x, at := l.expr(e.X), l.subscript(e.Index)
	if x == nil || at == nil {
		return nil
	}
	return &At{x, at}
}

func (l *lowering) selector(e *ast.SelectorExpr) Expr {
	s := l.src.info.Selections[e]
	if s == nil { // of a package
		if obj, ok := l.src.info.Uses[e.Sel].(*types.Var); ok {
			l.refuse(e.Pos(), "the variable %s of another package", "pass it as a parameter", obj.Name())
		} else {
			l.refuse(e.Pos(), "the function %s as a value", "call it by its name", e.Sel.Name)
		}
		return nil
	}
	if s.Kind() != types.FieldVal {
		l.refuse(e.Pos(), "the method %s as a value", "call it: a.method(b)", types.ExprString(e))
		return nil
	}
	if p, ok := l.placeOf(e, asIs); ok {
		return p.value()
	}
	if _, ok := s.Recv().Underlying().(*types.Pointer); ok {
		l.refuse(e.Pos(), "a field through a pointer", "pass the structure by value")
		return nil
	}
	if m, path := l.field(e); m != nil {
		x := l.memberValue(m, e)
		if x == nil {
			return nil
		}
		return selected(x, path)
	}
	x := l.expr(e.X)
	if x == nil {
		return nil
	}
	return selected(x, s.Index())
}

// selected is a field of a structure, or of one that is embedded in it: path has the
// way to it.
func selected(x Expr, path []int) Expr {
	for _, i := range path {
		if c, ok := x.(*Composite); ok && c.place != nil {
			x = c.Elems[i]
		} else {
			x = &Select{x, i}
		}
	}
	return x
}

func (l *lowering) composite(e *ast.CompositeLit) Expr {
	typ := l.src.info.Types[e].Type
	switch typ.Underlying().(type) {
	case *types.Slice:
		l.refuse(e.Pos(), "a slice literal", "use an array: [...]float32{...}")
		return nil
	case *types.Map:
		l.refuse(e.Pos(), "a map", "use a switch, or a slice with a computed subscript")
		return nil
	}
	t := l.convertType(typ, e.Pos())
	if t == nil {
		return nil
	}
	c := &Composite{T: t}
	if t.Kind == Struct {
		c.Elems = make([]Expr, len(t.Fields))
		for i, elt := range e.Elts {
			at := i
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				elt = kv.Value
				for j, f := range t.Fields {
					if f.Name == kv.Key.(*ast.Ident).Name {
						at = j
					}
				}
			}
			if c.Elems[at] = l.expr(elt); c.Elems[at] == nil {
				return nil
			}
		}
		for i, f := range t.Fields {
			if c.Elems[i] == nil {
				c.Elems[i] = zeroValue(f.Type)
			}
		}
		return c
	}
	c.Elems = make([]Expr, t.Len)
	at := int64(0)
	for _, elt := range e.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			key := l.src.info.Types[kv.Key].Value
			at, _ = constant.Int64Val(constant.ToInt(key))
			elt = kv.Value
		}
		if c.Elems[at] = l.expr(elt); c.Elems[at] == nil {
			return nil
		}
		at++
	}
	for i := range c.Elems {
		if c.Elems[i] == nil {
			c.Elems[i] = zeroValue(t.Elem)
		}
	}
	return c
}

// zeroValue is the zero of any type.
func zeroValue(t *Type) Expr {
	switch t.Kind {
	case Array:
		c := &Composite{T: t}
		for range t.Len {
			c.Elems = append(c.Elems, zeroValue(t.Elem))
		}
		return c
	case Struct:
		c := &Composite{T: t}
		for _, f := range t.Fields {
			c.Elems = append(c.Elems, zeroValue(f.Type))
		}
		return c
	}
	return zero(t)
}
