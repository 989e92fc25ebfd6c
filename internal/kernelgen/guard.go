package kernelgen

import "go/token"

// What conditions say of variables that go through constant ranges, such as the number
// of an invocation in its group, and the variables of counted loops: where l < 16
// holds, y[16*g.Index()+l] are 16 elements of the group's own.

// guards narrows the ranges of the loops' variables by a condition, or by its opposite.
// It returns the variables that are narrowed, and whether the condition says nothing
// else.
func (fl *flow) guards(cond Expr, holds bool) (narrowed []*Var, all bool) {
	switch c := cond.(type) {
	case *Unary:
		if c.Op == token.NOT {
			return fl.guards(c.X, !holds)
		}
	case *Binary:
		if c.Op == token.LAND && holds || c.Op == token.LOR && !holds {
			x, allX := fl.guards(c.X, holds)
			y, allY := fl.guards(c.Y, holds)
			return append(x, y...), allX && allY
		}
		if v := fl.guard(c, holds); v != nil {
			return []*Var{v}, true
		}
	}
	return nil, false
}

var opposites = map[token.Token]token.Token{
	token.LSS: token.GEQ, token.GEQ: token.LSS, token.LEQ: token.GTR, token.GTR: token.LEQ,
	token.EQL: token.NEQ, token.NEQ: token.EQL,
}

// guard narrows the range of a variable by a comparison with a constant, and returns
// the variable; nil if the comparison is another, or never holds.
func (fl *flow) guard(c *Binary, holds bool) *Var {
	op := c.Op
	if !holds {
		op = opposites[op]
	}
	x, ok1 := fl.k.affine(c.X)
	y, ok2 := fl.k.affine(c.Y)
	if !ok1 || !ok2 {
		return nil
	}
	diff := x.plus(y, -1)
	names := diff.symbols()
	if len(names) != 1 || fl.loops[names[0]] == nil {
		return nil
	}
	v := fl.loops[names[0]]
	factor, rest, linear := diff.split(v.Name)
	at, isConst := rest.value()
	lo, ok1 := int64Of(v.Range.Lo)
	hi, ok2 := int64Of(v.Range.Hi)
	if !linear || !isConst || !ok1 || !ok2 {
		return nil
	}
	switch { // v - bound, compared with 0
	case factor.is(1):
		at = -at
	case factor.is(-1):
		op = map[token.Token]token.Token{
			token.LSS: token.GTR, token.GTR: token.LSS, token.LEQ: token.GEQ, token.GEQ: token.LEQ, token.EQL: token.EQL, token.NEQ: token.NEQ,
		}[op]
	default:
		return nil
	}
	switch op {
	case token.LSS:
		hi = min(hi, at)
	case token.LEQ:
		hi = min(hi, at+1)
	case token.GTR:
		lo = max(lo, at+1)
	case token.GEQ:
		lo = max(lo, at)
	case token.EQL:
		lo, hi = max(lo, at), min(hi, at+1)
	case token.NEQ: // an end of the range
		if at != lo && at != hi-1 {
			return nil
		}
		if at == lo {
			lo++
		} else {
			hi--
		}
	default:
		return nil
	}
	if lo >= hi {
		return nil
	}
	narrow := *v
	narrow.Range = &Range{Lo: intConst(lo), Hi: intConst(hi), Step: v.Range.Step}
	fl.loops[v.Name] = &narrow
	return &narrow
}
