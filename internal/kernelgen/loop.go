package kernelgen

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"slices"
	"strconv"
)

// turnsMark is what a //tandem:turns mark in the line above a loop, or above its label,
// states.
func (l *lowering) turnsMark(pos token.Pos) *poly {
	if l.turns == nil {
		l.turns = map[int]ast.Comment{}
		name := l.fset.Position(pos).Filename // a copy's is that of its original
		for _, f := range l.src.files {
			if l.fset.Position(f.FileStart).Filename == name {
				for _, g := range f.Comments {
					for _, c := range g.List {
						if d, ok := parseDirective(c); ok && d.verb == markTurns {
							l.turns[l.fset.Position(c.Pos()).Line] = *c
						}
					}
				}
			}
		}
	}
	c, ok := l.turns[l.fset.Position(pos).Line-1]
	if !ok && l.label != "" {
		c, ok = l.turns[l.fset.Position(l.labelPos).Line-1]
	}
	if !ok {
		return nil
	}
	d, _ := parseDirective(&c)
	if n, err := strconv.ParseInt(d.arg, 10, 32); err == nil && n >= 0 {
		p := constant64(n)
		return &p
	}
	for obj, v := range l.vars {
		if obj.Name() == d.arg && v.Scalar && v.Type.Kind == Int {
			p := symbol(v.Name)
			return &p
		}
	}
	l.refuse(c.Pos(), "%q iterations", "write a whole number, or the name of a parameter of type int that is not assigned to", d.arg)
	return nil
}

func (l *lowering) forStmt(s *ast.ForStmt) {
	mark := l.turnsMark(s.Pos())
	around := l.enter(true)
	f := &For{Turns: mark, from: around}
	var v *Var
	if s.Init != nil {
		before := len(l.out)
		l.statement(s.Init)
		// One variable that the loop declares is printed as its own.
		if len(l.out) == before+1 {
			if d, ok := l.out[before].(*Declare); ok && d.Var.Type.isScalar() && d.Init != nil && s.Post != nil && !isAddress(s.Init) {
				f.Var, f.Init = d.Var, d.Init
				v = d.Var
				l.out = l.out[:before]
			}
		}
	}
	if s.Cond != nil {
		outer := l.out
		l.out = nil
		l.pure++
		f.Cond = l.expr(s.Cond)
		l.pure--
		l.out = outer
	}
	outer := l.out
	l.out = nil
	if s.Post != nil {
		l.pure++
		l.statement(s.Post)
		l.pure--
	}
	post := l.out
	l.out = outer
	writesByPost := 0
	if v != nil {
		writesByPost = v.Writes
	}
	body := l.block(s.Body)
	l.leave()
	var set, behind []Stmt
	f.Body, set, behind = l.settle(around, body, s.Cond == nil)
	simple := false
	if len(post) == 1 {
		if a, ok := post[0].(*Assign); ok {
			if ref, ok := a.To.(*Ref); ok && ref.Var.Type.isScalar() {
				f.Post, simple = a, true
			}
		}
	}
	if len(post) > 0 && !simple {
		// continue means the post statement and then the next iteration.
		around.posted = true
		for i, s := range f.Body {
			if _, ok := s.(*Continue); ok {
				f.Body = f.Body[:i] // what follows is never reached
				break
			}
		}
		f.Body = append(beforeContinue(f.Body, post), post...)
	}
	if v != nil && f.Post != nil && v.Writes == writesByPost && writesByPost == 1 {
		l.countedLoop(v, f)
	}
	if f.Cond != nil || s.Cond == nil {
		l.out = slices.Concat(l.out, set, []Stmt{f}, behind)
	}
}

// isAddress reports whether a statement takes an address: what it declares is none of
// the loop's variables.
func isAddress(s ast.Stmt) bool {
	a, ok := s.(*ast.AssignStmt)
	if !ok || len(a.Rhs) != 1 {
		return false
	}
	u, ok := ast.Unparen(a.Rhs[0]).(*ast.UnaryExpr)
	return ok && u.Op == token.AND
}

// beforeContinue puts statements in front of each continue of the innermost loop.
func beforeContinue(list, put []Stmt) []Stmt {
	var out []Stmt
	for _, s := range list {
		switch s := s.(type) {
		case *Continue:
			out = append(out, cloneStatements(put)...)
		case *If:
			s.Then, s.Else = beforeContinue(s.Then, put), beforeContinue(s.Else, put)
		case *Switch:
			s.Body = beforeContinue(s.Body, put)
		}
		out = append(out, s)
	}
	return out
}

// countedLoop finds what the variable of a loop goes through, where the loop is
// one that counts.
func (l *lowering) countedLoop(v *Var, f *For) {
	if r := counted(v, f.Init, f.Cond, f.Post); r != nil {
		v.Writes, v.Init, v.Range = 0, nil, r
		l.made = append(l.made, v)
	}
}

// fixed is the constant that a variable was declared as and never is assigned to; any
// other expression itself.
func fixed(e Expr) Expr {
	if ref, ok := e.(*Ref); ok && ref.Var.Writes == 0 && ref.Var.Init != nil && isConst(ref.Var.Init) {
		return ref.Var.Init
	}
	return e
}

// counted is what a variable goes through from its first value on while a comparison
// holds, if step adds a constant to it; nil if that is another.
func counted(v *Var, first, cond Expr, step *Assign) *Range {
	by, ok := step.Value.(*Binary)
	test, isBinary := cond.(*Binary)
	if !ok || !isBinary || !v.Type.isInteger() {
		return nil
	}
	ref, isRef := by.X.(*Ref)
	n, isConst := fixed(by.Y).(*Const)
	left, isLeft := test.X.(*Ref)
	to, isVar := step.To.(*Ref)
	if !isRef || ref.Var != v || !isConst || !isLeft || left.Var != v || !isVar || to.Var != v {
		return nil
	}
	r := &Range{}
	if r.Step, ok = int64Of(n); !ok || r.Step < 1 {
		return nil
	}
	plusOne := func(e Expr) Expr {
		if c, ok := int64Of(e); ok && c < math.MaxInt64 {
			return &Const{e.typ(), constant.MakeInt64(c + 1)}
		}
		return &Binary{e.typ(), token.ADD, e, one(e.typ())}
	}
	switch {
	case by.Op == token.ADD && test.Op == token.LSS:
		r.Lo, r.Hi = first, test.Y
	case by.Op == token.ADD && test.Op == token.LEQ:
		r.Lo, r.Hi = first, plusOne(test.Y)
	case by.Op == token.SUB && test.Op == token.GEQ && !v.Type.isUnsigned():
		r.Lo, r.Hi = test.Y, plusOne(first)
	case by.Op == token.SUB && test.Op == token.GTR:
		r.Lo, r.Hi = plusOne(test.Y), plusOne(first)
	default:
		return nil
	}
	return r
}

func (l *lowering) rangeStmt(s *ast.RangeStmt) {
	over := l.src.info.Types[s.X].Type
	if over == nil {
		return
	}
	mark := l.turnsMark(s.Pos())
	around := l.enter(true)
	defer l.leave()
	keyObj, valueObj := l.rangeObject(s.Key), l.rangeObject(s.Value)
	if s.Tok == token.ASSIGN && (keyObj != nil || valueObj != nil) {
		l.refuse(s.Pos(), "a range over variables that are there before", "let the loop declare them with :=")
		return
	}
	var hi Expr
	var elem func(at Expr) Expr
	counter := typeInt
	switch u := over.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsInteger == 0 {
			l.refuse(s.X.Pos(), "a range over %s", "range over an integer, an array or a slice", types.TypeString(over, l.qualify))
			return
		}
		if hi = l.expr(s.X); hi == nil {
			return
		}
		counter = hi.typ()
		if _, ok := hi.(*Const); !ok {
			hi = l.temporary("n", hi)
		}
	case *types.Array:
		hi = intConst(u.Len())
		if m := l.memberOf(s.X); m != nil && m.members != nil {
			if valueObj != nil {
				l.memberValue(m, s.X)
				return
			}
			break
		}
		if l.convertType(over, s.X.Pos()) == nil {
			return
		}
		if valueObj != nil {
			x := l.expr(s.X)
			if x == nil {
				return
			}
			x = l.temporary("a", x) // Go ranges over a copy
			elem = func(at Expr) Expr { return &At{x, at} }
		}
	case *types.Slice:
		b := l.bufferOf(s.X)
		if b == nil {
			l.refuse(s.X.Pos(), "a range over this slice", "range over a parameter of the kernel")
			return
		}
		hi = l.lengthOf(b)
		if valueObj != nil {
			elem = func(at Expr) Expr {
				load := &Load{Buffer: b, At: at, site: &site{pos: s.X.Pos(), text: "a range over " + b.Label}}
				if b.Record != nil {
					return (&place{load, b.Record}).value()
				}
				return load
			}
		}
	case *types.Pointer:
		l.refuse(s.X.Pos(), "a range over a pointer", "write range *p, which is a copy, or range len(p)")
		return
	default:
		l.refuse(s.X.Pos(), "a range over %s", "range over an integer, an array or a slice", types.TypeString(over, l.qualify))
		return
	}
	name := "k"
	if keyObj != nil {
		name = keyObj.Name()
	}
	v := &Var{Name: l.names.name(name), Type: counter, Range: &Range{Lo: zero(counter), Hi: hi, Step: 1}}
	l.made = append(l.made, v)
	f := &For{
		Var: v, Init: zero(counter), Turns: mark, from: around,
		Cond: &Binary{typeBool, token.LSS, &Ref{v}, hi},
		Post: &Assign{To: &Ref{v}, Value: &Binary{counter, token.ADD, &Ref{v}, one(counter)}},
	}
	// A body that assigns to its key does not change the loop.
	var first []Stmt
	if keyObj != nil {
		if assignedObjects(l.src.info, s.Body)[keyObj] {
			own := l.declare(keyObj, counter)
			own.Init = &Ref{v}
			first = append(first, &Declare{own, own.Init})
		} else {
			l.bind(keyObj, v)
		}
	}
	if elem != nil {
		value := elem(&Ref{v})
		own := l.declare(valueObj, value.typ())
		own.Init = value
		first = append(first, &Declare{own, value})
	}
	body, set, behind := l.settle(around, l.block(s.Body), false)
	f.Body = append(first, body...)
	l.out = slices.Concat(l.out, set, []Stmt{f}, behind)
}

// rangeObject is the variable that a range loop declares, or nil.
func (l *lowering) rangeObject(e ast.Expr) types.Object {
	id, ok := e.(*ast.Ident)
	if !ok || id.Name == "_" {
		return nil
	}
	if obj := l.src.info.Defs[id]; obj != nil {
		return obj
	}
	return l.src.info.Uses[id]
}
