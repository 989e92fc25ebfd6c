package kernelgen

import (
	"fmt"
	"strings"
)

// devicePrinter prints a kernel in GLSL or CUDA C, which are alike in most of
// what kernels have.
//
// GLSL lets a compiler compute with other roundings than were asked for unless
// the result is a `precise` variable. All variables of floating-point types are
// declared so; arithmetic whose result is no variable, in a condition or an
// argument, calls functions, in which it is one.
type devicePrinter struct {
	k      *Kernel
	cuda   bool
	text   strings.Builder
	tabs   int
	needed map[string]bool
	arrays []arrayDecl // CUDA's array types, in the order of their use
	many   *Function
	temps  int
	zero   bool // k_zero is used

	collectives []*Collective // one of each kind that is used
	// elements says that the names of buffers are those of elements; see tiles.go.
	elements bool
}

// localSize is the number of invocations of a work-group: as many as the built-in
// element-wise kernels have, a multiple of every device's subgroups.
const localSize = 256

func (p *devicePrinter) line(format string, args ...any) {
	p.text.WriteString(strings.Repeat("\t", p.tabs))
	fmt.Fprintf(&p.text, format, args...)
	p.text.WriteByte('\n')
}

// deviceText is the text of a kernel after the prelude.
func deviceText(k *Kernel, cuda bool) string {
	p := &devicePrinter{k: k, cuda: cuda, needed: map[string]bool{}}
	// What stands first is known last.
	for _, f := range k.Functions {
		p.function(f)
	}
	p.main()
	body := p.text.String()
	p.text.Reset()
	p.structures()
	types := p.text.String()
	var functions strings.Builder
	p.writePrelude(&functions)
	zero := ""
	if p.zero {
		zero = zeroText
	}
	return p.arrayTypes() + types + zero + functions.String() + body
}

func (p *devicePrinter) function(f *Function) {
	var params []string
	for _, v := range f.Params {
		params = append(params, p.typ(v.Type)+" "+v.Name)
	}
	result := "void"
	if len(f.Results) == 1 {
		result = p.typ(f.Results[0])
	} else {
		for i, t := range f.Results {
			if p.cuda {
				params = append(params, fmt.Sprintf("%s &tandem_r%d", p.typ(t), i))
			} else {
				params = append(params, fmt.Sprintf("out %s tandem_r%d", p.typ(t), i))
			}
		}
	}
	head := fmt.Sprintf("%s %s(%s) {", result, f.Name, strings.Join(params, ", "))
	if p.cuda {
		head = "static __device__ __forceinline__ " + head
	}
	p.many = nil
	if len(f.Results) > 1 {
		p.many = f
	}
	p.line("%s", head)
	p.block(f.Body)
	p.line("}")
	p.line("")
	p.many = nil
}

func (p *devicePrinter) main() {
	k := p.k
	switch {
	case k.Fold != nil:
		p.foldMain()
		return
	case k.Group > 0:
		p.groupMain()
		return
	case p.cuda && k.tiled():
		p.tiles()
		return
	}
	uint := "uint"
	if p.cuda {
		uint = "unsigned"
		p.line("TANDEM_KERNEL {")
	} else {
		p.line("void main() {")
	}
	first := k.Indices[0].Name
	switch len(k.Indices) {
	case 1:
		p.line("\tif (tandem_index() >= tandem_n) return;")
		p.line("\tint %s = int(tandem_index() + tandem_lo);", first)
	default:
		// A first index has as many work-groups as its other indices fill.
		extent := k.Extents[0].Name
		if len(k.Indices) == 3 {
			extent += " * " + k.Extents[1].Name
		}
		local := p.local()
		p.line("\t%s tandem_across = (%s(%s) + %du) / %du;", uint, uint, extent, localSize-1, localSize)
		p.line("\t%s tandem_row = tandem_group() / tandem_across;", uint)
		p.line("\t%s tandem_rest = tandem_group() %% tandem_across * %du + %s;", uint, localSize, local)
		p.line("\tif (tandem_row >= tandem_n || tandem_rest >= %s(%s)) return;", uint, extent)
		p.line("\tint %s = int(tandem_row + tandem_lo);", first)
		if len(k.Indices) == 2 {
			p.line("\tint %s = int(tandem_rest);", k.Indices[1].Name)
		} else {
			p.line("\tint %s = int(tandem_rest / %s(%s));", k.Indices[1].Name, uint, k.Extents[1].Name)
			p.line("\tint %s = int(tandem_rest %% %s(%s));", k.Indices[2].Name, uint, k.Extents[1].Name)
		}
	}
	p.block(k.Body)
	p.line("}")
}

func (p *devicePrinter) local() string {
	if p.cuda {
		return "threadIdx.x"
	}
	return "gl_LocalInvocationID.x"
}
