package kernelgen

// How the Go variant of a kernel for work-groups keeps each variable: once for the
// group, in an array with an element for each invocation, or made anew in every loop.

// findScalars finds the variables that need be kept once for a group. All their
// stores are statements of lists that the invocations go through together.
func (p *groupPrinter) findScalars(list []Stmt) {
	stored := map[*Var]int{} // by statements of such lists
	var count func(list []Stmt)
	count = func(list []Stmt) {
		for _, s := range list {
			switch s := s.(type) {
			case *Declare:
				stored[s.Var]++
			case *Assign:
				if ref, ok := s.To.(*Ref); ok {
					stored[ref.Var]++
				}
			case *Collective:
				stored[s.To]++
			}
			if !p.cuts(s) {
				if returns([]Stmt{s}) {
					return // what follows stands in a loop with it
				}
				continue
			}
			switch s := s.(type) {
			case *If:
				count(s.Then)
				count(s.Else)
			case *For:
				if s.Var != nil {
					stored[s.Var]++
				}
				if s.Post != nil {
					stored[s.Post.To.(*Ref).Var]++
				}
				count(s.Body)
			case *Switch:
				count(s.Body)
			}
		}
	}
	count(list)
	all := map[*Var]int{}
	walkTop(list, func(s Stmt) {
		switch s := s.(type) {
		case *Declare:
			all[s.Var]++
		case *Assign:
			if v := rootVar(s.To); v != nil {
				all[v]++
			}
		case *CallMany:
			for _, v := range s.To {
				if v != nil {
					all[v] += 2 // there is no one statement for it
				}
			}
		case *Collective:
			all[s.To]++
		case *For:
			if s.Var != nil {
				all[s.Var]++
			}
			if s.Post != nil {
				all[rootVar(s.Post.To)]++
			}
		}
	}, func(Expr) {})
	for v, n := range all {
		p.scalars[v] = !p.u.varying[v] && !v.Shared && n == stored[v]
	}
}

// findAgain takes out the declarations of variables that never change and that take
// less time to compute than to keep: simple arithmetic on the invocation's number,
// arguments and scalars.
func (p *groupPrinter) findAgain(list []Stmt) []Stmt {
	var out []Stmt
	for i, s := range list {
		d, ok := s.(*Declare)
		if !ok || d.Init == nil || d.Var.Writes > 0 || p.scalars[d.Var] || !d.Var.Type.isInteger() || p.parted(list[:i]) {
			out = append(out, s)
			continue
		}
		simple, operations := true, 0
		walkExpr(d.Init, func(e Expr) {
			switch e := e.(type) {
			case *Const, *Length:
			case *Ref:
				v := e.Var
				fixed := v.Writes == 0 && (p.scalars[v] || p.isAgain[v])
				simple = simple && (fixed || v.Scalar || v.Index > 0 || v == p.k.Local || v == p.k.Subgroup || v == p.k.Lane)
			case *Binary, *Convert:
				operations++
			default:
				simple = false
			}
		})
		if !simple || operations > 3 {
			out = append(out, s)
			continue
		}
		p.again = append(p.again, d)
		p.isAgain[d.Var] = true
	}
	return out
}

// lane gives a variable an array.
func (p *groupPrinter) lane(v *Var) {
	if p.lanes[v] == "" {
		p.lanes[v] = p.fresh(v.Name + "_of")
		p.arrays = append(p.arrays, v)
	}
}

// findLanes gives arrays to the variables that several loops over invocations use, or
// that are used outside of those.
func (p *groupPrinter) findLanes(list []Stmt) {
	loopOf := map[*Var]int{}
	loop := 1
	use := func(v *Var, at int) {
		if v == nil || p.scalars[v] || v.Shared || v.Scalar || v.Index > 0 || p.isAgain[v] || v == p.k.Local || v == p.k.Subgroup || v == p.k.Lane {
			return
		}
		if loopOf[v] == 0 {
			loopOf[v] = at
		}
		if at < 0 || loopOf[v] != at {
			p.lane(v)
		}
	}
	uses := func(s Stmt, at int, deep bool) {
		note := func(e Expr) {
			walkExpr(e, func(e Expr) {
				if ref, ok := e.(*Ref); ok {
					use(ref.Var, at)
				}
			})
		}
		own := func(s Stmt) {
			switch s := s.(type) {
			case *Declare:
				use(s.Var, at)
			case *CallMany:
				for _, v := range s.To {
					use(v, at)
				}
			case *Atomic:
				use(s.To, at)
			case *Collective:
				use(s.To, at)
			case *For:
				use(s.Var, at)
			}
		}
		if !deep {
			own(s)
			for _, e := range expressions(s) {
				note(e)
			}
			return
		}
		walkTop([]Stmt{s}, own, note)
	}
	var visit func(list []Stmt)
	visit = func(list []Stmt) {
		for i, s := range list {
			if !p.apart(s) || p.parted(list[:i]) {
				uses(s, loop, true)
				continue
			}
			if p.hoisted(s) {
				continue // it has no variable of an invocation
			}
			loop++
			uses(s, -1, false)
			switch s := s.(type) {
			case *If:
				visit(s.Then)
				loop++
				visit(s.Else)
			case *For:
				visit(s.Body)
			case *Switch:
				visit(s.Body)
			}
			loop++
		}
	}
	visit(list)
}

// name is what a variable is called.
func (p *groupPrinter) name(v *Var) string {
	array := p.lanes[v]
	switch {
	case array == "":
		return v.Name
	case p.inside:
		p.used[p.k.Local] = true
		return array + "[" + p.k.Local.Name + "]"
	}
	return array + "[0]" // all are alike
}
