package kernelgen

// What all invocations of a group agree on: a barrier must be reached by all or by
// none of them, so that it may stand only where their ways have not parted.

// uniformity knows which variables may differ between the invocations of a group.
type uniformity struct {
	k       *Kernel
	varying map[*Var]bool
	written map[*Buffer]bool
	changed bool
}

// uniform finds the variables that differ, going through the statements until it finds
// no more.
func (k *Kernel) uniform() *uniformity {
	u := &uniformity{k: k, varying: map[*Var]bool{k.Local: true, k.Subgroup: true, k.Lane: true}, written: map[*Buffer]bool{}}
	for _, b := range k.Buffers {
		for _, s := range b.sites {
			if s.write {
				u.written[b] = true
			}
		}
	}
	for u.changed = true; u.changed; {
		u.changed = false
		u.block(k.Body, false)
	}
	return u
}

func (u *uniformity) mark(v *Var, varies bool) {
	if v != nil && varies && !u.varying[v] {
		u.varying[v], u.changed = true, true
	}
}

// block goes through statements. apart says that invocations may be elsewhere; it
// returns whether some may have left the list while others have not.
func (u *uniformity) block(list []Stmt, apart bool) (parts bool) {
	for _, s := range list {
		apart = apart || parts
		switch s := s.(type) {
		case *Declare:
			u.mark(s.Var, s.Init != nil && u.varies(s.Init))
		case *Assign:
			u.mark(rootVar(s.To), apart || u.varies(s.Value) || u.variesPlace(s.To))
		case *CallMany:
			for _, v := range s.To {
				u.mark(v, apart || u.anyVaries(s.Args))
			}
		case *Collective:
			u.mark(s.To, s.Subgroup)
		case *Atomic:
			u.mark(s.To, true)
		case *If:
			inside := apart || u.varies(s.Cond)
			a, b := u.block(s.Then, inside), u.block(s.Else, inside)
			parts = parts || a || b || inside && (leaves(s.Then, true, true) || leaves(s.Else, true, true))
		case *Switch:
			parts = u.block(s.Body, apart) && returns(s.Body) || parts
		case *For:
			u.mark(s.Var, s.Init != nil && u.varies(s.Init))
			inside := apart || s.Cond != nil && u.varies(s.Cond) || u.partsWithin(s.Body)
			u.block(s.Body, inside)
			if s.Post != nil {
				u.mark(rootVar(s.Post.To), inside || u.varies(s.Post.Value))
			}
			parts = parts || inside && returns(s.Body)
		}
	}
	return parts
}

// partsWithin reports whether some invocations may leave a loop, or a turn of it,
// while others stay.
func (u *uniformity) partsWithin(body []Stmt) bool { return u.part(body, false, true, true) }

// part reports whether some invocations may leave a list while others stay: end the
// function, or, where those count, leave what is around the list by a break or a
// continue.
func (u *uniformity) part(list []Stmt, apart, breaks, continues bool) bool {
	for _, s := range list {
		found := false
		switch s := s.(type) {
		case *Return:
			found = apart
		case *Break:
			found = apart && breaks
		case *Continue:
			found = apart && continues
		case *If:
			inside := apart || u.varies(s.Cond)
			found = u.part(s.Then, inside, breaks, continues) || u.part(s.Else, inside, breaks, continues)
		case *Switch:
			// Those that leave a switch by a break meet the others behind it, but
			// not where those may have gone elsewhere.
			found = u.part(s.Body, apart, leaves(s.Body, false, continues), continues)
		case *For:
			found = u.part(s.Body, apart || s.Cond != nil && u.varies(s.Cond), false, false)
		}
		if found {
			return true
		}
	}
	return false
}

// returns reports whether a list may end the function.
func returns(list []Stmt) bool {
	found := false
	walkTop(list, func(s Stmt) {
		if _, ok := s.(*Return); ok {
			found = true
		}
	}, func(Expr) {})
	return found
}

func (u *uniformity) anyVaries(list []Expr) bool {
	for _, e := range list {
		if u.varies(e) {
			return true
		}
	}
	return false
}

// varies reports whether an expression may differ between invocations.
func (u *uniformity) varies(e Expr) bool {
	switch e := e.(type) {
	case *Ref:
		return u.varying[e.Var] || e.Var.Shared
	case *Load:
		return u.written[e.Buffer] || u.anyVaries(parts(e))
	}
	return u.anyVaries(parts(e))
}

// variesPlace reports whether a store's place differs.
func (u *uniformity) variesPlace(e Expr) bool {
	switch e := e.(type) {
	case *Load:
		return u.anyVaries(parts(e))
	case *At:
		return u.varies(e.At) || u.variesPlace(e.X)
	case *Select:
		return u.variesPlace(e.X)
	}
	return false
}

// checkGroup refuses barriers that some invocations miss, and stores that all of them
// make into one element.
func (l *lowering) checkGroup() {
	c := &groupCheck{lowering: l, u: l.k.uniform()}
	c.block(l.k.Body, false, together)
}

type groupCheck struct {
	*lowering
	u *uniformity
	// left is set once some invocations may have returned.
	left bool
}

// company is how many invocations of a group may be in a place.
type company int

const (
	together company = iota // all of them
	several                 // those of a range, of which there is more than one
	alone                   // perhaps a single one
)

func (c *groupCheck) block(list []Stmt, apart bool, with company) {
	for _, s := range list {
		switch s := s.(type) {
		case *Barrier:
			c.together(s, "a barrier", apart)
		case *Collective:
			c.together(s, "a reduction of a group", apart)
		case *Assign:
			c.store(s, with)
		case *Return:
			if apart {
				c.left = true
			}
		case *If:
			inside := apart || c.u.varies(s.Cond)
			c.block(s.Then, inside, c.meets(s.Cond, true, with))
			c.block(s.Else, inside, c.meets(s.Cond, false, with))
		case *Switch:
			inside := apart || c.u.part(s.Body, false, true, false)
			c.block(s.Body, inside, apartFrom(inside, apart, with))
		case *For:
			inside := apart || s.Cond != nil && c.u.varies(s.Cond) || c.u.partsWithin(s.Body)
			before := c.left
			c.block(s.Body, inside, apartFrom(inside, apart, with))
			if !before && c.left && synchronises(s.Body) {
				c.refuseAt(s.Body, "some invocations may have returned before it, in an earlier turn of the loop")
			}
		}
	}
}

// apartFrom is the company within a statement where ways part.
func apartFrom(inside, outside bool, with company) company {
	if inside && !outside {
		return alone
	}
	return with
}

// meets is the company where a condition holds, or does not.
func (c *groupCheck) meets(cond Expr, holds bool, with company) company {
	switch {
	case !c.u.varies(cond):
		return with
	case with != together:
		return alone // a range of a range may be one
	}
	fl := newFlow(c.lowering)
	some, all := fl.guards(cond, holds)
	if !all || len(some) == 0 {
		return alone
	}
	v := some[len(some)-1] // as far as it has been narrowed
	for _, w := range some {
		if w.Name != v.Name {
			return alone
		}
	}
	lo, _ := int64Of(v.Range.Lo)
	hi, _ := int64Of(v.Range.Hi)
	count := hi - lo
	switch {
	case c.k.Lane != nil && v.Name == c.k.Lane.Name:
		count *= int64(c.k.Group / subgroupSize)
	case c.k.Subgroup != nil && v.Name == c.k.Subgroup.Name:
		count *= subgroupSize
	}
	if count > 1 {
		return several
	}
	return alone
}

func (c *groupCheck) together(s Stmt, what string, apart bool) {
	pos := posOf(s)
	switch {
	case apart:
		c.refuse(pos, "%s that not every invocation of the group may reach", "put it where conditions and loops depend on parameters, on g.Index() or on reductions of the group only", what)
	case c.left:
		c.refuse(pos, "%s behind a return of some invocations", "have all of them reach it: put what the others do into an if", what)
	}
}

func (c *groupCheck) refuseAt(list []Stmt, why string) {
	walkTop(list, func(s Stmt) {
		if pos := posOf(s); pos.IsValid() && synchronises([]Stmt{s}) {
			c.refuse(pos, "a barrier or a reduction of a group: %s", "have all invocations leave the loop together", why)
		}
	}, func(Expr) {})
}

// store refuses a store of more than one invocation into one element.
func (c *groupCheck) store(s *Assign, with company) {
	if with == alone || c.left {
		return
	}
	if c.u.variesPlace(s.To) {
		if load, ok := s.To.(*Load); ok && load.site.number == nil && !load.Buffer.Scatter && !c.u.varies(load.At) {
			c.refuse(load.site.pos, "a store into %s, where others of the group may store too: its subscripts are no sums of multiples of indices", "have each invocation write numbers of its own, or one of them all: if g.Local() == 0 { ... }", load.site.text)
		}
		return
	}
	who := "all"
	if with == several {
		who = "several"
	}
	if load, ok := s.To.(*Load); ok {
		c.refuse(load.site.pos, "a data race: %s invocations of a group write %s", "have one of them write it: if g.Local() == 0 { ... }", who, load.site.text)
		return
	}
	if v := rootVar(s.To); v != nil && v.Shared {
		c.refuse(s.pos, "a data race: %s invocations of a group write one element of %s", "have one of them write it: if g.Local() == 0 { ... }", who, v.Name)
	}
}

// synchronises reports whether a list has a barrier or a reduction of a group.
func synchronises(list []Stmt) bool {
	found := false
	walkTop(list, func(s Stmt) {
		switch s.(type) {
		case *Barrier, *Collective:
			found = true
		}
	}, func(Expr) {})
	return found
}
