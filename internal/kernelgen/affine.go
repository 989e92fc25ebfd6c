package kernelgen

import "go/token"

// affine is an integer expression as a polynomial over the kernel's indices, its
// integer parameters, lengths, and variables of loops; false if it is none. Only
// arithmetic on int counts, which does not wrap where it fits.
func (k *Kernel) affine(e Expr) (poly, bool) {
	switch e := e.(type) {
	case *Const:
		v, ok := int64Of(e)
		return constant64(v), ok
	case *Ref:
		v := e.Var
		switch {
		case !v.Type.isInteger():
			return nil, false
		case v.Index > 0, v.Scalar && v.Writes == 0 && (v.Type.Kind == Int || v.Type.Kind == Int32), v.Range != nil:
			return symbol(v.Name), true
		case v.Writes == 0 && v.Init != nil:
			return k.affine(v.Init)
		}
	case *Length:
		return symbol(e.Buffer.Len.Name), true
	case *Select:
		if m := member(e.X); m != nil {
			return k.affine(m.Elems[e.Field])
		}
	case *At:
		if m, at := member(e.X), e.At; m != nil {
			if i, ok := int64Of(at); ok && i >= 0 && i < int64(len(m.Elems)) {
				return k.affine(m.Elems[i])
			}
		}
	case *Convert:
		from := e.X.typ().Kind
		if e.T.Kind == Int && from == Int32 || e.T.Kind == Int64 && (from == Int || from == Int32) {
			return k.affine(e.X)
		}
	case *Binary:
		if e.T.Kind != Int {
			return nil, false
		}
		x, ok := k.affine(e.X)
		y, ok2 := k.affine(e.Y)
		if !ok || !ok2 {
			return nil, false
		}
		switch e.Op {
		case token.ADD:
			return x.plus(y, 1), true
		case token.SUB:
			return x.plus(y, -1), true
		case token.MUL:
			return x.times(y), true
		}
	}
	return nil, false
}

// member is what a structure or an array that is never changed was made of.
func member(e Expr) *Composite {
	switch e := e.(type) {
	case *Composite:
		return e
	case *Ref:
		if e.Var.Writes == 0 && e.Var.Init != nil {
			return member(e.Var.Init)
		}
	case *Select:
		if m := member(e.X); m != nil {
			return member(m.Elems[e.Field])
		}
	}
	return nil
}

// form is a subscript: coef[0]*first index + coef[1]*second + coef[2]*third, and
// something from lo to hi, both inclusive, that depends on parameters only.
type form struct {
	coef   [3]poly
	lo, hi poly
	whole  poly // all of it, variables of loops included
	// element is whole of the element in which a number of several is; else it is whole.
	element poly
	exact   bool // lo is hi in every execution
	dense   bool // in the loop around it, all from lo to hi are used
}

// bounds replaces the variables of loops in p by what makes it smallest, and
// greatest. steps are the loops' variables that occurred.
func (k *Kernel) bounds(p poly, loops map[string]*Var) (lo, hi poly, dense, ok bool) {
	lo, hi, dense = p, p, true
	seen := 0
	for range 16 {
		var v *Var
		for _, name := range p.symbols() {
			if loops[name] != nil {
				v = loops[name]
			}
		}
		if v == nil {
			for _, name := range append(lo.symbols(), hi.symbols()...) {
				if loops[name] != nil {
					v = loops[name]
				}
			}
		}
		if v == nil {
			return lo, hi, dense && seen < 2, true
		}
		from, ok1 := k.affine(v.Range.Lo)
		to, ok2 := k.affine(v.Range.Hi)
		if !ok1 || !ok2 {
			return nil, nil, false, false
		}
		last := to.plus(constant64(1), -1)
		seen++
		var sign int64
		for i, side := range []*poly{&lo, &hi} {
			factor, rest, linear := side.split(v.Name)
			if !linear {
				return nil, nil, false, false
			}
			if len(factor) == 0 {
				continue
			}
			c, isConst := factor.value()
			if !isConst {
				if !factor.positiveTerms() {
					return nil, nil, false, false
				}
				c = 2 // a parameter: its sign is checked at launch
				k.assume(factor)
			}
			sign = c
			at := last
			if (i == 0) == (c > 0) {
				at = from
			}
			*side = rest.plus(factor.times(at), 1)
		}
		dense = dense && (sign == 1 || sign == -1) && v.Range.Step == 1
		p = poly{}
	}
	return nil, nil, false, false
}

// assume has launches refused where a factor is negative.
func (k *Kernel) assume(factor poly) {
	for _, c := range k.checks {
		if c.atLeast.equal(factor) && c.buffer == nil {
			return
		}
	}
	k.checks = append(k.checks, check{atLeast: factor})
}

func (p poly) positiveTerms() bool {
	for _, v := range p {
		if v < 0 {
			return false
		}
	}
	return true
}

// symbols are the names in p, in a fixed order.
func (p poly) symbols() []string {
	var all []string
	seen := map[string]bool{}
	for _, key := range p.keys() {
		for _, n := range splitKey(key) {
			if !seen[n] {
				seen[n] = true
				all = append(all, n)
			}
		}
	}
	return all
}

// formOf takes a subscript apart.
func (k *Kernel) formOf(at Expr, loops map[string]*Var) (*form, bool) {
	p, ok := k.affine(at)
	if !ok {
		return nil, false
	}
	whole := p
	lo, hi, dense, ok := k.bounds(p, loops)
	if !ok {
		return nil, false
	}
	f := &form{whole: whole, element: whole, lo: lo, hi: hi, dense: dense, exact: lo.equal(hi)}
	for d := range 3 {
		f.coef[d] = poly{}
		if d >= len(k.Indices) {
			continue
		}
		name := k.Indices[d].Name
		below, restLo, ok1 := f.lo.split(name)
		above, restHi, ok2 := f.hi.split(name)
		if !ok1 || !ok2 || !below.equal(above) {
			return nil, false
		}
		f.coef[d], f.lo, f.hi = below, restLo, restHi
	}
	for _, c := range f.coef {
		for _, n := range c.symbols() {
			for _, ix := range k.Indices {
				if n == ix.Name {
					return nil, false
				}
			}
		}
	}
	return f, true
}
