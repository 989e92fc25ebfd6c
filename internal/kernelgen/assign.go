package kernelgen

import (
	"go/ast"
	"go/token"
	"go/types"
)

func (l *lowering) declStmt(s *ast.DeclStmt) {
	decl := s.Decl.(*ast.GenDecl)
	switch decl.Tok {
	case token.CONST: // constants arrive where they are used
	case token.TYPE: // so do numbers' types; structures' are refused where they are used
	case token.VAR:
		for _, spec := range decl.Specs {
			spec := spec.(*ast.ValueSpec)
			if len(spec.Values) == 1 && len(spec.Names) > 1 {
				lhs := make([]ast.Expr, len(spec.Names))
				for i, n := range spec.Names {
					lhs[i] = n
				}
				l.callMany(lhs, spec.Values[0], true)
				continue
			}
			if len(spec.Values) == 1 {
				l.whole = ast.Unparen(spec.Values[0])
			}
			values := make([]Expr, len(spec.Names))
			for i := range spec.Values {
				if values[i] = l.expr(spec.Values[i]); values[i] == nil {
					return
				}
			}
			if len(values) > 1 && len(spec.Values) > 0 {
				l.hold(values)
			}
			for i, name := range spec.Names {
				obj := l.src.info.Defs[name]
				if obj == nil || name.Name == "_" {
					continue
				}
				t := l.convertType(obj.Type(), name.Pos())
				if t == nil {
					return
				}
				v := l.declare(obj, t)
				v.Init = values[i]
				if v.Init == nil && t.isScalar() {
					v.Init = zero(t)
				}
				l.out = append(l.out, &Declare{v, v.Init})
			}
		}
	}
}

// hold puts values into temporaries where a store that comes first could change
// them.
func (l *lowering) hold(values []Expr) {
	for i, v := range values {
		if _, ok := v.(*Const); !ok {
			values[i] = l.temporary("t", v)
		}
	}
}

func (l *lowering) assign(s *ast.AssignStmt) {
	switch s.Tok {
	case token.ASSIGN, token.DEFINE:
	default:
		l.opAssign(s.Lhs[0], s.TokPos, assignOps[s.Tok], l.expr(s.Rhs[0]))
		return
	}
	if l.sharedDecl(s) || l.pointer(s) {
		return
	}
	if len(s.Rhs) == 1 && len(s.Lhs) > 1 {
		l.callMany(s.Lhs, s.Rhs[0], s.Tok == token.DEFINE)
		return
	}
	if len(s.Rhs) == 1 {
		l.whole = ast.Unparen(s.Rhs[0])
	}
	values := make([]Expr, len(s.Rhs))
	failed := false
	for _, e := range s.Lhs {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok && l.pointers[l.src.info.Uses[id]] != nil {
			l.target(e, false) // which says more than what is wrong with the value
			return
		}
	}
	for i, e := range s.Rhs {
		if obj := l.object(s.Lhs[i]); obj != nil && l.isIndexObject(obj) {
			l.refuse(s.Lhs[i].Pos(), "an assignment to the index %s", "declare a variable with its value", obj.Name())
			failed = true
		}
		values[i] = l.expr(e)
		failed = failed || values[i] == nil
	}
	if failed {
		return
	}
	targets := make([]Expr, len(s.Lhs)) // nil where a variable is made, or nothing is kept
	for i, e := range s.Lhs {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok && (id.Name == "_" || l.src.info.Defs[id] != nil) {
			continue
		}
		if targets[i] = l.target(e, len(s.Lhs) > 1); targets[i] == nil {
			return
		}
	}
	if len(values) > 1 {
		l.hold(values)
	}
	for i, e := range s.Lhs {
		if targets[i] != nil {
			l.store(targets[i], values[i], e.Pos())
			continue
		}
		id := ast.Unparen(e).(*ast.Ident)
		if id.Name == "_" {
			continue
		}
		obj := l.src.info.Defs[id]
		t := l.convertType(obj.Type(), id.Pos())
		if t == nil {
			return
		}
		v := l.declare(obj, t)
		v.Init = values[i]
		l.out = append(l.out, &Declare{v, values[i]})
	}
}

func (l *lowering) object(e ast.Expr) types.Object {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		return l.src.info.Uses[id]
	}
	return nil
}

func (l *lowering) isIndexObject(obj types.Object) bool {
	v := l.vars[obj]
	return v != nil && v.Index > 0
}

// target is where an assignment stores. held says that subscripts must be
// evaluated now, because other stores of the statement come first.
func (l *lowering) target(e ast.Expr, held bool) Expr {
	// Of a structure or an array in a slice the numbers are stored one by one: none of
	// these stores may change where the next one goes.
	several := false
	if t := l.src.info.TypeOf(e); t != nil {
		switch t.Underlying().(type) {
		case *types.Struct, *types.Array:
			several = true
		}
	}
	keep := func(at Expr) Expr {
		if _, ok := at.(*Const); held && !ok || several && loads(at) {
			return l.temporary("at", at)
		}
		return at
	}
	if id, ok := ast.Unparen(e).(*ast.Ident); ok && l.pointers[l.src.info.Uses[id]] != nil {
		l.refuse(e.Pos(), "an assignment to the pointer %s", "declare another: it stands for an element of a slice", id.Name)
		return nil
	}
	if p, ok := l.placeOf(e, keep); ok {
		if p == nil {
			return nil
		}
		return p.value()
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj := l.src.info.Uses[e]
		if l.buffers[obj] != nil {
			l.refuse(e.Pos(), "an assignment to the slice %s", "store into its elements", e.Name)
			return nil
		}
		if m := l.aggregates[obj]; m != nil {
			return l.memberTarget(m, e)
		}
		v := l.vars[obj]
		switch {
		case obj != nil && obj == l.groupObj:
			l.refuse(e.Pos(), "an assignment to the group", "leave it as it is")
			return nil
		case v != nil && v.Shared:
			l.refuse(e.Pos(), "an assignment to the shared array %s", "store into its elements", e.Name)
			return nil
		case v == nil && obj != nil && obj.Parent() != l.src.pkg.Scope() && len(l.refusals) > 0:
			return nil // its declaration was refused
		case v == nil:
			l.refuse(e.Pos(), "an assignment to the package variable %s", "store into a slice that the kernel is given", e.Name)
			return nil
		case v.Index > 0:
			l.refuse(e.Pos(), "an assignment to the index %s", "declare a variable with its value", e.Name)
			return nil
		}
		v.Writes++
		return &Ref{v}
	case *ast.SelectorExpr, *ast.IndexExpr:
		var x Expr
		if ix, ok := e.(*ast.IndexExpr); ok {
			if b := l.bufferOf(ix.X); b != nil {
				at := l.subscript(ix.Index)
				if at == nil {
					return nil
				}
				load := &Load{Buffer: b, At: keep(at), site: l.siteOf(ix)}
				return load
			}
			if m := l.memberOf(ix); m != nil {
				return l.memberTarget(m, ix)
			}
			if l.choosesMember(ix) {
				return nil
			}
			if l.isShared(ix.X) {
				x = &Ref{l.vars[l.object(ix.X)]}
			} else if x = l.target(ix.X, held); x == nil {
				return nil
			}
			at := l.subscript(ix.Index)
			if at == nil {
				return nil
			}
			if x.typ().Kind != Array {
				l.refuse(e.Pos(), "a store into what is no array", "store into arrays, structures and slices")
				return nil
			}
			return &At{x, keep(at)}
		}
		sel := e.(*ast.SelectorExpr)
		s := l.src.info.Selections[sel]
		if s == nil || s.Kind() != types.FieldVal {
			l.refuse(e.Pos(), "an assignment to a variable of another package", "store into a slice that the kernel is given")
			return nil
		}
		path := s.Index()
		if m, rest := l.field(sel); m != nil {
			x, path = l.memberTarget(m, sel), rest
		} else {
			x = l.target(sel.X, held)
		}
		if x == nil {
			return nil
		}
		return selected(x, path)
	case *ast.StarExpr:
		l.refuse(e.Pos(), "a store through a pointer", "assign to a variable, or to an element of a slice")
	default:
		l.refuse(e.Pos(), "an assignment to this", "assign to variables, fields and elements")
	}
	return nil
}

func (l *lowering) store(to, value Expr, pos token.Pos) {
	if c, ok := to.(*Composite); ok {
		l.storeAll(c, value, pos)
		return
	}
	_, isVar := to.(*Ref)
	if named := hiddenName(l.home, to.typ()); named != "" && to.typ().isScalar() && !isVar {
		l.refuse(pos, "a store into what has the type %s of another package", "give the type a capital letter, or have a //tandem:device function there return the whole", named)
		return
	}
	l.out = append(l.out, &Assign{To: to, Value: value, pos: pos})
}

var assignOps = map[token.Token]token.Token{
	token.ADD_ASSIGN: token.ADD, token.SUB_ASSIGN: token.SUB, token.MUL_ASSIGN: token.MUL, token.QUO_ASSIGN: token.QUO,
	token.REM_ASSIGN: token.REM, token.AND_ASSIGN: token.AND, token.OR_ASSIGN: token.OR, token.XOR_ASSIGN: token.XOR,
	token.SHL_ASSIGN: token.SHL, token.SHR_ASSIGN: token.SHR, token.AND_NOT_ASSIGN: token.AND_NOT,
}

func (l *lowering) opAssign(lhs ast.Expr, opPos token.Pos, op token.Token, value Expr) {
	if value == nil {
		return
	}
	if obj := l.object(lhs); obj != nil && l.isIndexObject(obj) {
		l.refuse(lhs.Pos(), "an assignment to the index %s", "declare a variable with its value", obj.Name())
		return
	}
	to := l.target(lhs, false)
	if to == nil {
		return
	}
	old := to
	if load, ok := to.(*Load); ok {
		before := *load
		before.site = &site{pos: load.site.pos, text: load.site.text}
		old = &before
	}
	if v := l.binary(opPos, op, old.typ(), old, value); v != nil {
		l.store(to, v, lhs.Pos())
	}
}

func (l *lowering) incDec(s *ast.IncDecStmt) {
	op := token.ADD
	if s.Tok == token.DEC {
		op = token.SUB
	}
	t := l.convertType(l.src.info.Types[s.X].Type, s.X.Pos())
	if t == nil {
		return
	}
	l.opAssign(s.X, s.TokPos, op, one(t))
}

// callMany is an assignment of a call's several results.
func (l *lowering) callMany(lhs []ast.Expr, rhs ast.Expr, define bool) {
	call, ok := ast.Unparen(rhs).(*ast.CallExpr)
	if !ok {
		l.expr(rhs) // a map, a channel, an assertion
		return
	}
	fn, b := l.callee(call)
	if fn == nil && b == nil {
		return
	}
	if b != nil && b.name != "math/bits.Mul32" {
		l.refuse(call.Pos(), "a call with one result where several are wanted", "assign it to one variable")
		return
	}
	if fn != nil && fn.inline != nil {
		if values, ok := l.inlined(call, fn, true); ok {
			l.hold(values)
			l.keepMany(lhs, values, define)
		}
		return
	}
	args := l.arguments(call, fn)
	if args == nil {
		return
	}
	s := &CallMany{Fn: fn, Mul: b, Args: args}
	results := []*Type{typeUint32, typeUint32}
	if fn != nil {
		results = fn.Results
	}
	var after []func()
	for i, e := range lhs {
		id, isIdent := ast.Unparen(e).(*ast.Ident)
		if isIdent && id.Name == "_" {
			s.To = append(s.To, nil)
			continue
		}
		if isIdent && define && l.src.info.Defs[id] != nil {
			v := l.declare(l.src.info.Defs[id], results[i])
			v.Writes++
			l.out = append(l.out, &Declare{v, nil})
			s.To = append(s.To, v)
			continue
		}
		to := l.target(e, true)
		if to == nil {
			return
		}
		v := &Var{Name: l.names.name("t"), Type: results[i], Writes: 1}
		l.out = append(l.out, &Declare{v, nil})
		s.To = append(s.To, v)
		after = append(after, func() { l.store(to, &Ref{v}, e.Pos()) })
	}
	l.out = append(l.out, s)
	for _, store := range after {
		store()
	}
}

// keepMany is an assignment of several values that nothing changes.
func (l *lowering) keepMany(lhs []ast.Expr, values []Expr, define bool) {
	targets := make([]Expr, len(lhs)) // all subscripts are evaluated before the first store
	declares := func(e ast.Expr) types.Object {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok && define {
			return l.src.info.Defs[id]
		}
		return nil
	}
	for i, e := range lhs {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok && id.Name == "_" || declares(e) != nil {
			continue
		}
		if targets[i] = l.target(e, true); targets[i] == nil {
			return
		}
	}
	for i, e := range lhs {
		if obj := declares(e); obj != nil {
			v := l.declare(obj, values[i].typ())
			v.Init = values[i]
			l.out = append(l.out, &Declare{v, values[i]})
		} else if targets[i] != nil {
			l.store(targets[i], values[i], e.Pos())
		}
	}
}

// assignedObjects are the variables that a piece of a program assigns to.
func assignedObjects(info *types.Info, n ast.Node) map[types.Object]bool {
	set := map[types.Object]bool{}
	if n == nil {
		return set
	}
	var root func(e ast.Expr)
	root = func(e ast.Expr) {
		switch e := ast.Unparen(e).(type) {
		case *ast.Ident:
			if obj := info.Uses[e]; obj != nil {
				set[obj] = true
			}
		case *ast.SelectorExpr:
			root(e.X)
		case *ast.IndexExpr:
			root(e.X)
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				root(e)
			}
		case *ast.IncDecStmt:
			root(n.X)
		}
		return true
	})
	return set
}
