package kernelgen

import (
	"go/token"
	"slices"
)

// oneInvocation is the variable of a condition that a single value of it meets, as
// g.Local() == 0: the invocation's number, or that of its sub-group or of its place in
// that. It is nil if the condition is none.
func (k *Kernel) oneInvocation(cond Expr) *Var {
	c, ok := cond.(*Binary)
	if k.Group == 0 || !ok || c.Op != token.EQL {
		return nil
	}
	x, ok1 := k.affine(c.X)
	y, ok2 := k.affine(c.Y)
	if !ok1 || !ok2 {
		return nil
	}
	diff := x.plus(y, -1)
	for _, v := range []*Var{k.Local, k.Subgroup, k.Lane} {
		if v == nil {
			continue
		}
		factor, rest, linear := diff.split(v.Name)
		at, isConst := rest.value()
		hi, _ := int64Of(v.Range.Hi)
		if linear && factor.is(1) && isConst && -at >= 0 && -at < hi {
			return v
		}
	}
	return nil
}

// guarded is what a group has written after a branch: what both arms write, what one
// of its invocations writes for all, what those of a range write, and what those whose
// element is there write into an array that may end within the group's elements. some
// are the variables of which the condition says a range, if it says nothing else.
func (fl *flow) guarded(cond Expr, one *Var, some []*Var, before, then, other coverage) coverage {
	k := fl.k
	after := fl.meet(then, other)
	stretch := len(some) > 0 // of neighbours
	for _, v := range some {
		stretch = stretch && v.Name == k.Local.Name
	}
	for b, set := range then {
		for _, f := range set {
			symbols := f.whole.symbols()
			uses := func(v *Var) bool { return v != nil && slices.Contains(symbols, v.Name) }
			switch {
			case one == k.Local && one != nil && !uses(k.Local) && !uses(k.Subgroup) && !uses(k.Lane),
				one == k.Lane && one != nil && !uses(k.Local) && !uses(k.Lane),
				one == k.Subgroup && one != nil && !uses(k.Local) && !uses(k.Subgroup),
				stretch && f.dense && uses(k.Local) && !uses(k.Subgroup) && !uses(k.Lane),
				fl.isThere(cond, b, f):
				after.add(b, f)
			}
		}
	}
	for b, set := range before {
		for _, f := range set {
			after.add(b, f)
		}
	}
	return after
}

// isThere reports whether a condition is that an element of a buffer is there.
func (fl *flow) isThere(cond Expr, b *Buffer, f *form) bool {
	c, ok := cond.(*Binary)
	if !ok || c.Op != token.LSS {
		return false
	}
	length, ok := c.Y.(*Length)
	x, affine := fl.k.affine(c.X)
	return ok && affine && length.Buffer == b && x.equal(f.element)
}
