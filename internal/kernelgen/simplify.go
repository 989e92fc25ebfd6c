package kernelgen

import (
	"go/constant"
	"go/token"
)

// box is a part of the index space in which conditions on indices are constants:
// each index is at least all of from and less than all of to. The conditions of
// borders, as i > 0 or x == width-1, are decided once outside of the loop.
type box struct {
	k        *Kernel
	from, to [3][]poly
}

// borders finds the conditions on single indices by which a kernel's statements
// branch.
func (k *Kernel) borders() *box {
	b := &box{k: k}
	walk(k.Body, func(s Stmt) {
		if s, ok := s.(*If); ok {
			walkExpr(s.Cond, func(e Expr) {
				if c, ok := e.(*Binary); ok && comparison(c.Op) {
					if d, bound, op, ok := k.border(c); ok {
						b.add(d, bound, op)
					}
				}
			})
		}
	}, nil)
	return b
}

// border is a comparison as "index d op bound", if it is one.
func (k *Kernel) border(c *Binary) (d int, bound poly, op token.Token, ok bool) {
	x, ok1 := k.affine(c.X)
	y, ok2 := k.affine(c.Y)
	if !ok1 || !ok2 {
		return 0, nil, 0, false
	}
	diff := x.plus(y, -1) // op 0
	op = c.Op
	for i, ix := range k.Indices {
		factor, rest, linear := diff.split(ix.Name)
		v, isConst := factor.value()
		if !linear || !isConst || v != 1 && v != -1 {
			continue
		}
		for _, name := range rest.symbols() {
			if v := k.vars[name]; v == nil || !v.Scalar {
				return 0, nil, 0, false
			}
		}
		if v == 1 {
			return i, poly{}.plus(rest, -1), op, true
		}
		return i, rest, mirrored[op], true
	}
	return 0, nil, 0, false
}

var mirrored = map[token.Token]token.Token{
	token.LSS: token.GTR, token.GTR: token.LSS, token.LEQ: token.GEQ, token.GEQ: token.LEQ, token.EQL: token.EQL, token.NEQ: token.NEQ,
}

// add keeps the side of a border that most indices are on: above a constant,
// below what depends on parameters. A wrong guess costs time only.
func (b *box) add(d int, bound poly, op token.Token) {
	next := bound.plus(constant64(1), 1)
	_, low := bound.value()
	switch {
	case low && (op == token.LSS || op == token.GEQ):
		b.from[d] = addGreatest(b.from[d], bound)
	case low:
		b.from[d] = addGreatest(b.from[d], next)
	case op == token.LEQ || op == token.GTR:
		b.to[d] = addLeast(b.to[d], next)
	default:
		b.to[d] = addLeast(b.to[d], bound)
	}
}

func addLeast(list []poly, p poly) []poly {
	for i, q := range list {
		if d, ok := p.plus(q, -1).value(); ok {
			if d < 0 {
				list[i] = p
			}
			return list
		}
	}
	return append(list, p)
}

func (b *box) empty() bool {
	for d := range 3 {
		if len(b.from[d])+len(b.to[d]) > 0 {
			return false
		}
	}
	return true
}

// decide is the value of a comparison everywhere in the box, if it has one.
func (b *box) decide(c *Binary) (value, ok bool) {
	d, bound, op, ok := b.k.border(c)
	if !ok {
		return false, false
	}
	above, below := false, false // the index is >= bound+1, or <= bound-1
	atLeast, atMost := false, false
	for _, f := range b.from[d] {
		if v, ok := f.plus(bound, -1).value(); ok {
			above, atLeast = above || v >= 1, atLeast || v >= 0
		}
	}
	for _, t := range b.to[d] {
		if v, ok := bound.plus(t, -1).value(); ok {
			below, atMost = below || v >= 0, atMost || v >= -1
		}
	}
	switch {
	case above:
		return op == token.GTR || op == token.GEQ || op == token.NEQ, true
	case below:
		return op == token.LSS || op == token.LEQ || op == token.NEQ, true
	case atLeast && (op == token.GEQ || op == token.LSS):
		return op == token.GEQ, true
	case atMost && (op == token.LEQ || op == token.GTR):
		return op == token.LEQ, true
	}
	return false, false
}

// statements are those of a list with what the box decides, and nothing that is
// never reached.
func (b *box) statements(list []Stmt) []Stmt {
	var out []Stmt
	for _, s := range list {
		switch s := s.(type) {
		case *If:
			cond := b.expr(s.Cond)
			if c, ok := cond.(*Const); ok {
				arm := s.Else
				if constant.BoolVal(c.Val) {
					arm = s.Then
				}
				out = append(out, b.statements(arm)...)
				if ends(out) {
					return out
				}
				continue
			}
			out = append(out, &If{cond, b.statements(s.Then), b.statements(s.Else)})
		case *For:
			f := *s
			f.Body = b.statements(s.Body)
			out = append(out, &f)
		case *Switch:
			out = append(out, &Switch{b.statements(s.Body), s.from})
		default:
			out = append(out, s)
			if ends(out) {
				return out
			}
		}
	}
	return out
}

// ends reports whether nothing after a list is reached.
func ends(list []Stmt) bool {
	if len(list) == 0 {
		return false
	}
	switch list[len(list)-1].(type) {
	case *Return, *Break, *Continue:
		return true
	}
	return false
}

func (b *box) expr(e Expr) Expr {
	switch e := e.(type) {
	case *Unary:
		x := b.expr(e.X)
		if c, ok := x.(*Const); ok && e.Op == token.NOT {
			return &Const{e.T, constant.MakeBool(!constant.BoolVal(c.Val))}
		}
		return &Unary{e.T, e.Op, x}
	case *Binary:
		if comparison(e.Op) {
			if v, ok := b.decide(e); ok {
				return &Const{typeBool, constant.MakeBool(v)}
			}
			return e
		}
		if e.Op != token.LAND && e.Op != token.LOR {
			return e
		}
		x, y := b.expr(e.X), b.expr(e.Y)
		for _, side := range [][2]Expr{{x, y}, {y, x}} {
			if c, ok := side[0].(*Const); ok {
				if constant.BoolVal(c.Val) == (e.Op == token.LAND) {
					return side[1]
				}
				return c
			}
		}
		return &Binary{e.T, e.Op, x, y}
	}
	return e
}

// prune leaves out variables that are never read, as Go demands. direct tells which
// elements are reached without their subscript; it may be nil.
func prune(list []Stmt, direct func(*Load) bool) []Stmt {
	for {
		read := map[*Var]bool{}
		var note func(e Expr)
		note = func(e Expr) {
			switch e := e.(type) {
			case *Ref:
				read[e.Var] = true
			case *Load:
				subscripts := parts(e)
				if direct != nil && direct(e) {
					subscripts = subscripts[1:]
				}
				for _, part := range subscripts {
					note(part)
				}
			default:
				for _, part := range parts(e) {
					note(part)
				}
			}
		}
		countReads(list, note)
		pruned, changed := dropUnread(list, read)
		if !changed {
			return pruned
		}
		list = pruned
	}
}

// countReads visits the expressions of a list that are read: all but those that a
// store goes to, of which it visits the subscripts.
func countReads(list []Stmt, note func(Expr)) {
	var target func(e Expr)
	target = func(e Expr) {
		switch e := e.(type) {
		case *Load:
			note(e)
		case *Select:
			target(e.X)
		case *At:
			target(e.X)
			note(e.At)
		}
	}
	each := func(all ...Expr) {
		for _, e := range all {
			if e != nil {
				note(e)
			}
		}
	}
	for _, s := range list {
		switch s := s.(type) {
		case *Assign:
			target(s.To)
			note(s.Value)
		case *If:
			note(s.Cond)
			countReads(s.Then, note)
			countReads(s.Else, note)
		case *For:
			each(s.Init, s.Cond)
			if s.Post != nil {
				target(s.Post.To)
				note(s.Post.Value)
			}
			countReads(s.Body, note)
		case *Switch:
			countReads(s.Body, note)
		default:
			each(expressions(s)...)
		}
	}
}

// rootVar is the variable that a store changes; nil for an element of a buffer.
func rootVar(e Expr) *Var {
	switch e := e.(type) {
	case *Ref:
		return e.Var
	case *Select:
		return rootVar(e.X)
	case *At:
		return rootVar(e.X)
	}
	return nil
}

func dropUnread(list []Stmt, read map[*Var]bool) (out []Stmt, changed bool) {
	for _, s := range list {
		switch s := s.(type) {
		case *Declare:
			if !read[s.Var] {
				changed = true
				continue
			}
		case *Assign:
			if v := rootVar(s.To); v != nil && !read[v] && !v.Scalar && !v.Shared {
				changed = true
				continue
			}
		case *CallMany:
			c := *s
			c.To = append([]*Var{}, s.To...)
			kept := false
			for i, v := range c.To {
				if v != nil && !read[v] {
					c.To[i] = nil
				}
				kept = kept || c.To[i] != nil
			}
			if !kept {
				changed = true
				continue
			}
			out = append(out, &c)
			continue
		case *Collective: // it orders nothing: barriers do
			if !read[s.To] {
				changed = true
				continue
			}
		case *Atomic:
			if s.To != nil && !read[s.To] {
				a := *s
				a.To, changed = nil, true
				out = append(out, &a)
				continue
			}
		case *If:
			then, c1 := dropUnread(s.Then, read)
			other, c2 := dropUnread(s.Else, read)
			changed = changed || c1 || c2
			if len(then) == 0 && len(other) == 0 {
				changed = true
				continue
			}
			out = append(out, &If{s.Cond, then, other})
			continue
		case *For:
			f := *s
			var c bool
			f.Body, c = dropUnread(s.Body, read)
			changed = changed || c
			out = append(out, &f)
			continue
		case *Switch:
			body, c := dropUnread(s.Body, read)
			changed = changed || c
			out = append(out, &Switch{body, s.from})
			continue
		}
		out = append(out, s)
	}
	return out, changed
}
