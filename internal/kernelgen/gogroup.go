package kernelgen

import "fmt"

// On the host a work-group is one goroutine. The kernel is cut where its invocations
// wait for each other: what lies between is a loop over all of them, one after the
// other. Variables that live across a cut are arrays, with an element for each
// invocation. Branches and loops that hold a cut stand outside of those loops, as all
// invocations go through them together. (pocl does the same to OpenCL: Jääskeläinen
// et al., "pocl: A Performance-Portable OpenCL Implementation", IJPP 43, 2015.)

// groupPrinter prints the Go variant of a kernel for work-groups.
type groupPrinter struct {
	*rangePrinter
	u *uniformity
	// scalars are variables on which all invocations agree and which change
	// where they go together: one for the group is enough.
	scalars map[*Var]bool
	lanes   map[*Var]string // the arrays of variables that live across a cut
	arrays  []*Var          // in the order of their use
	// again are variables that are made anew in every loop that uses them.
	again   []*Declare
	isAgain map[*Var]bool
	inside  bool   // in a loop over invocations
	nested  int    // loops over groups and around cuts
	groups  string // label of the loop over groups
	leaves  bool   // the label is used
}

func goGroups(k *Kernel, im *imports, funcName string) string {
	p := &groupPrinter{
		rangePrinter: &rangePrinter{
			goPrinter: &goPrinter{k: k, imports: im, used: map[*Var]bool{}},
			inner:     k.Indices[0],
			bases:     map[*Buffer]bool{}, slices: map[*Buffer]bool{},
		},
		u: k.uniform(), scalars: map[*Var]bool{}, lanes: map[*Var]string{}, isAgain: map[*Var]bool{},
	}
	p.element, p.rename = p.checkedElement, p.name
	body := prune(k.Body, nil)
	body = p.spread(body)
	p.findScalars(body)
	body = p.findAgain(body)
	p.findLanes(body)
	p.groups = p.fresh("next")
	p.tabs = 2
	p.regions(body)
	text := p.text.String()

	p.text.Reset()
	p.tabs = 0
	p.line("// %s computes the work-groups [call.Lo, call.Hi) of %s on the host.", funcName, k.Name)
	p.line("func %s(call *kernels.Call) {", funcName)
	p.tabs = 1
	p.arguments()
	for _, v := range k.Shared {
		p.line("var %s %s", v.Name, p.typ(v.Type))
	}
	for _, v := range p.arrays {
		p.line("var %s [%d]%s", p.lanes[v], k.Group, p.typ(v.Type))
	}
	p.tabs = 0
	if p.leaves {
		p.line("%s:", p.groups)
	}
	p.line("\tfor %s := call.Lo; %s < call.Hi; %s++ {", p.inner.Name, p.inner.Name, p.inner.Name)
	p.text.WriteString(text)
	p.line("\t}")
	p.line("}")
	return p.text.String()
}

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
			out = append(out, &Switch{p.spread(s.Body)})
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
		return returns(s.Body) && p.together(s.Body)
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
			if !p.together(s.Body) {
				return false
			}
		}
	}
	return true
}

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

// regions prints a list that all invocations go through together.
func (p *groupPrinter) regions(list []Stmt) {
	var run []Stmt
	for i, s := range list {
		if p.parted(list[:i]) || !p.apart(s) {
			run = append(run, s)
			continue
		}
		if p.hoisted(s) {
			p.statement(s)
			continue
		}
		p.loopOver(run)
		run = nil
		p.region(s)
	}
	p.loopOver(run)
}

func (p *groupPrinter) region(s Stmt) {
	switch s := s.(type) {
	case *Barrier: // the loop before has ended
	case *Collective:
		join := "kernels." + map[string]string{"sum": "SumLanes", "min": "MinLanes", "max": "MaxLanes"}[s.Op.name]
		values := p.lanes[s.Value.(*Ref).Var] + "[:]"
		if s.Subgroup {
			p.line("kernels.BySubgroup(%s, %s[%s])", values, join, kindNames[s.To.Type.Kind])
		} else {
			p.line("%s := %s(%s)", p.name(s.To), join, values)
		}
	case *If:
		p.line("if %s {", p.expr(s.Cond))
		p.tabs++
		p.regions(s.Then)
		p.tabs--
		if len(s.Else) > 0 {
			p.line("} else {")
			p.tabs++
			p.regions(s.Else)
			p.tabs--
		}
		p.line("}")
	case *For:
		p.loopHead(s)
		p.nested++
		p.tabs++
		p.regions(s.Body)
		p.tabs--
		p.nested--
		p.line("}")
	case *Switch:
		p.line("switch {")
		p.line("default:")
		p.tabs++
		p.regions(s.Body)
		p.tabs--
		p.line("}")
	case *Return:
		if p.nested > 0 {
			p.leaves = true
			p.line("continue %s", p.groups)
		} else {
			p.line("continue")
		}
	default:
		p.statement(s)
	}
}

// loopOver prints a loop over the invocations.
func (p *groupPrinter) loopOver(run []Stmt) {
	if len(run) == 0 {
		return
	}
	used := p.used
	p.used = map[*Var]bool{}
	text := p.text.String()
	p.text.Reset()
	p.inside, p.loops, p.last = true, 0, run[len(run)-1]
	p.label, p.labeled = p.fresh("invocations"), false
	p.block(run)
	p.inside = false
	body := p.text.String()
	p.text.Reset()
	p.text.WriteString(text)
	if p.labeled {
		p.text.WriteString(p.label + ":\n")
	}
	parts := ""
	for i := len(p.again) - 1; i >= 0; i-- { // later ones may use earlier ones
		if d := p.again[i]; p.used[d.Var] {
			value := p.expr(d.Init)
			if isConst(d.Init) {
				value = p.typ(d.Var.Type) + "(" + value + ")"
			}
			parts = fmt.Sprintf("%s := %s\n", d.Var.Name, value) + parts
		}
	}
	for _, v := range []*Var{p.k.Subgroup, p.k.Lane} {
		if v != nil && p.used[v] {
			op := "/"
			if v == p.k.Lane {
				op = "%"
			}
			parts = fmt.Sprintf("%s := %s %s %d\n", v.Name, p.k.Local.Name, op, subgroupSize) + parts
			p.used[p.k.Local] = true
		}
	}
	body = parts + body
	if p.used[p.k.Local] {
		p.line("for %s := range %d {", p.k.Local.Name, p.k.Group)
	} else {
		p.line("for range %d {", p.k.Group)
	}
	p.text.WriteString(body)
	p.line("}")
	for v := range p.used {
		used[v] = true
	}
	p.used = used
}
