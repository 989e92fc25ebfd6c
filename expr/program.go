package expr

import (
	"sync"
	"unsafe"

	"github.com/tandem-go/tandem/kernels"
)

// registerBytes is the size of an intermediate value of a block: with those of a
// few steps, and the arrays' own lines, it stays in 32 KB of first-level cache. Half
// of it was no faster (BenchmarkChain, AMD EPYC, 2026-11).
const registerBytes = 4096

// loop computes one operation on n elements. dst may be one of the inputs where
// all are as wide as dst. It has a loop of its own for each operation and type, so
// that nothing is called for an element.
type loop func(dst, a, b, c unsafe.Pointer, n int)

// instruction is a loop and the slots of what it works on.
type instruction struct {
	run          loop
	dst, a, b, c uint8
}

// slot is where a value stands: in an array, of which the next block is advance
// elements further, or in a register.
type slot struct {
	array int // number of the argument, or below 0
	size  int // of an element
}

// program is a structure for CPU workers: it goes through the index space block by
// block, and through all steps for each block, so that what a step leaves is still
// in the cache when the next one takes it. It is immutable.
type program struct {
	code      []instruction
	slots     []slot
	block     int // elements
	scalars   []constant
	root      uint8  // slot of the last value
	fold      folder // nil where it is stored
	finish    func(*accumulator) kernels.Partial
	tileSteps []tileStep // nil where only blocks do
	widest    int        // size of the widest type
	rootSize  int        // size of the last value
	touched   int        // bytes of all arrays for an index
	spills    int        // of tiles
	join      joiner     // nil where tiles are not summed
	scratch   sync.Pool
}

// constant is a scalar that fills a register.
type constant struct {
	typ  kind
	slot uint8
}

// scratch is what one call needs beside its arguments.
type scratch struct {
	memory []byte
	at     []unsafe.Pointer // of the slots
	filled []uint64         // the scalars that are in their registers, for the first
	upTo   int              // elements
	tiles  []tileInstruction
	spills []byte
	stream bool // the machine's results go past the caches
	sums   tileSumsOf
	acc    accumulator // here, since a folder would have it moved to the heap
}

// compiler brings steps into a program.
type compiler struct {
	*program
	steps    []step
	of       []uint8 // slots of the steps
	lastUse  []int
	free     []uint8 // registers whose value nobody needs any more
	register []bool  // of the slots
}

func compile(as fold, steps []step) *program {
	c := &compiler{program: &program{}, steps: steps, of: make([]uint8, len(steps)), lastUse: make([]int, len(steps))}
	widest := 4
	for i := range steps {
		widest = max(widest, steps[i].typ.size())
		for _, a := range steps[i].inputs() {
			c.lastUse[a] = i
		}
	}
	c.block = registerBytes / widest
	last := len(steps) - 1
	c.lastUse[last] = len(steps)
	arrays := 0
	for i := range steps {
		s := &steps[i]
		switch s.op {
		case opArray:
			c.of[i] = c.slot(slot{arrays, s.typ.size()}, false)
			arrays++
		case opScalar:
			c.of[i] = c.slot(slot{-1, 0}, false)
			c.scalars = append(c.scalars, constant{s.typ, c.of[i]})
		default:
			c.operation(i, as == foldNothing && i == last, arrays)
		}
	}
	c.root = c.of[last]
	if as == foldNothing && steps[last].op.arity() == 0 {
		dst := c.slot(slot{arrays, steps[last].typ.size()}, false)
		c.code = append(c.code, instruction{run: copyLoops[steps[last].typ], dst: dst, a: c.root})
	}
	if as != foldNothing {
		c.fold, c.finish = folderOf(as, steps[last].typ)
	}
	c.tileSteps = c.tiles(as, widest)
	p := c.program
	p.widest, p.rootSize, p.join = widest, steps[last].typ.size(), joinerOf(as, steps[last].typ)
	for i := range p.slots {
		if p.slots[i].array >= 0 {
			p.touched += p.slots[i].size
		}
	}
	for i := range p.tileSteps {
		p.spills = max(p.spills, p.tileSteps[i].spill+1)
	}
	p.scratch.New = func() any { return p.newScratch() }
	return p
}

func (c *compiler) slot(s slot, register bool) uint8 {
	c.slots, c.register = append(c.slots, s), append(c.register, register)
	return uint8(len(c.slots) - 1)
}

// operation adds the instruction of step i. Inputs that nobody needs any more give
// their register to its result, unless they are of another size.
func (c *compiler) operation(i int, stored bool, arrays int) {
	s := &c.steps[i]
	in := instruction{run: loopOf(s, c.steps)}
	from := [3]*uint8{&in.a, &in.b, &in.c}
	var dying []uint8
	for k, a := range s.inputs() {
		*from[k] = c.of[a]
		if slot := c.of[a]; c.register[slot] && c.lastUse[a] == i {
			c.lastUse[a] = -1 // once, also if it is both inputs
			dying = append(dying, slot)
		}
	}
	if s.op != opConvert {
		c.free, dying = append(c.free, dying...), nil
	}
	switch n := len(c.free); {
	case stored:
		in.dst = c.slot(slot{arrays, s.typ.size()}, false)
	case n > 0:
		in.dst, c.free = c.free[n-1], c.free[:n-1]
	default:
		in.dst = c.slot(slot{-1, 0}, true)
	}
	c.free = append(c.free, dying...)
	c.of[i] = in.dst
	c.code = append(c.code, in)
}

func (p *program) newScratch() *scratch {
	held := 0
	for _, s := range p.slots {
		if s.array < 0 {
			held++
		}
	}
	const line = 64 // registers begin on a cache line, and so on a vector
	s := &scratch{
		memory: make([]byte, held*registerBytes+line),
		at:     make([]unsafe.Pointer, len(p.slots)),
		filled: make([]uint64, len(p.scalars)),
	}
	free := s.memory[-uintptr(unsafe.Pointer(&s.memory[0]))%line:]
	for i := range p.slots {
		if p.slots[i].array < 0 {
			s.at[i] = unsafe.Pointer(&free[0])
			free = free[registerBytes:]
		}
	}
	return s
}

// call is the Go variant of the structure's kernel.
func (p *program) call(c *kernels.Call) {
	s := p.scratch.Get().(*scratch)
	p.fill(s, c)
	for i := range p.slots {
		if slot := &p.slots[i]; slot.array >= 0 {
			s.at[i] = unsafe.Pointer(unsafe.SliceData(bytesOf(c, slot.array, slot.size)))
		}
	}
	s.acc = accumulator{}
	s.stream = p.streams(s, c.N)
	lo := c.Lo
	if done := p.tiled(s, c.Hi-lo, lo); done > 0 {
		lo += done
		for i := range p.slots {
			if slot := &p.slots[i]; slot.array >= 0 && lo < c.Hi {
				s.at[i] = unsafe.Add(s.at[i], done*slot.size)
			}
		}
	}
	for lo < c.Hi {
		n := min(p.block, c.Hi-lo)
		for i := range p.code {
			in := &p.code[i]
			in.run(s.at[in.dst], s.at[in.a], s.at[in.b], s.at[in.c], n)
		}
		if p.fold != nil {
			p.fold(&s.acc, s.at[p.root], n, lo)
		}
		if lo += n; lo == c.Hi {
			break
		}
		for i := range p.slots {
			if slot := &p.slots[i]; slot.array >= 0 {
				s.at[i] = unsafe.Add(s.at[i], n*slot.size)
			}
		}
	}
	for i := range p.slots { // the arrays are the caller's to let go
		if p.slots[i].array >= 0 {
			s.at[i] = nil
		}
	}
	if p.fold != nil {
		c.Partial = p.finish(&s.acc)
	}
	p.scratch.Put(s)
}

// bytesOf is the part of array argument k that the call may touch.
func bytesOf(c *kernels.Call, k, size int) []uint32 {
	if size == 8 {
		x := kernels.Slice[uint64](c, k)
		return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(x))), 2*len(x))
	}
	return kernels.Slice[uint32](c, k)
}

// fill has the scalars in their registers, as many of each as a block of the call
// may need. Often they are still there from the call before.
func (p *program) fill(s *scratch, c *kernels.Call) {
	n := min(p.block, c.Hi-c.Lo)
	for i := range p.scalars {
		k := &p.scalars[i]
		bits := scalarBits(c, k.typ, i)
		if s.filled[i] == bits && s.upTo >= n {
			continue
		}
		s.filled[i] = bits
		if k.typ.size() == 4 {
			fillWith(unsafe.Slice((*uint32)(s.at[k.slot]), n), uint32(bits))
		} else {
			fillWith(unsafe.Slice((*uint64)(s.at[k.slot]), n), bits)
		}
	}
	s.upTo = n
}

func fillWith[T any](x []T, v T) {
	for i := range x {
		x[i] = v
	}
}
