package kernelgen

import (
	"fmt"
	"slices"
	"strings"
)

// groupMain prints a kernel for work-groups. A dispatch may have more groups than
// indices; those do nothing.
func (p *devicePrinter) groupMain() {
	k := p.k
	functions := p.text.String()
	p.text.Reset()
	p.tabs++
	p.block(k.Body)
	p.tabs--
	body := p.text.String()
	p.text.Reset()
	p.text.WriteString(functions)
	if !p.cuda {
		p.sharedArrays()
	}
	p.collectiveFunctions()
	if p.cuda {
		p.line("TANDEM_KERNEL {")
		p.tabs++
		p.sharedArrays()
		p.tabs--
	} else {
		p.line("void main() {")
	}
	p.line("\tif (tandem_group() < tandem_n) {")
	p.line("\t\tint %s = int(tandem_group() + tandem_lo);", k.Indices[0].Name)
	p.line("\t\tint %s = int(%s);", k.Local.Name, p.local())
	if k.Subgroup != nil {
		p.line("\t\tint %s = %s / %d;", k.Subgroup.Name, k.Local.Name, subgroupSize)
	}
	if k.Lane != nil {
		p.line("\t\tint %s = %s & %d;", k.Lane.Name, k.Local.Name, subgroupSize-1)
	}
	p.text.WriteString(body)
	p.line("\t}")
	p.line("}")
}

func (p *devicePrinter) sharedArrays() {
	qualifier := "shared"
	if p.cuda {
		qualifier = "__shared__"
	}
	for _, v := range p.k.Shared {
		p.line("%s %s %s[%d];", qualifier, p.typ(v.Type.Elem), v.Name, v.Type.Len)
	}
	if len(p.k.Shared) > 0 && !p.cuda {
		p.line("")
	}
}

func (p *devicePrinter) barrier() string {
	if p.cuda {
		return "__syncthreads()"
	}
	// Mesa moves copies of structures in shared memory past a barrier alone.
	if slices.ContainsFunc(p.k.Shared, func(v *Var) bool { return v.Type.Elem.Kind == Struct }) {
		return "memoryBarrierShared(); barrier()"
	}
	return "barrier()"
}

// collective is the name of the function for a reduction of a group.
func (p *devicePrinter) collective(c *Collective) string {
	for _, have := range p.collectives {
		if have.join == c.join && have.Subgroup == c.Subgroup {
			return collectiveName(c)
		}
	}
	p.collectives = append(p.collectives, c)
	return collectiveName(c)
}

func collectiveName(c *Collective) string {
	name := "tandem_all_"
	if c.Subgroup {
		name = "tandem_subgroup_"
	}
	return name + strings.TrimPrefix(c.join.Name, "f_join_")
}

// collectiveFunctions prints those that are used. Both languages join the values of
// a sub-group half by half, and those of the sub-groups in their order.
func (p *devicePrinter) collectiveFunctions() {
	size := p.k.Group
	arrays := map[string]bool{}
	for _, c := range p.collectives {
		t, join, name := p.typ(c.To.Type), c.join.Name, collectiveName(c)
		shared := "tandem_values_" + kindNames[c.To.Type.Kind]
		if !p.cuda {
			if !arrays[shared] {
				p.line("shared %s %s[%d];", t, shared, size)
				arrays[shared] = true
			}
			p.line("%s %s(%s v) {", t, name, t)
			p.line("\tuint lane = gl_LocalInvocationID.x;")
			p.line("\tbarrier(); // others may still read what was here before")
			p.line("\t%s[lane] = v;", shared)
			p.line("\tbarrier();")
			p.line("\tif (lane %% %du == 0u) {", subgroupSize)
			p.line("\t\tfor (uint reach = %du; reach > 0u; reach /= 2u)", subgroupSize/2)
			p.line("\t\t\tfor (uint i = 0u; i < reach; i++)")
			p.line("\t\t\t\t%s[lane + i] = %s(%s[lane + i], %s[lane + i + reach]);", shared, join, shared, shared)
			p.line("\t}")
			p.line("\tbarrier();")
			if c.Subgroup {
				p.line("\treturn %s[lane / %du * %du];", shared, subgroupSize, subgroupSize)
			} else {
				p.line("\tv = %s[0];", shared)
				p.line("\tfor (uint i = %du; i < %du; i += %du) v = %s(v, %s[i]);", subgroupSize, size, subgroupSize, join, shared)
				p.line("\treturn v;")
			}
			p.line("}")
			p.line("")
			continue
		}
		p.line("static __device__ __forceinline__ %s %s(%s v) {", t, name, t)
		p.line("#pragma unroll")
		p.line("\tfor (int reach = %d; reach > 0; reach /= 2) v = %s(v, __shfl_down_sync(0xffffffffu, v, reach));", subgroupSize/2, join)
		if c.Subgroup {
			p.line("\treturn __shfl_sync(0xffffffffu, v, 0);")
			p.line("}")
			p.line("")
			continue
		}
		p.line("\t__shared__ %s values[%d];", t, size/subgroupSize)
		p.line("\t__syncthreads(); // others may still read what was here before")
		p.line("\tif (threadIdx.x %% %d == 0) values[threadIdx.x / %d] = v;", subgroupSize, subgroupSize)
		p.line("\t__syncthreads();")
		p.line("\tv = values[0];")
		p.line("\tfor (int i = 1; i < %d; i++) v = %s(v, values[i]);", size/subgroupSize, join)
		p.line("\treturn v;")
		p.line("}")
		p.line("")
	}
}

// collectiveBytes is the shared memory of the GLSL variant's reductions.
func (k *Kernel) collectiveBytes() int64 {
	n := int64(0)
	kinds := map[Kind]bool{}
	walk(k.Body, func(s Stmt) {
		if c, ok := s.(*Collective); ok && !kinds[c.To.Type.Kind] {
			kinds[c.To.Type.Kind] = true
			n += int64(k.Group * c.To.Type.size())
		}
	}, nil)
	return n
}

var atomicNames = map[string][2]string{ // GLSL, CUDA
	"Add": {"atomicAdd", "atomicAdd"}, "And": {"atomicAnd", "atomicAnd"}, "Or": {"atomicOr", "atomicOr"}, "Xor": {"atomicXor", "atomicXor"},
	"Min": {"atomicMin", "atomicMin"}, "Max": {"atomicMax", "atomicMax"}, "Exchange": {"atomicExchange", "atomicExch"},
	"CompareAndSwap": {"atomicCompSwap", "atomicCAS"},
}

func (p *devicePrinter) atomic(s *Atomic) {
	target, name := p.expr(s.Target, false), atomicNames[s.Op][0]
	if load, ok := s.Target.(*Load); ok {
		target = p.number(load, load.bounded())
	}
	if p.cuda {
		target, name = "&"+target, atomicNames[s.Op][1]
	}
	call := fmt.Sprintf("%s(%s, %s)", name, target, p.args(s.Args))
	if s.To != nil {
		call = p.declaration(s.To) + " = " + call
	}
	p.line("%s;", call)
}
