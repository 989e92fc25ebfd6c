package kernelgen

import (
	"fmt"
	"slices"
	"strings"
)

// On CUDA devices, a kernel that uses element i of every array for index i, and
// computes little, is bound by memory. It becomes a loop over tiles: of each array a
// thread has tileVectors loads of up to 16 bytes on their way before it needs the
// first. Tiles lie between 16-byte boundaries of one array; those at the ends, and
// all if another array lies otherwise, are computed element by element.

// A tile is what a block of localSize threads computes: at 2 loads of 16 bytes a
// thread, the 5 blocks for whose registers a multiprocessor has room have 40 KB of
// an array on their way, twice what 3.35 TB/s and 700 ns of latency ask of each of
// an H100's 132 multiprocessors.
const tileVectors = 2

// tileWork is the greatest number of operations of an index that is computed in
// tiles. A float32 map of two arrays moves 12 bytes; at twice as many operations as
// this an H100 is bound by its arithmetic (67 TFLOP/s, 3.35 TB/s), and eight
// elements a thread would cost it warps that hide latencies.
const tileWork = 120

// tiled reports whether the kernel is computed in tiles on CUDA devices.
func (k *Kernel) tiled() bool {
	if len(k.Indices) != 1 || hasLoop(k.Body) {
		return false
	}
	for _, f := range k.Functions {
		if hasLoop(f.Body) {
			return false
		}
	}
	for _, b := range k.Buffers {
		if b.Foot.whole || len(b.sites) == 0 {
			return false
		}
		for _, s := range b.sites {
			if s.form == nil || b.numbers() > 1 || !s.form.whole.equal(symbol(k.Indices[0].Name)) {
				return false
			}
		}
	}
	m := meter{k: k}
	work, _ := m.count(k.Body)
	return work.fixed <= tileWork
}

func hasLoop(list []Stmt) bool {
	found := false
	walk(list, func(s Stmt) {
		if _, ok := s.(*For); ok {
			found = true
		}
	}, nil)
	return found
}

// tileLanes is how many elements a thread moves at once: 16 bytes of the widest.
func (k *Kernel) tileLanes() int {
	widest := 4
	for _, b := range k.Buffers {
		widest = max(widest, b.Elem.size())
	}
	return 16 / widest
}

// tileGroups is the number of blocks for n indices. The first tile may begin up to
// a lane less than a vector before the first index.
func (k *Kernel) tileGroups() string {
	tile := localSize * tileVectors * k.tileLanes()
	return fmt.Sprintf("func(_ *kernels.Launch, n int) [3]int { return [3]int{(n + %d) / %d, 1, 1} }", tile+k.tileLanes()-2, tile)
}

// tiles prints a kernel's body as a function of elements, and the loop over tiles
// that calls it. In the function, an array's name is that of its element.
func (p *devicePrinter) tiles() {
	k := p.k
	var params, args []string
	index := k.usesIndexValue()
	if index {
		params = append(params, "int "+k.Indices[0].Name)
	}
	for _, v := range k.Scalars {
		params, args = append(params, p.scalarType(v)+" "+v.Name), append(args, v.Name)
	}
	for _, b := range k.Buffers {
		by := " "
		if b.Access != accessIn {
			by = " &"
		}
		params = append(params, p.typ(b.Elem)+by+b.Name)
	}
	p.line("static __device__ __forceinline__ void tandem_element(%s) {", strings.Join(params, ", "))
	p.elements = true
	p.block(k.Body)
	p.elements = false
	p.line("}")
	p.line("")
	p.line("enum { tandem_threads = %d, tandem_vectors = %d, tandem_lanes = %d, tandem_tile = tandem_threads * tandem_vectors * tandem_lanes };",
		localSize, tileVectors, k.tileLanes())
	p.line("// The number of elements from the last boundary to p.")
	p.line("template <class T> static __device__ __forceinline__ unsigned tandem_ahead(const T *p) { return (unsigned)((size_t)p / sizeof(T)) %% tandem_lanes; }")
	for _, size := range []int{4, 8} {
		if slices.ContainsFunc(k.Buffers, func(b *Buffer) bool { return b.Elem.size() == size }) {
			p.line("template <class T> struct __align__(%d) tandem_vector_%d { T lane[tandem_lanes]; };", size*k.tileLanes(), size)
		}
	}
	p.line("")
	p.line("TANDEM_KERNEL {")
	p.tabs++
	reference := k.n.buffer
	alike := []string{"true"}
	pointer := func(b *Buffer) string {
		if b.Access == accessIn {
			return "const " + p.typ(b.Elem) + " *"
		}
		return p.typ(b.Elem) + " *"
	}
	p.line("%standem_p%d = %s + (tandem_lo + %s_at);", pointer(reference), reference.Number, reference.Name, reference.Name)
	p.line("const unsigned tandem_skip = tandem_ahead(tandem_p%d);", reference.Number)
	p.line("tandem_p%d -= tandem_skip;", reference.Number)
	for _, b := range k.Buffers {
		if b != reference {
			p.line("%standem_p%d = %s + (tandem_lo + %s_at) - tandem_skip;", pointer(b), b.Number, b.Name, b.Name)
			alike = append(alike, fmt.Sprintf("tandem_ahead(tandem_p%d) == 0", b.Number))
		}
	}
	if len(alike) > 1 {
		alike = alike[1:]
	}
	p.line("const bool tandem_alike = %s;", strings.Join(alike, " && "))
	p.line("const size_t tandem_end = (size_t)tandem_n + tandem_skip;")
	p.line("for (size_t tandem_t = tandem_group(); tandem_t * tandem_tile < tandem_end; tandem_t += tandem_groups()) {")
	p.tabs++
	p.line("const size_t tandem_first = tandem_t * tandem_tile;")
	p.line("if (tandem_alike && tandem_first >= tandem_skip && tandem_first + tandem_tile <= tandem_end) {")
	p.tabs++
	p.line("const size_t tandem_mine = tandem_first + threadIdx.x * tandem_lanes;")
	p.tileVectors(index, args)
	p.tabs--
	p.line("} else {")
	p.tabs++
	p.line("const unsigned tandem_low = tandem_first < tandem_skip ? tandem_skip - (unsigned)tandem_first : 0;")
	p.line("const unsigned tandem_high = tandem_first + tandem_tile <= tandem_end ? (unsigned)tandem_tile : (unsigned)(tandem_end - tandem_first);")
	p.tileElements(index, args)
	for range 3 {
		p.tabs--
		p.line("}")
	}
}

func (p *devicePrinter) scalarType(v *Var) string {
	if v.Type.Kind == Bool {
		return "unsigned" // as the prelude has it
	}
	return p.typ(v.Type)
}

// unrolled prints a loop whose turns the compiler writes out.
func (p *devicePrinter) unrolled(variable, end string, body func()) {
	p.text.WriteString("#pragma unroll\n")
	p.line("for (int %s = 0; %s < %s; %s++) {", variable, variable, end, variable)
	p.tabs++
	body()
	p.tabs--
	p.line("}")
}

// tileCall calls the kernel's body for elements that have been loaded; at is the
// distance from the tile array's beginning.
func (p *devicePrinter) tileCall(index bool, scalars []string, at, element string) {
	var args []string
	if index {
		args = append(args, "(int)(unsigned)("+at+" - tandem_skip + tandem_lo)")
	}
	args = append(args, scalars...)
	for _, b := range p.k.Buffers {
		args = append(args, fmt.Sprintf("tandem_v%d%s", b.Number, element))
	}
	p.line("tandem_element(%s);", strings.Join(args, ", "))
}

// tileVectors prints a whole tile.
func (p *devicePrinter) tileVectors(index bool, scalars []string) {
	vector := func(b *Buffer) string { return fmt.Sprintf("tandem_vector_%d<%s>", b.Elem.size(), p.typ(b.Elem)) }
	const place = "tandem_mine + tandem_k * tandem_threads * tandem_lanes"
	for _, b := range p.k.Buffers {
		p.line("%s tandem_v%d[tandem_vectors];", vector(b), b.Number)
	}
	p.unrolled("tandem_k", "tandem_vectors", func() {
		for _, b := range p.k.Buffers {
			if b.Access != accessOut {
				p.line("tandem_v%d[tandem_k] = *(const %s *)(tandem_p%d + (%s));", b.Number, vector(b), b.Number, place)
			}
		}
	})
	p.unrolled("tandem_k", "tandem_vectors", func() {
		p.unrolled("tandem_e", "tandem_lanes", func() {
			p.tileCall(index, scalars, place+" + tandem_e", "[tandem_k].lane[tandem_e]")
		})
		for _, b := range p.k.Buffers {
			if b.Access != accessIn {
				p.line("*(%s *)(tandem_p%d + (%s)) = tandem_v%d[tandem_k];", vector(b), b.Number, place, b.Number)
			}
		}
	})
}

// tileElements prints a tile that is cut, or whose arrays lie differently:
// neighbouring threads have neighbouring elements there too.
func (p *devicePrinter) tileElements(index bool, scalars []string) {
	for _, b := range p.k.Buffers {
		p.line("%s tandem_v%d[tandem_vectors * tandem_lanes];", p.typ(b.Elem), b.Number)
	}
	const at = "const unsigned tandem_at = tandem_k * tandem_threads + threadIdx.x;"
	p.unrolled("tandem_k", "tandem_vectors * tandem_lanes", func() {
		p.line(at)
		p.line("if (tandem_at < tandem_low || tandem_at >= tandem_high) continue;")
		for _, b := range p.k.Buffers {
			if b.Access != accessOut {
				p.line("tandem_v%d[tandem_k] = tandem_p%d[tandem_first + tandem_at];", b.Number, b.Number)
			}
		}
	})
	p.unrolled("tandem_k", "tandem_vectors * tandem_lanes", func() {
		p.line(at)
		p.line("if (tandem_at < tandem_low || tandem_at >= tandem_high) continue;")
		p.tileCall(index, scalars, "tandem_first + tandem_at", "[tandem_k]")
		for _, b := range p.k.Buffers {
			if b.Access != accessIn {
				p.line("tandem_p%d[tandem_first + tandem_at] = tandem_v%d[tandem_k];", b.Number, b.Number)
			}
		}
	})
}
