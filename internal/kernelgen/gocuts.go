package kernelgen

// Where a kernel for work-groups is cut on the host, and what may stand between the
// loops over invocations.

// spread makes each reduction of a group the store of a value by every invocation, and
// the reduction of those.
func (p *groupPrinter) spread(list []Stmt) []Stmt {
	var out []Stmt
	for _, s := range list {
		switch s := s.(type) {
		case *Collective:
			c := *s
			values := s.To
			if !s.Subgroup {
				values = &Var{Name: p.fresh("values"), Type: s.To.Type, Writes: 1}
				p.u.varying[values] = true
			}
			p.lane(values)
			out = append(out, &Declare{values, s.Value})
			c.Value = &Ref{values}
			out = append(out, &c)
			continue
		case *If:
			c := *s
			c.Then, c.Else = p.spread(s.Then), p.spread(s.Else)
			out = append(out, &c)
			continue
		case *For:
			c := *s
			c.Body = p.spread(s.Body)
			out = append(out, &c)
			continue
		case *Switch:
			out = append(out, &Switch{p.spread(s.Body), s.from})
			continue
		}
		out = append(out, s)
	}
	return out
}

// cuts reports whether a statement must stand outside of the loops over invocations:
// all of them go through it together, and it holds a cut or leaves what holds one.
func (p *groupPrinter) cuts(s Stmt) bool {
	if synchronises([]Stmt{s}) {
		return true
	}
	switch s := s.(type) {
	case *If:
		return mayLeave(s, true) && !p.u.varies(s.Cond) && p.together(s.Then) && p.together(s.Else)
	case *For:
		return returns(s.Body) && (s.Cond == nil || !p.u.varies(s.Cond)) && !p.u.partsWithin(s.Body) && p.together(s.Body)
	case *Switch:
		return mayLeave(s, true) && p.together(s.Body)
	case *Return, *Break, *Continue:
		return true // those inside of statements without cuts are never met here
	}
	return false
}

// together reports whether all invocations take the same way through a list.
func (p *groupPrinter) together(list []Stmt) bool {
	for _, s := range list {
		switch s := s.(type) {
		case *If:
			if mayLeave(s, true) && (p.u.varies(s.Cond) || !p.together(s.Then) || !p.together(s.Else)) {
				return false
			}
		case *For:
			if returns(s.Body) && (s.Cond != nil && p.u.varies(s.Cond) || p.u.partsWithin(s.Body) || !p.together(s.Body)) {
				return false
			}
		case *Switch:
			if mayLeave(s, true) && !p.together(s.Body) {
				return false
			}
		}
	}
	return true
}

// apart reports whether a statement is one for the whole group.
func (p *groupPrinter) apart(s Stmt) bool {
	switch s := s.(type) {
	case *Declare:
		return p.scalars[s.Var]
	case *Assign:
		ref, ok := s.To.(*Ref)
		return ok && p.scalars[ref.Var]
	}
	return p.cuts(s)
}

// hoisted reports whether a statement can stand before the loop over invocations in
// front of it: the declaration of a scalar from nothing but scalars and arguments.
func (p *groupPrinter) hoisted(s Stmt) bool {
	d, ok := s.(*Declare)
	if !ok || !p.scalars[d.Var] {
		return false
	}
	free := true
	walkExpr(d.Init, func(e Expr) {
		if ref, ok := e.(*Ref); ok {
			v := ref.Var
			free = free && (p.scalars[v] || v.Scalar || v.Index > 0)
		}
	})
	return free
}

// parted reports whether some invocations may have returned in a list: what follows
// stands in one loop with it.
func (p *groupPrinter) parted(list []Stmt) bool {
	for _, s := range list {
		if !p.apart(s) && returns([]Stmt{s}) {
			return true
		}
	}
	return false
}
