package random

import (
	"fmt"
	"strings"
)

// workGroup is what a program knows of the groups that its invocations are in.
type workGroup struct {
	size    int
	uniform []variable // which all invocations of a group agree on
	shared  []memory   // that may be written again
	counts  memory     // for atomic operations
	nested  int        // loops and conditions around the statement
	rounds  []*around  // those loops
}

// memory is an array that a group shares.
type memory struct {
	name, typ string // of its elements, perhaps pair
	length    int
}

// reads is the memory as inputs.
func (m memory) reads() []input {
	if m.typ == "pair" {
		return []input{
			{name: m.name, typ: "float32", length: m.length, field: ".a"},
			{name: m.name, typ: "int32", length: m.length, field: ".b"},
		}
	}
	return []input{{name: m.name, typ: m.typ, length: m.length}}
}

// writeGroup makes a kernel of work-groups. Its invocations go through phases
// together: statements of each one's own, exchanges through shared memory between
// barriers, atomic operations on it, and reductions, also in loops and conditions that
// they agree on.
func (p *program) writeGroup() {
	g := &workGroup{size: pick(p, []int{32, 32, 64, 96, 128})}
	p.group, p.indices = g, []string{"i"}
	for range 1 + p.IntN(2) {
		in := input{name: fmt.Sprintf("in%d", len(p.inputs)), typ: p.inputType(), per: p.IntN(2)}
		in.ragged = in.per == 1 && p.IntN(2) == 0
		p.inputs = append(p.inputs, in)
	}
	for range 1 + p.IntN(3) {
		w := pick(p, []way{own, own, ragged, perGroup, perSub, stretch, bins, counted})
		switch w {
		case bins, counted:
			p.output(w, pick(p, wordTypes)).op = pick(p, atomicOps)
		case stretch:
			p.output(w, p.inputType()).per = 1 + p.IntN(g.size)
		default:
			p.output(w, p.inputType())
		}
	}
	p.drawScalars()
	p.line("%s//tandem:kernel\n//tandem:group %d\nfunc %s(g kernels.Group, %s) {", p.declared(), g.size, p.name, p.parameters())
	for range 1 + p.IntN(2) {
		g.shared = append(g.shared, p.share(pick(p, append([]string{"pair"}, elementTypes...)), g.size))
	}
	g.counts = p.share(pick(p, wordTypes), 16)
	p.line("l, i := g.Local(), g.Global()\n_, _ = l, i")
	for _, ix := range []string{"i", "l", "g.Index()", "g.Lane()", "g.Subgroup()"} {
		p.scope = append(p.scope, variable{ix, "int", true})
	}
	g.uniform = append(g.uniform, variable{"g.Index()", "int", true})
	for i := range p.scope { // invocations may disagree on a parameter that is assigned to
		if v := &p.scope[i]; i < len(p.scalars) && p.IntN(2) == 0 {
			v.constant = true
			g.uniform = append(g.uniform, *v)
		}
	}
	p.readInputs()
	p.phases(2+p.IntN(3), 2)
	for _, out := range p.outs {
		p.storeGroup(out)
	}
	p.line("}\n")
	p.groupCase()
}

// share declares memory, which holds anything at first.
func (p *program) share(typ string, length int) memory {
	m := memory{p.fresh(), typ, length}
	p.line("%s := kernels.Shared[[%d]%s](g)\n_ = %s[0]", m.name, length, typ, m.name)
	return m
}

// agreed makes an expression on which all invocations of a group agree.
func (p *program) agreed(typ string, depth int) string {
	scope, inputs, indices := p.scope, p.inputs, p.indices
	p.scope, p.inputs, p.indices = p.group.uniform, nil, []string{"g.Index()"}
	for _, in := range inputs {
		if in.per == 0 && in.length == 0 {
			p.inputs = append(p.inputs, in)
		}
	}
	defer func() { p.scope, p.inputs, p.indices = scope, inputs, indices }()
	return p.expr(typ, depth)
}

// within writes phases in a block of its own, which has been opened.
func (p *program) within(count, depth int) {
	g := p.group
	scope, uniform := len(p.scope), len(g.uniform)
	g.nested++
	p.phases(count, depth)
	g.nested--
	p.scope, g.uniform = p.scope[:scope], g.uniform[:uniform]
}

func (p *program) phases(count, depth int) {
	for range count {
		p.phase(depth)
	}
}

func (p *program) phase(depth int) {
	choice := p.IntN(14)
	if depth == 0 {
		choice = p.IntN(10)
	}
	switch choice {
	case 0, 1:
		p.statements(1+p.IntN(2), 2)
	case 2:
		p.declare(pick(p, elementTypes))
	case 3, 4, 5:
		p.exchange()
	case 6:
		p.count()
	case 7, 8, 9:
		p.collective()
	case 10, 11:
		p.rounds(depth)
	case 12:
		p.line("if %s {", p.agreed("bool", 2))
		p.within(1+p.IntN(2), depth-1)
		if p.IntN(2) == 0 {
			p.line("} else {")
			p.within(1, depth-1)
		}
		p.line("}")
	case 13:
		if p.group.nested == 0 && p.IntN(2) == 0 {
			p.line("if %s {\nreturn\n}", p.agreed("bool", 2))
			return
		}
		p.line("switch %s & 3 {\ncase 0, 2:", p.agreed(pick(p, []string{"int32", "uint32"}), 1))
		p.within(1, depth-1)
		p.line("default:")
		p.within(1, depth-1)
		p.line("}")
	}
}

// exchange has each invocation write an element of shared memory, and read others
// behind a barrier. A second barrier lets it be written again; without one it may be
// read to the kernel's end.
func (p *program) exchange() {
	g := p.group
	if len(g.shared) == 0 {
		p.collective()
		return
	}
	k := p.IntN(len(g.shared))
	m := g.shared[k]
	at := pick(p, []string{"l", fmt.Sprintf("%d-l", m.length-1), fmt.Sprintf("(l+%d)%%%d", 1+p.IntN(40), m.length)})
	if m.typ == "pair" {
		p.line("%s[%s] = pair{%s, %s}", m.name, at, p.expr("float32", 2), p.expr("int32", 2))
		if p.IntN(3) == 0 {
			p.line("if %s {\n%s[%s].b += %s\n}", p.expr("bool", 2), m.name, at, p.expr("int32", 2))
		}
	} else {
		p.line("%s[%s] = %s", m.name, at, p.expr(m.typ, 3))
		if p.IntN(3) == 0 {
			p.line("if %s {\n%s[%s] %s= %s\n}", p.expr("bool", 2), m.name, at, pick(p, compoundOps(m.typ)), p.expr(m.typ, 2))
		}
	}
	p.line("g.Barrier()")
	inputs := len(p.inputs)
	p.inputs = append(p.inputs, m.reads()...)
	for _, in := range m.reads() {
		v := p.fresh()
		p.line("%s := %s\n_ = %s", v, p.element(in), v)
		p.scope = append(p.scope, variable{v, in.typ, false})
	}
	p.statements(1+p.IntN(2), 1)
	if g.nested == 0 && p.IntN(3) == 0 {
		g.shared = append(append([]memory{}, g.shared[:k]...), g.shared[k+1:]...)
		return
	}
	p.inputs = p.inputs[:inputs]
	p.line("g.Barrier()")
}

// count changes shared memory by atomic operations, and reads it.
func (p *program) count() {
	m := p.group.counts
	p.line("if l < %d {\n%s[l] = %s\n}\ng.Barrier()", m.length, m.name, p.expr(m.typ, 1))
	op := pick(p, atomicOps)
	for range 1 + p.IntN(2) {
		p.spread(m.name, fmt.Sprint(m.length), op, m.typ)
	}
	p.line("g.Barrier()")
	v := p.fresh()
	p.line("%s := %s[l&15]\n_ = %s\ng.Barrier()", v, m.name, v)
	p.scope = append(p.scope, variable{v, m.typ, false})
}

// collective joins a value of every invocation.
func (p *program) collective() {
	of := pick(p, []string{"Group", "Subgroup"})
	typ, v := pick(p, elementTypes), p.fresh()
	p.line("%s := kernels.%s%s(g, %s)\n_ = %s", v, of, pick(p, []string{"Sum", "Min", "Max"}), p.expr(typ, 2), v)
	p.scope = append(p.scope, variable{v, typ, of == "Group"})
	if of == "Group" {
		p.group.uniform = append(p.group.uniform, variable{v, typ, true})
	}
}

// rounds is a loop that all invocations of a group go through together.
func (p *program) rounds(depth int) {
	v, typ := p.fresh(), "int"
	a, label := p.labelled(true)
	switch p.IntN(3) {
	case 0:
		p.line("%sfor %s := range %d {", label, v, 1+p.IntN(3))
	case 1:
		p.line("//tandem:turns 4\n%sfor %s := %d; %s > 0; %s /= 2 {", label, v, 1+p.IntN(8), v, v)
	default:
		typ = "uint32"
		p.line("//tandem:turns 3\n%sfor %s := range %s & 3 {", label, v, p.agreed("uint32", 1))
	}
	p.line("_ = %s", v)
	scope, uniform := len(p.scope), len(p.group.uniform)
	p.scope = append(p.scope, variable{v, typ, true})
	p.group.uniform = append(p.group.uniform, variable{v, typ, true})
	p.group.rounds = append(p.group.rounds, a)
	p.within(1+p.IntN(2), depth-1)
	if p.IntN(3) == 0 {
		p.line("if %s {\n%s\n}", p.agreed("bool", 1), p.jump(p.group.rounds))
		p.within(1, 0)
	}
	p.need(a, p.agreed("bool", 1))
	p.line("}")
	p.group.rounds = p.group.rounds[:len(p.group.rounds)-1]
	p.scope, p.group.uniform = p.scope[:scope], p.group.uniform[:uniform]
}

// storeGroup writes what an invocation does to an array.
func (p *program) storeGroup(out output) {
	switch out.way {
	case own:
		p.storeAt(out, "i")
	case ragged:
		p.line("if i < len(%s) {", out.name)
		p.storeAt(out, "i")
		p.line("}")
	case perGroup:
		p.line("if l == %d {", p.IntN(p.group.size))
		p.storeAt(out, "g.Index()")
		p.line("}")
	case perSub:
		p.line("if g.Lane() == %d {", p.IntN(32))
		p.storeAt(out, fmt.Sprintf("%d*g.Index()+g.Subgroup()", p.group.size/32))
		p.line("}")
	case stretch:
		p.line("if %s {", pick(p, []string{fmt.Sprintf("l < %d", out.per), fmt.Sprintf("!(l >= %d)", out.per), fmt.Sprintf("%d > l && l >= 0", out.per)}))
		p.storeAt(out, fmt.Sprintf("%d*g.Index()+l", out.per))
		p.line("}")
	default:
		p.store(out)
	}
}

func (p *program) groupCase() {
	t := &p.test
	// A goroutine for each invocation is slow: a few groups have to do.
	fmt.Fprintf(t, "differential.Draw(%q, func(rng *rand.Rand, n int) kerneltest.Trial {\n", p.name)
	fmt.Fprintf(t, "groups := min(n, 1+rng.IntN(4))\nn = %d*groups\n", p.group.size)
	inputs := p.inputs
	p.inputs = nil
	for _, in := range inputs {
		if in.length == 0 {
			p.inputs = append(p.inputs, in)
		}
	}
	p.drawArguments("n")
	var run strings.Builder
	fmt.Fprintf(&run, "kernels.EachGroup(groups, %d, func(g kernels.Group) { %s(%s) })\n", p.group.size, p.name, p.call([]string{"g"}, "", "want"))
	p.reference(p.call([]string{"groups"}, "", "out"), run.String())
}
