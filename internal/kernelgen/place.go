package kernelgen

import (
	"go/ast"
	"go/token"
	"go/types"
)

// place is an element of a buffer, or a part of one.
type place struct {
	load *Load // has the steps to it
	typ  *Type
}

// placeOf is what an expression names of a slice of structures or arrays; ok is false
// if it names nothing of one, and the place nil if it was refused. keep is what becomes
// of subscripts.
func (l *lowering) placeOf(e ast.Expr, keep func(Expr) Expr) (p *place, ok bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		p := l.pointers[l.src.info.Uses[e]]
		return p, p != nil
	case *ast.StarExpr:
		return l.placeOf(e.X, keep)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return l.placeOf(e.X, keep)
		}
		return nil, false
	case *ast.IndexExpr:
		if b := l.bufferOf(e.X); b != nil {
			if b.Record == nil {
				return nil, false
			}
			at := l.subscript(e.Index)
			if at == nil {
				return nil, true
			}
			return &place{&Load{Buffer: b, At: keep(at), site: l.siteOf(e)}, b.Record}, true
		}
		p, ok := l.placeOf(e.X, keep)
		if p == nil {
			return nil, ok
		}
		at := l.subscript(e.Index)
		if at == nil {
			return nil, true
		}
		return p.then(step{at: keep(at), of: p.typ}, p.typ.Elem, l.siteOf(e)), true
	case *ast.SelectorExpr:
		s := l.src.info.Selections[e]
		if s == nil || s.Kind() != types.FieldVal {
			return nil, false
		}
		p, ok := l.placeOf(e.X, keep)
		if p == nil {
			return nil, ok
		}
		for _, i := range s.Index() {
			p = p.then(step{field: i, of: p.typ}, p.typ.Fields[i].Type, l.siteOf(e))
		}
		return p, true
	}
	return nil, false
}

// pointer takes "b := &balls[i]", after which b.x is balls[i].x and *b all of it, and
// reports whether the statement is one. There are no pointers to be had otherwise.
func (l *lowering) pointer(s *ast.AssignStmt) bool {
	if s.Tok != token.DEFINE || len(s.Lhs) != 1 || len(s.Rhs) != 1 {
		return false
	}
	id, isIdent := s.Lhs[0].(*ast.Ident)
	address, isAddress := ast.Unparen(s.Rhs[0]).(*ast.UnaryExpr)
	if !isIdent || !isAddress || address.Op != token.AND {
		return false
	}
	p, ok := l.placeOf(address.X, func(at Expr) Expr {
		switch at.(type) {
		case *Const:
			return at
		}
		return l.temporary("at", at)
	})
	if !ok {
		return false
	}
	if obj := l.src.info.Defs[id]; obj != nil && p != nil {
		if p.typ.isScalar() {
			l.refuse(address.Pos(), "the address of a number", "take that of the structure that it is in, or use the number: p[i].x")
			return true
		}
		l.pointers[obj] = p
	}
	return true
}

// then is the place a step further.
func (p *place) then(s step, t *Type, at *site) *place {
	load := &Load{Buffer: p.load.Buffer, At: p.load.At, Steps: append(append([]step{}, p.load.Steps...), s), site: at}
	return &place{load, t}
}

// value is what is there: a number, or a structure or an array of what it has.
func (p *place) value() Expr {
	if p == nil {
		return nil
	}
	if p.typ.isScalar() {
		e := p.load
		e.T = p.typ
		return e
	}
	c := &Composite{T: p.typ}
	p.members(func(m *place) { c.Elems = append(c.Elems, m.value()) })
	c.isAt(p.load)
	return c
}

// isAt says that all of c is in a place of a buffer: of that the host has no need to
// take its numbers one by one. How it is reached is found for the first of them.
func (c *Composite) isAt(p *Load) {
	if p == nil {
		return
	}
	var first Expr = c
	for {
		inner, ok := first.(*Composite)
		if !ok {
			break
		}
		first = inner.Elems[0]
	}
	own := *p
	own.site = first.(*Load).site
	c.place = &own
}

// members visits the places of what is in a structure or an array.
func (p *place) members(visit func(*place)) {
	own := func() *site { return &site{pos: p.load.site.pos, text: p.load.site.text} }
	if p.typ.Kind == Array {
		for i := range p.typ.Len {
			visit(p.then(step{at: intConst(i), of: p.typ}, p.typ.Elem, own()))
		}
		return
	}
	for i, f := range p.typ.Fields {
		visit(p.then(step{field: i, of: p.typ}, f.Type, own()))
	}
}

// storeAll stores a structure or an array in a place, number by number. The value is
// there before the first of them is changed.
func (l *lowering) storeAll(to *Composite, value Expr, pos token.Pos) {
	whole := value
	if _, ok := value.(*Ref); !ok {
		held := l.temporary("t", value).(*Ref)
		held.Var.Stored, value = true, held
	}
	first := len(l.out)
	l.storePart(to, value, pos)
	for _, s := range l.out[first:] {
		s.(*Assign).part = true
	}
	s := l.out[first].(*Assign)
	s.all, s.part = &Assign{To: to, Value: whole, pos: pos}, false
}

// storePart stores a part of a variable.
func (l *lowering) storePart(to, value Expr, pos token.Pos) {
	c, ok := to.(*Composite)
	if !ok {
		l.out = append(l.out, &Assign{To: to, Value: value, pos: pos})
		return
	}
	for i, m := range c.Elems {
		var part Expr = &Select{clone(value), i}
		if c.T.Kind == Array {
			part = &At{clone(value), intConst(int64(i))}
		}
		l.storePart(m, part, pos)
	}
}

func asIs(e Expr) Expr { return e }
