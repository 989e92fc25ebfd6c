package kernelgen

import (
	"fmt"
)

// The work-groups of a reduction: as those of the reductions of package kernels,
// which makes the grids for them.
const (
	foldLanes = 128 // GLSL
	foldBlock = 256 // CUDA
)

// words is the size of a leaf in a partial result, in 32-bit words.
func (l leaf) words() int {
	if l.typ.Kind == Float64 || l.typ.Kind == Int64 || l.typ.Kind == Uint64 {
		return 2
	}
	return 1
}

func (f *Fold) words() int {
	n := 0
	for _, l := range f.leaves {
		n += l.words()
	}
	return n
}

// foldMain prints a reduction. An invocation joins the values of every index that is
// a whole grid away from its first one; then the group joins what its invocations
// have, as a tree. An invocation of the last group may have no index, so that there
// is need of no value to begin with: those that have one are the first ones.
func (p *devicePrinter) foldMain() {
	k, f := p.k, p.k.Fold
	state, join := p.typ(f.State), f.Join.Name
	index := k.Indices[0].Name
	if p.cuda {
		p.line("TANDEM_KERNEL {")
		p.line("\tauto tandem_value = [&](unsigned tandem_at) -> %s {", state)
		p.line("\t\tint %s = int(tandem_at + tandem_lo);", index)
		p.tabs++
		p.block(k.Body)
		p.tabs--
		p.line("\t};")
		p.line("\t__shared__ %s tandem_state[%d];", state, foldBlock)
		p.line("\tunsigned tandem_lane = threadIdx.x, tandem_at = tandem_index(), tandem_grid = tandem_groups() * %du;", foldBlock)
		p.line("\tunsigned tandem_first = tandem_group() * %du;", foldBlock)
		p.line("\t%s tandem_mine = %s;", state, p.expr(zeroValue(f.State), true))
	} else {
		p.line("%s tandem_value(uint tandem_at) {", state)
		p.line("\tint %s = int(tandem_at + tandem_lo);", index)
		p.block(k.Body)
		p.line("}")
		p.line("")
		p.line("shared %s tandem_state[%d];", state, foldLanes)
		p.line("")
		p.line("void main() {")
		p.line("\tuint tandem_lane = gl_LocalInvocationID.x, tandem_at = tandem_index(), tandem_grid = gl_NumWorkGroups.x * gl_NumWorkGroups.y * %du;", foldLanes)
		p.line("\tuint tandem_first = tandem_group() * %du;", foldLanes)
		mine := &Var{Name: "tandem_mine", Type: f.State}
		p.line("\t%s;", p.declaration(mine))
	}
	uint, lanes, barrier := p.unsigned(), foldLanes, "barrier()"
	if p.cuda {
		lanes, barrier = foldBlock, "__syncthreads()"
	}
	p.line("\tif (tandem_at < tandem_n) {")
	p.line("\t\ttandem_mine = tandem_value(tandem_at);")
	// The turns are counted: tandem_at + tandem_grid may pass 2^32.
	p.line("\t\tfor (%s tandem_turns = (tandem_n - 1u - tandem_at) / tandem_grid; tandem_turns > 0u; tandem_turns--) {", uint)
	p.line("\t\t\ttandem_at += tandem_grid;")
	p.line("\t\t\ttandem_mine = %s(tandem_mine, tandem_value(tandem_at));", join)
	p.line("\t\t}")
	p.line("\t}")
	p.line("\t%s tandem_have = tandem_first < tandem_n ? tandem_n - tandem_first : 0u;", uint)
	p.line("\ttandem_state[tandem_lane] = tandem_mine;")
	p.line("\t%s;", barrier)
	// What lives in a variable across a barrier, llvmpipe keeps in memory for each
	// invocation: of a million products of float64, added with compensation, a tree all of
	// which is in shared memory took 0.6 of the time (Mesa 22.3.6, 2026-11).
	p.line("\tfor (%s tandem_reach = %du; tandem_reach > 0u; tandem_reach /= 2u) {", uint, lanes/2)
	p.line("\t\tif (tandem_lane < tandem_reach && tandem_lane + tandem_reach < tandem_have) {")
	if p.cuda {
		p.line("\t\t\ttandem_mine = %s(tandem_mine, tandem_state[tandem_lane + tandem_reach]);", join)
		p.line("\t\t\ttandem_state[tandem_lane] = tandem_mine;")
	} else {
		p.line("\t\t\ttandem_state[tandem_lane] = %s(tandem_state[tandem_lane], tandem_state[tandem_lane + tandem_reach]);", join)
	}
	p.line("\t\t}")
	p.line("\t\t%s;", barrier)
	p.line("\t}")
	p.line("\tif (tandem_lane == 0u) {")
	if !p.cuda {
		p.line("\t\ttandem_mine = tandem_state[0];")
	}
	p.line("\t\t%s tandem_to = tandem_group() * %du;", uint, f.words())
	at := 0
	for _, l := range f.leaves {
		at = p.storeLeaf(l, at)
	}
	p.line("\t}")
	p.line("}")
}

// storeLeaf prints the store of a number of the state into the group's partial
// result, whose words from at on are free.
func (p *devicePrinter) storeLeaf(l leaf, at int) int {
	value := "tandem_mine" + l.member
	put := func(text string) {
		p.line("\t\ttandem_partial[tandem_to + %du] = %s;", at, text)
		at++
	}
	switch l.typ.Kind {
	case Float32:
		put(map[bool]string{true: "__float_as_uint", false: "floatBitsToUint"}[p.cuda] + "(" + value + ")")
	case Float64, Int64, Uint64:
		switch {
		case p.cuda && l.typ.Kind == Float64:
			value = "(unsigned long long)__double_as_longlong(" + value + ")"
		case p.cuda:
			value = "(unsigned long long)" + value
		default:
			words := "tandem_words" + fmt.Sprint(at)
			unpack := map[Kind]string{Float64: "unpackDouble2x32(%s)", Int64: "unpackUint2x32(uint64_t(%s))", Uint64: "unpackUint2x32(%s)"}[l.typ.Kind]
			p.line("\t\tuvec2 %s = %s;", words, fmt.Sprintf(unpack, value))
			put(words + ".x")
			put(words + ".y")
			return at
		}
		put("(unsigned)(" + value + ")")
		put("(unsigned)(" + value + " >> 32)")
	case Bool:
		put(value + " ? 1u : 0u")
	default:
		put(p.unsigned() + "(" + value + ")")
	}
	return at
}
