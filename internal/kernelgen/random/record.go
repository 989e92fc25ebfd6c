package random

import (
	"fmt"
	"strings"
)

// records are the structures that slices have as elements, with the numbers in them.
var records = map[string][]variable{
	"dot":  {{name: ".x", typ: "float32"}, {name: ".y", typ: "float32"}},
	"pair": {{name: ".a", typ: "float32"}, {name: ".b", typ: "int32"}},
	"node": {
		{name: ".p.a", typ: "float32"},
		{name: ".p.b", typ: "int32"},
		{name: ".v[0]", typ: "uint32"},
		{name: ".v[1]", typ: "uint32"},
		{name: ".v[2]", typ: "uint32"},
	},
	"entry": {{name: ".d", typ: "float64"}, {name: ".n", typ: "int64"}, {name: ".u[0]", typ: "uint64"}, {name: ".u[1]", typ: "uint64"}},
}

// inputType is what an array has as elements: numbers, or structures of them.
func (p *program) inputType() string {
	if p.IntN(5) == 0 {
		return pick(p, []string{"dot", "pair", "node", "entry"})
	}
	return pick(p, elementTypes)
}

// field is the way to some number of an element; "" if that is a number.
func (p *program) field(in input) string {
	if numbers := records[in.typ]; numbers != nil {
		return pick(p, numbers).name
	}
	return ""
}

// numberOf is a number of the type in an element of an input, or "".
func (p *program) numberOf(in input, typ string) string {
	var found []string
	for _, f := range records[in.typ] {
		if f.typ == typ {
			found = append(found, f.name)
		}
	}
	if len(found) == 0 {
		return ""
	}
	at := p.subscript(in)
	if in.typ == "node" && typ == "uint32" && p.IntN(3) == 0 {
		return fmt.Sprintf("%s[%s].v[%s%%3]", in.name, at, p.wide("uint32"))
	}
	return fmt.Sprintf("%s[%s]%s", in.name, at, pick(p, found))
}

// readRecord declares a variable for an element of an input, or for its place.
func (p *program) readRecord(in input) {
	v, w := p.fresh(), p.fresh()
	address := ""
	if p.IntN(3) == 0 {
		address = "&"
	}
	f := pick(p, records[in.typ])
	p.line("%s := %s%s[%s]\n%s := %s\n_ = %s", v, address, in.name, p.subscript(in), w, v+f.name, w)
	p.scope = append(p.scope, variable{w, f.typ, false})
	for _, f := range records[in.typ] {
		p.scope = append(p.scope, variable{v + f.name, f.typ, address != ""})
	}
}

// record is a structure made of expressions.
func (p *program) record(typ string) string {
	switch {
	case typ == "pair" && p.IntN(3) == 0:
		return fmt.Sprintf("tally(pair{%s, %s}, %s)", p.expr("float32", 2), p.expr("int32", 2), p.expr("int32", 1))
	case typ == "node":
		return fmt.Sprintf("node{p: %s, v: [3]uint32{2: %s}}", p.record("pair"), p.expr("uint32", 2))
	case typ == "entry":
		return fmt.Sprintf("entry{%s, %s, [2]uint64{%s, %s}}", p.expr("float64", 2), p.expr("int64", 2), p.expr("uint64", 1), p.expr("uint64", 2))
	}
	var list []string
	for _, f := range records[typ] {
		list = append(list, p.expr(f.typ, 2))
	}
	return typ + "{" + strings.Join(list, ", ") + "}"
}

// storeRecord writes an element of the index's own, or some of its numbers.
func (p *program) storeRecord(out output, at string) {
	place := fmt.Sprintf("%s[%s]", out.name, at)
	if p.IntN(3) == 0 {
		q := p.fresh()
		p.line("%s := &%s", q, place)
		defer p.line("%s%s = %s", q, records[out.typ][0].name, p.expr(records[out.typ][0].typ, 1))
	}
	for i, f := range records[out.typ] {
		switch {
		case !out.read:
		case i == 0 || p.IntN(2) == 0:
			p.line("%s%s %s= %s", place, f.name, pick(p, compoundOps(f.typ)), p.expr(f.typ, 2))
		case p.IntN(2) == 0:
			p.line("if %s {\n%s%s = %s\n}", p.expr("bool", 1), place, f.name, p.expr(f.typ, 2))
		}
	}
	if out.read && p.IntN(3) > 0 {
		return
	}
	switch numbers := records[out.typ]; p.IntN(4) {
	case 0: // those that are not stored keep their values
		f := pick(p, numbers)
		p.line("%s%s = %s", place, f.name, p.expr(f.typ, 2))
		return
	case 1:
		for _, f := range numbers {
			p.line("%s%s = %s", place, f.name, p.expr(f.typ, 2))
		}
		return
	}
	p.line("%s = %s", place, p.record(out.typ))
}
