package kernelgen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The names of scalar types, by kind.
var (
	glslTypes = [...]string{"bool", "int", "int", "uint", "int64_t", "uint64_t", "float", "double"}
	cudaTypes = [...]string{"bool", "int", "int", "unsigned", "long long", "unsigned long long", "float", "double"}
)

func (p *devicePrinter) typ(t *Type) string {
	switch {
	case t.Kind == Struct:
		return t.Name
	case t.Kind == Array && p.cuda:
		name := "s_array_" + strings.ReplaceAll(strings.TrimPrefix(p.typ(t.Elem), "s_"), " ", "_") + "_" + strconv.FormatInt(t.Len, 10)
		elem := p.typ(t.Elem)
		decl := arrayDecl{elem, fmt.Sprintf("struct %s { %s v[%d]; };\n", name, elem, t.Len)}
		if !slices.ContainsFunc(p.arrays, func(d arrayDecl) bool { return strings.HasPrefix(d.text, decl.text) }) {
			types, members := make([]string, t.Len), make([]string, t.Len)
			for i := range types {
				types[i], members[i] = elem, fmt.Sprintf("v[%d]", i)
			}
			decl.text += maker(name, types, members)
			p.arrays = append(p.arrays, decl)
		}
		return name
	case t.Kind == Array:
		return fmt.Sprintf("%s[%d]", p.typ(t.Elem), t.Len)
	case p.cuda:
		return cudaTypes[t.Kind]
	}
	return glslTypes[t.Kind]
}

// arrayDecl is a structure around an array.
type arrayDecl struct{ elem, text string }

// maker is a function of CUDA C that makes a structure of its members: not every
// dialect that NVRTC takes has expressions for it.
func maker(name string, types, members []string) string {
	params, body := make([]string, len(types)), ""
	for i, t := range types {
		params[i] = fmt.Sprintf("%s a%d", t, i)
		body += fmt.Sprintf(" r.%s = a%d;", members[i], i)
	}
	return fmt.Sprintf("static __device__ __forceinline__ %s %s_of(%s) { %s r;%s return r; }\n", name, name, strings.Join(params, ", "), name, body)
}

// arrayTypes are CUDA's structures around arrays of numbers: C copies no arrays.
// Those of structures stand behind the structures.
func (p *devicePrinter) arrayTypes() string {
	var b strings.Builder
	for _, d := range p.arrays {
		if !strings.HasPrefix(d.elem, "s_") {
			b.WriteString(d.text)
		}
	}
	return b.String()
}

func (p *devicePrinter) structures() {
	for _, t := range p.k.Structs {
		p.line("struct %s {", t.Name)
		for _, f := range t.Fields {
			p.line("\t%s %s;", p.typ(f.Type), f.member)
		}
		p.line("};")
		if p.cuda {
			var types, members []string
			for _, f := range t.Fields {
				types, members = append(types, p.typ(f.Type)), append(members, f.member)
			}
			p.text.WriteString(maker(t.Name, types, members))
		}
		for _, d := range p.arrays {
			if d.elem == t.Name {
				p.text.WriteString(d.text)
			}
		}
	}
}

// declaration is a variable's type and name.
func (p *devicePrinter) declaration(v *Var) string {
	precise := ""
	if !p.cuda && hasFloat(v.Type) {
		precise = "precise "
	}
	return precise + p.typ(v.Type) + " " + v.Name
}

func hasFloat(t *Type) bool {
	switch t.Kind {
	case Array:
		return hasFloat(t.Elem)
	case Struct:
		for _, f := range t.Fields {
			if hasFloat(f.Type) {
				return true
			}
		}
		return false
	}
	return t.isFloat()
}
