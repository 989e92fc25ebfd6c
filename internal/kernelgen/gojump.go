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
	used := false
	walkTop(body, func(s Stmt) {
		b, ok := s.(*Break)
		used = used || ok && b.leads != nil && b.leads.to == e && p.jumps(b.leads)
	}, func(Expr) {})
	if used {
		p.line("%s:", p.labelName(e))
	}
}
