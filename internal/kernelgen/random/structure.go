package random

import (
	"fmt"
	"slices"
	"strings"
)

// gathered is a parameter p that has other parameters as fields: slices, some of them in
// arrays, and scalars, some of all in a structure of their own, and fields that no kernel
// may have.
type gathered struct {
	typ     string // with type arguments
	declare string
}

// gather makes a field of every second parameter, in one of three kernels.
func (p *program) gather() {
	if p.IntN(3) > 0 {
		return
	}
	generic := p.IntN(2) == 0
	var outer, inner strings.Builder
	var elems []string
	field := func(name *string, typ string) {
		if p.IntN(2) == 0 {
			return
		}
		elem, slice := strings.CutPrefix(typ, "[]")
		if slice && generic {
			if !slices.Contains(elems, elem) {
				elems = append(elems, elem)
			}
			typ = "V" + elem
		}
		member := ""
		if slice && p.IntN(3) == 0 {
			typ, member = "[2]"+typ, fmt.Sprintf("[%d]", p.IntN(2))
		}
		if p.IntN(3) == 0 {
			fmt.Fprintf(&inner, "%s %s\n", *name, typ)
			*name = "p.in." + *name + member
		} else {
			fmt.Fprintf(&outer, "%s %s\n", *name, typ)
			*name = "p." + *name + member
		}
	}
	for i := range p.scalars {
		field(&p.scalars[i].name, p.scalars[i].typ)
	}
	if p.table != nil {
		field(&p.table.name, p.table.array())
	}
	for i := range p.inputs {
		field(&p.inputs[i].name, "[]"+p.inputs[i].typ)
	}
	for i := range p.outs {
		field(&p.outs[i].name, "[]"+p.outs[i].typ)
	}
	name := p.name + "Args"
	s := &gathered{typ: name}
	params := ""
	if len(elems) > 0 {
		var declared []string
		for _, e := range elems {
			declared = append(declared, fmt.Sprintf("V%s kernels.Vector[%s]", e, e))
		}
		params = "[" + strings.Join(declared, ", ") + "]"
		s.typ += "[[]" + strings.Join(elems, ", []") + "]"
	}
	s.declare = fmt.Sprintf("type %s%s struct {\n%sin struct {\n%snone []float32\n}\nlabels []string\nspare []int32\n}\n\n", name, params, outer.String(), inner.String())
	p.gathered = s
}

// isField reports whether a parameter has become a field.
func isField(name string) bool { return strings.HasPrefix(name, "p.") }

// set is the statement of a case that gives a parameter its value.
func set(name, format string, args ...any) string {
	op := " := "
	if isField(name) {
		op = " = "
	}
	return name + op + fmt.Sprintf(format, args...) + "\n"
}
