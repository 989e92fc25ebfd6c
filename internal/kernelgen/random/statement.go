package random

import "fmt"

// statements writes up to count statements, nested to a depth.
func (p *program) statements(count, depth int) {
	outer := len(p.scope)
	for range count {
		p.statement(depth)
	}
	if depth < 3 {
		p.scope = p.scope[:outer]
	}
}

func (p *program) statement(depth int) {
	choice := p.IntN(13)
	if depth == 0 {
		choice = p.IntN(5)
	}
	switch choice {
	case 0, 1, 2:
		p.declare(pick(p, scalarTypes))
	case 3:
		p.assign()
	case 4:
		p.swap()
	case 5, 6:
		p.line("if %s {", p.expr("bool", 2))
		p.statements(1+p.IntN(3), depth-1)
		if p.IntN(2) == 0 {
			p.line("} else {")
			p.statements(1+p.IntN(2), depth-1)
		}
		p.line("}")
	case 7, 8:
		p.loop(depth)
	case 9:
		p.choose(depth)
	case 10:
		p.array()
	case 11:
		p.structure()
	case 12:
		v, w := p.fresh(), p.fresh()
		p.line("%s, %s := mix(%s, %s)\n_, _ = %s, %s", v, w, p.expr("uint32", 2), p.expr("uint32", 1), v, w)
		p.scope = append(p.scope, variable{v, "uint32", false}, variable{w, "uint32", false})
	}
}

func (p *program) declare(typ string) {
	if typ == "int" {
		typ = "int32"
	}
	v := p.fresh()
	p.line("var %s %s = %s\n_ = %s", v, typ, p.expr(typ, 3), v)
	p.scope = append(p.scope, variable{v, typ, false})
}

// assignable are the variables that a statement may change.
func (p *program) assignable() []variable {
	var list []variable
	for _, v := range p.scope {
		if !v.constant {
			list = append(list, v)
		}
	}
	return list
}

func (p *program) assign() {
	list := p.assignable()
	if len(list) == 0 {
		p.declare("float32")
		return
	}
	v := pick(p, list)
	if v.typ == "bool" {
		p.line("%s = %s", v.name, p.expr("bool", 2))
		return
	}
	if p.IntN(2) == 0 {
		p.line("%s %s= %s", v.name, pick(p, compoundOps(v.typ)), p.expr(v.typ, 2))
		return
	}
	p.line("%s = %s", v.name, p.expr(v.typ, 3))
}

func (p *program) swap() {
	list := p.assignable()
	for range 8 {
		if len(list) < 2 {
			break
		}
		a, b := pick(p, list), pick(p, list)
		if a.name != b.name && a.typ == b.typ {
			p.line("%s, %s = %s, %s", a.name, b.name, b.name, p.expr(a.typ, 2))
			return
		}
	}
	p.declare("uint32")
}

// loop is one of Go's loops, with few turns.
func (p *program) loop(depth int) {
	v := p.fresh()
	turns := 1 + p.IntN(4)
	outer := len(p.scope)
	a, label := p.labelled(true)
	switch p.IntN(6) {
	case 0:
		p.line("%sfor %s := range %d {", label, v, turns)
		p.scope = append(p.scope, variable{v, "int", true})
	case 1:
		p.line("%sfor %s := 0; %s < %d; %s++ {", label, v, v, turns, v)
		p.scope = append(p.scope, variable{v, "int", true})
	case 2:
		p.line("%sfor %s := %d; %s >= 0; %s -= 2 {", label, v, turns, v, v)
		p.scope = append(p.scope, variable{v, "int", true})
	case 3:
		p.line("%sfor %s := range uint32(%d) {", label, v, turns)
		p.scope = append(p.scope, variable{v, "uint32", true})
	case 4: // continue is more than one assignment
		w, first := p.fresh(), p.expr("uint32", 1)
		p.bare = true
		p.line("//tandem:turns %d\n%sfor %s, %s := int32(0), %s; %s < %d; %s, %s = %s+1, %s+%s {", turns, label,
			v, w, first, v, turns, v, w, v, w, p.expr("uint32", 1))
		p.bare = false
		p.line("_ = %s", w)
		p.scope = append(p.scope, variable{v, "int32", true}, variable{w, "uint32", false})
	default:
		p.line("%s := int32(%d)\n//tandem:turns %d\n%sfor %s > 0 {\n%s--", v, turns, turns, label, v, v)
		p.scope = append(p.scope, variable{v, "int32", true})
	}
	p.line("_ = %s", v)
	p.around = append(p.around, a)
	p.statements(1+p.IntN(3), depth-1)
	if p.IntN(3) == 0 {
		p.line("if %s {\n%s\n}", p.expr("bool", 2), p.jump(p.around))
		p.statements(1, 0)
	}
	p.need(a, p.expr("bool", 2))
	p.line("}")
	p.around = p.around[:len(p.around)-1]
	p.scope = p.scope[:outer]
}

// choose is a switch.
func (p *program) choose(depth int) {
	tag := ""
	typ := pick(p, []string{"int32", "uint32", "int64"})
	if p.IntN(2) == 0 {
		tag = fmt.Sprintf("(%s & 7)", p.variableOf(typ))
	}
	a, label := p.labelled(false)
	p.line("%sswitch %s {", label, tag)
	p.around = append(p.around, a)
	clauses, other := 1+p.IntN(4), p.IntN(8)
	for k := range clauses {
		switch {
		case k == other:
			p.line("default:")
		case tag != "":
			p.line("case %d, %d:", 2*k, 2*k+1)
		default:
			p.bare = true
			p.line("case %s:", p.expr("bool", 2))
			p.bare = false
		}
		p.statements(1+p.IntN(2), depth-1)
		if p.IntN(4) == 0 {
			p.line("if %s {\n%s\n}", p.expr("bool", 1), p.jump(p.around))
			p.statements(1, 0)
		}
		if k+1 == clauses {
			p.need(a, p.expr("bool", 1))
		} else if p.IntN(4) == 0 {
			p.line("fallthrough")
		}
	}
	p.line("}")
	p.around = p.around[:len(p.around)-1]
}

func (p *program) array() {
	v, typ := p.fresh(), pick(p, elementTypes)
	p.line("%s := [4]%s{%s, %s, %s}", v, typ, p.expr(typ, 2), p.expr(typ, 2), p.expr(typ, 1))
	p.line("%s[%s&3] = %s", v, p.expr("uint32", 2), p.expr(typ, 2))
	w := p.fresh()
	p.line("%s := %s[%s&3]\n_, _ = %s, %s", w, v, p.expr("uint32", 1), w, v)
	p.scope = append(p.scope, variable{w, typ, false}, variable{v + "[3]", typ, false})
	if p.IntN(3) == 0 {
		k, e := p.fresh(), p.fresh()
		p.line("for %s, %s := range %s {\n%s[0] += %s\n_ = %s\n}", k, e, v, v, e, k)
	}
}

func (p *program) structure() {
	v := p.fresh()
	defer p.line("_ = %s", v)
	if p.IntN(2) == 0 {
		p.line("%s := tally(pair{%s, %s}, %s)", v, p.expr("float32", 2), p.expr("int32", 2), p.expr("int32", 2))
		p.scope = append(p.scope, variable{v + ".a", "float32", false}, variable{v + ".b", "int32", false})
		return
	}
	p.line("%s := node{p: pair{b: %s}}\n%s.v[%s&1] = %s", v, p.expr("int32", 2), v, p.expr("uint32", 1), p.expr("uint32", 2))
	p.scope = append(p.scope, variable{v + ".p.b", "int32", false}, variable{v + ".v[1]", "uint32", false}, variable{v + ".p.a", "float32", false})
}
