package kernelgen

// Breaks and continues of outer statements in Go, which has labels for them.

// enclosings are the loops and switches in a list.
func enclosings(list []Stmt) map[*enclosing]bool {
	set := map[*enclosing]bool{}
	walkTop(list, func(s Stmt) {
		switch s := s.(type) {
		case *For:
			set[s.from] = true
		case *Switch:
			set[s.from] = true
		}
	}, func(Expr) {})
	return set
}

// jumps reports whether Go's own jump can be printed: where the invocations of a group
// go together, those of a loop over them cannot leave what is around it.
func (p *goPrinter) jumps(j *jump) bool {
	return j != nil && p.whole[j.to] && !(j.next && j.to.posted)
}

// stepOfJump reports whether a statement belongs to a jump that Go has itself.
func (p *goPrinter) stepOfJump(s Stmt) bool {
	switch s := s.(type) {
	case *Declare:
		return p.jumps(s.Var.leads)
	case *Assign:
		ref, ok := s.To.(*Ref)
		return ok && p.jumps(ref.Var.leads)
	case *If:
		ref, ok := s.Cond.(*Ref)
		return ok && p.jumps(ref.Var.leads)
	}
	return false
}

func (p *goPrinter) jump(j *jump) {
	if j.next {
		p.line("continue %s", p.labelName(j.to))
	} else {
		p.line("break %s", p.labelName(j.to))
	}
}

// labelName is the name of a label: the body of a kernel may be printed twice.
func (p *goPrinter) labelName(e *enclosing) string {
	switch {
	case p.label == slowLabel:
		return e.name + "_" + slowLabel
	case e.name == fastLabel:
		return e.name + "_" + fastLabel
	}
	return e.name
}

// labelOf prints the label of a loop or a switch, if something jumps to it.
func (p *goPrinter) labelOf(e *enclosing, body []Stmt) {
	if p.jumpsTo(e, body) {
		p.line("%s:", p.labelName(e))
	}
}

// jumpsTo reports whether a list has a jump to a loop or a switch. Steps of jumps don't
// count: they are there still where what would jump is never reached, and was left out.
func (p *goPrinter) jumpsTo(e *enclosing, list []Stmt) bool {
	for _, s := range list {
		if p.stepOfJump(s) {
			continue
		}
		found := false
		switch s := s.(type) {
		case *Break:
			found = s.leads != nil && s.leads.to == e && p.jumps(s.leads)
		case *If:
			found = p.jumpsTo(e, s.Then) || p.jumpsTo(e, s.Else)
		case *For:
			found = p.jumpsTo(e, s.Body)
		case *Switch:
			found = p.jumpsTo(e, s.Body)
		}
		if found {
			return true
		}
	}
	return false
}
