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
			goPrinter: &goPrinter{k: k, imports: im, used: map[*Var]bool{}, slices: map[*Buffer]bool{}},
			inner:     k.Indices[0],
			bases:     map[*Buffer]bool{},
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
		if p.used[v] {
			p.line("var %s %s", v.Name, p.typ(v.Type))
		}
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
	p.inside, p.loops, p.last, p.whole = true, 0, run[len(run)-1], enclosings(run)
	p.label, p.labeled = p.fresh("invocations"), false
	p.block(run)
	p.inside, p.whole = false, nil
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
