package random

import (
	"fmt"
	"strings"
)

// writeMap makes a kernel of one to three indices, each of which writes elements of
// its own, and perhaps others by atomic operations or where a permutation says.
func (p *program) writeMap() {
	dims := 1
	switch p.IntN(10) {
	case 0, 1:
		dims = 2
	case 2:
		dims = 3
	}
	p.indices = [][]string{{"i"}, {"r", "c"}, {"z", "y", "x"}}[dims-1]
	extents := [][]string{nil, {"nx"}, {"nx", "ny"}}[dims-1]
	for range 1 + p.IntN(3) {
		in := input{name: fmt.Sprintf("in%d", len(p.inputs)), typ: p.inputType()}
		if in.per = p.IntN(5); dims > 1 && in.per > 1 {
			in.per = 1
		}
		if in.per == 1 {
			in.halo = p.IntN(3)
		}
		p.inputs = append(p.inputs, in)
	}
	for range 1 + p.IntN(2) {
		out := p.output(own, p.inputType())
		if dims == 1 && p.IntN(3) == 0 {
			out.per = 2 + p.IntN(3)
		}
	}
	if dims == 1 {
		switch p.IntN(8) {
		case 0:
			p.output(bins, pick(p, wordTypes)).op = pick(p, atomicOps)
		case 1:
			p.output(pick(p, []way{counted, tickets}), "uint32")
		case 2:
			p.output(scatter, p.inputType())
		}
	}
	p.drawScalars()
	marks := ""
	for _, out := range p.outs {
		if out.way == scatter {
			marks = "//tandem:scatter " + out.name + "\n"
		}
	}
	p.line("%s//tandem:kernel\n%sfunc %s(%s int, %s) {", p.declared(), marks, p.name, strings.Join(p.indices, ", "), p.parameters(extents...))
	switch dims {
	case 2:
		p.line("at := r*nx + c")
	case 3:
		p.line("at := (z*ny+y)*nx + x")
	}
	for _, ix := range p.indices {
		p.scope = append(p.scope, variable{ix, "int", true})
	}
	p.readInputs()
	p.statements(3+p.IntN(5), 3)
	for _, out := range p.outs {
		p.store(out)
		if p.IntN(12) == 0 {
			p.line("if %s {\nreturn\n}", p.expr("bool", 2))
		}
	}
	p.line("}\n")
	p.mapCase(dims)
}

// output adds an array that is written.
func (p *program) output(w way, typ string) *output {
	p.outs = append(p.outs, output{name: fmt.Sprintf("out%d", len(p.outs)), typ: typ, way: w, per: 1, read: p.IntN(3) == 0})
	return &p.outs[len(p.outs)-1]
}

// store writes what an index does to an array.
func (p *program) store(out output) {
	switch out.way {
	case bins, counted, tickets:
		for range 1 + p.IntN(2) {
			p.atomic(out)
		}
		return
	case scatter:
		if records[out.typ] != nil {
			p.storeRecord(out, "len("+out.name+")-1-i")
			return
		}
		p.line("%s[len(%s)-1-i] = %s", out.name, out.name, p.expr(out.typ, 3))
		return
	}
	for k := range out.per {
		p.storeAt(out, p.own(out.per, k))
	}
}

// storeAt writes an element of the index's own, perhaps on a condition.
func (p *program) storeAt(out output, at string) {
	if records[out.typ] != nil {
		p.storeRecord(out, at)
		return
	}
	switch {
	case out.read && p.IntN(2) == 0:
		p.line("%s[%s] %s= %s", out.name, at, pick(p, compoundOps(out.typ)), p.expr(out.typ, 2))
	case p.IntN(8) == 0:
		p.line("put(%s, %s, %s)", out.name, at, p.expr(out.typ, 2))
	case out.read && p.IntN(3) == 0:
		v, some := p.fresh(), p.fresh()
		p.line("%s, %s := exchange(%s, %s, %s)\nif %s {\n%s[%s] %s= %s\n}", v, some, out.name, at, p.expr(out.typ, 2), some, out.name, at, pick(p, compoundOps(out.typ)), v)
	case p.IntN(6) == 0:
		p.line("if %s {\n%s[%s] = %s\n}", p.expr("bool", 2), out.name, at, p.expr(out.typ, 3))
	default:
		p.line("%s[%s] = %s", out.name, at, p.expr(out.typ, 3))
	}
}

func (p *program) mapCase(dims int) {
	t := &p.test
	fmt.Fprintf(t, "differential.Draw(%q, func(rng *rand.Rand, n int) kerneltest.Trial {\n", p.name)
	total := "n"
	var args, extents []string
	switch dims {
	case 2:
		fmt.Fprintf(t, "nr, nx := differential.Shape(rng, n)\n")
		total, args, extents = "nr*nx", []string{"nr", "nx"}, []string{"nr", "nx"}
	case 3:
		fmt.Fprintf(t, "nz, rest := differential.Shape(rng, n)\nny, nx := differential.Shape(rng, rest)\n")
		total, args, extents = "nz*ny*nx", []string{"nz", "ny", "nx"}, []string{"nz", "ny", "nx"}
	default:
		extents = []string{"n"}
	}
	p.drawArguments(total)
	var run strings.Builder
	for d, ix := range p.indices {
		fmt.Fprintf(&run, "for %s := range %s {\n", ix, extents[d])
	}
	fmt.Fprintf(&run, "%s(%s)\n%s", p.name, p.call(p.indices, []string{"", "nx", "nx, ny"}[dims-1], "want"), strings.Repeat("}\n", dims))
	p.reference(p.call(args, []string{"", "nx", "nx, ny"}[dims-1], "out"), run.String())
}

// call are the arguments of the kernel's function or of its constructor: first ones,
// scalars, extents, inputs, and the outputs themselves or what they should become.
func (p *program) call(first []string, extents, outs string) string {
	list := append([]string{}, first...)
	add := func(name, value string) {
		if !isField(name) {
			list = append(list, value)
		}
	}
	switch {
	case p.gathered == nil:
	case outs == "want":
		add("p", "wantP")
	default:
		add("p", "p")
	}
	for _, v := range p.scalars {
		add(v.name, v.name)
	}
	if p.table != nil {
		add(p.table.name, p.table.name)
	}
	if extents != "" {
		add(extents, extents)
	}
	for _, in := range p.inputs {
		add(in.name, in.name)
	}
	for i, out := range p.outs {
		add(out.name, fmt.Sprint(outs, i))
	}
	return strings.Join(list, ", ")
}

// drawArguments draws scalars and arrays for as many indices, or invocations.
func (p *program) drawArguments(total string) {
	t := &p.test
	if p.gathered != nil {
		fmt.Fprintf(t, "var p %s\n", p.gathered.typ)
	}
	for _, s := range p.scalars {
		switch s.typ {
		case "bool":
			t.WriteString(set(s.name, "rng.IntN(2) == 0"))
		case "int":
			t.WriteString(set(s.name, "rng.IntN(100) - 50"))
		default:
			t.WriteString(set(s.name, "differential.Number[%s](rng)", s.typ))
		}
	}
	if a := p.table; a != nil {
		t.WriteString(set(a.name, "%s(differential.Array[%s](rng, %d))", a.array(), a.typ, a.length))
	}
	for _, in := range p.inputs {
		size := total
		switch {
		case in.per == 0:
			size = "1+rng.IntN(100)"
		case in.per > 1:
			size = fmt.Sprintf("%d*%s", in.per, total)
		}
		if in.ragged {
			size = fmt.Sprintf("differential.Ragged(rng, %s, %d)", total, p.group.size)
		}
		t.WriteString(set(in.name, "differential.%s[%s](rng, %s)", drawer(in.typ), in.typ, size))
	}
	for _, out := range p.outs {
		size := total
		switch {
		case out.way == ragged:
			size = fmt.Sprintf("differential.Ragged(rng, %s, %d)", total, p.group.size)
		case out.way == perGroup:
			size = "groups"
		case out.way == perSub:
			size = fmt.Sprintf("%d*groups", p.group.size/32)
		case out.way == stretch:
			size = fmt.Sprintf("%d*groups", out.per)
		case out.way == bins:
			size = "1+rng.IntN(40)"
		case out.way == tickets:
			size = "2"
		case out.per > 1:
			size = fmt.Sprintf("%d*%s", out.per, total)
		}
		t.WriteString(set(out.name, "differential.%s[%s](rng, %s)", drawer(out.typ), out.typ, size))
	}
}

// reference ends a case: the kernel's launch, and what its outputs should become.
func (p *program) reference(launch, run string) {
	t := &p.test
	var expect strings.Builder
	if p.gathered != nil {
		t.WriteString("wantP := p\n")
	}
	for i, out := range p.outs {
		want := fmt.Sprint("want", i)
		fmt.Fprintf(t, "%s := slices.Clone(%s)\n", want, out.name)
		if isField(out.name) {
			fmt.Fprintf(t, "want%s = %s\n", strings.ToUpper(out.name[:1])+out.name[1:], want)
		}
		expected := "Expect"
		if records[out.typ] != nil {
			expected = "ExpectRecords"
		}
		fmt.Fprintf(&expect, ", differential.%s(%q, %s, want%d)", expected, out.name, out.name, i)
	}
	fmt.Fprintf(t, "return differential.Reference(%s(%s), func() {\n%s}%s)\n}),\n", strings.ToUpper(p.name[:1])+p.name[1:], launch, run, expect.String())
}

// drawer is the function that draws an array of such elements.
func drawer(typ string) string {
	if records[typ] != nil {
		return "Records"
	}
	return "Array"
}
