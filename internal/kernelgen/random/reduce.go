package random

import (
	"fmt"
	"strings"
)

// joins are operations, as Go has them, that have one result in whatever order values
// are joined, by the kind of their operands.
var joins = map[string][]string{
	"bool":    {"%s && %s", "%s || %s", "%s != %s"},
	"float32": {"min(%s, %s)", "max(%s, %s)"},
	"float64": {"min(%s, %s)", "max(%s, %s)"},
	"int32":   {"%s + %s", "%s * %s", "min(%s, %s)", "max(%s, %s)", "%s & %s", "%s | %s", "%s ^ %s"},
}

var joinNames = map[string]string{
	"%s + %s": "sum", "%s * %s": "product", "min(%s, %s)": "min", "max(%s, %s)": "max",
	"%s & %s": "and", "%s | %s": "or", "%s ^ %s": "xor",
}

func (p *program) join(typ string) string {
	if list, ok := joins[typ]; ok {
		return pick(p, list)
	}
	return pick(p, joins["int32"])
}

// reduction is how a kernel's values become one.
type reduction struct {
	typ    string   // of a value
	fields []string // their types, if it is a structure
	join   string   // of a and b, in Go
	// A sum or a product of floating-point numbers is rounded.
	rounded bool
	result  string // what the constructor gets a pointer to
	finish  string // a function that makes it of a value, or ""
}

// writeReduction makes a kernel of which the values of all indices are joined.
func (p *program) writeReduction() {
	p.indices = []string{"i"}
	for range 1 + p.IntN(3) {
		in := input{name: fmt.Sprintf("in%d", len(p.inputs)), typ: p.inputType(), per: p.IntN(4)}
		if in.per == 1 {
			in.halo = p.IntN(3)
		}
		p.inputs = append(p.inputs, in)
	}
	told := true // how many indices there are
	for _, in := range p.inputs {
		told = told && in.per == 0
	}
	p.drawScalars()
	r := &reduction{}
	mark := ""
	if p.IntN(3) == 0 {
		mark = p.structured(r)
	} else {
		r.typ = pick(p, elementTypes)
		r.join = p.join(r.typ)
		if strings.HasPrefix(r.typ, "float") && p.IntN(2) == 0 {
			r.join, r.rounded = pick(p, []string{"%s + %s", "%s * %s"}), true
		}
		r.result, mark = r.typ, joinNames[r.join]
	}
	p.line("%s//tandem:kernel\n//tandem:reduce %s\nfunc %s(i int, %s) %s {", p.declared(), mark, p.name, p.parameters(), r.typ)
	p.scope = append(p.scope, variable{"i", "int", true})
	p.readInputs()
	if p.IntN(3) > 0 { // without statements, hosts join four values at a time
		p.statements(p.IntN(4), 3)
	}
	if p.IntN(4) == 0 {
		p.line("if %s {\nreturn %s\n}", p.expr("bool", 2), p.value(r))
	}
	p.line("return %s\n}\n", p.value(r))
	p.reductionCase(r, told)
}

// structured makes a reduction to a structure, and returns its mark.
func (p *program) structured(r *reduction) string {
	r.typ = p.name + "Value"
	r.result = r.typ
	var declared, made strings.Builder
	for k := range 1 + p.IntN(4) {
		typ := pick(p, append([]string{"bool"}, elementTypes...))
		r.fields = append(r.fields, typ)
		fmt.Fprintf(&declared, "f%d %s\n", k, typ)
		a, b := fmt.Sprint("a.f", k), fmt.Sprint("b.f", k)
		fmt.Fprintf(&made, p.join(typ)+", ", a, b)
	}
	p.line("type %s struct {\n%s}\n", r.typ, declared.String())
	r.join = p.name + "Join(%s, %s)"
	if p.IntN(3) == 0 && len(r.fields) > 1 {
		// The first is the greater, or the second of those of which it is the same:
		// a total order, if the others are nothing.
		one, two := pick(p, []string{"int32", "uint64"}), pick(p, []string{"int64", "uint32"})
		r.fields = []string{one, two}
		p.text.Reset()
		p.line("type %s struct {\nf0 %s\nf1 %s\n}\n", r.typ, one, two)
		p.line("//tandem:device\nfunc %sJoin(a, b %s) %s {\nif b.f0 > a.f0 || b.f0 == a.f0 && b.f1 < a.f1 {\nreturn b\n}\nreturn a\n}\n", p.name, r.typ, r.typ)
	} else {
		p.line("//tandem:device\nfunc %sJoin(a, b %s) %s { return %s{%s} }\n", p.name, r.typ, r.typ, r.typ, strings.TrimSuffix(made.String(), ", "))
	}
	mark := p.name + "Join"
	if p.IntN(2) == 0 {
		r.finish, r.result = p.name+"Finish", r.fields[0]
		p.line("func %s(s %s) %s { return s.f0 }\n", r.finish, r.typ, r.result)
		mark += " " + r.finish
	}
	return mark
}

// value is an expression for an index's value.
func (p *program) value(r *reduction) string {
	if r.fields == nil {
		x := p.expr(r.typ, 3)
		bits := strings.TrimPrefix(r.typ, "float")
		switch {
		case r.rounded && r.join == "%s * %s":
			return fmt.Sprintf("near%s(%s)", bits, x)
		case r.rounded && p.IntN(4) > 0:
			return fmt.Sprintf("tame%s(%s)", bits, x)
		}
		return x
	}
	var list []string
	for _, typ := range r.fields {
		list = append(list, p.expr(typ, 2))
	}
	return fmt.Sprintf("%s{%s}", r.typ, strings.Join(list, ", "))
}

func (p *program) reductionCase(r *reduction, told bool) {
	t := &p.test
	fmt.Fprintf(t, "differential.Draw(%q, func(rng *rand.Rand, n int) kerneltest.Trial {\nn = max(1, n)\nresult := new(%s)\n", p.name, r.result)
	p.drawArguments("n")
	first := []string{"result"}
	if told {
		first = append(first, "n")
	}
	launch := fmt.Sprintf("%s(%s)", strings.ToUpper(p.name[:1])+p.name[1:], p.call(first, "", ""))
	value := fmt.Sprintf("func(i int) %s { return %s(%s) }", r.typ, p.name, p.call([]string{"i"}, "", ""))
	switch {
	case r.rounded && r.join == "%s * %s":
		fmt.Fprintf(t, "return differential.RoundedProduct(%s, result, %s)\n", launch, value)
	case r.rounded:
		fmt.Fprintf(t, "return differential.RoundedSum(%s, result, %s)\n", launch, value)
	default:
		finish := fmt.Sprintf("func(s %s) %s { return s }", r.typ, r.result)
		if r.finish != "" {
			finish = r.finish
		}
		join := fmt.Sprintf("func(a, b %s) %s { return "+r.join+" }", r.typ, r.typ, "a", "b")
		fmt.Fprintf(t, "return differential.Joined(%s, result, %s, %s, %s)\n", launch, value, join, finish)
	}
	t.WriteString("}),\n")
}
