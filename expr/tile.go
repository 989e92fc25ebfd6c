package expr

import (
	"math"
	"unsafe"
)

// tileBytes is the size of a tile: eight registers of 32 bytes, which leaves as many
// for what an instruction needs.
const tileBytes = 256

// tileRun is how many elements the machine goes through at once. Sums of float64 add
// a sixteenth of them without compensation, as many as package kernels' own; those of
// conditions stay within 32 bits; and no goroutine can be stopped meanwhile.
const tileRun = 8192

// tiled runs as many whole tiles as there are in n elements, and returns how many
// elements those have. The slots' pointers stay where they are.
func (p *program) tiled(s *scratch, n, lo int) (done int) {
	length := tileBytes / p.widest
	whole := n - n%length
	if p.tileSteps == nil || whole == 0 {
		return 0
	}
	s.prepare(p)
	run := tileRun
	if p.fold != nil && p.join == nil {
		run = p.block // the folder takes a register at a time
	}
	for {
		m := min(run, whole-done)
		runTiles(&s.tiles[0], m, &s.sums)
		switch {
		case p.join != nil:
			p.join(&s.acc, &s.sums)
		case p.fold != nil:
			p.fold(&s.acc, s.at[p.root], m, lo+done)
		}
		if done += m; done == whole {
			break
		}
		for i := range s.tiles {
			if step := &p.tileSteps[i]; step.spill < 0 && p.slots[step.slot].array >= 0 {
				s.tiles[i].operand = unsafe.Add(s.tiles[i].operand, m*p.slots[step.slot].size)
			}
		}
	}
	if s.stream {
		fence()
	}
	for i := range s.tiles {
		s.tiles[i].operand = nil
	}
	return done
}

// prepare puts the operands' places into the instructions.
func (s *scratch) prepare(p *program) {
	if s.tiles == nil {
		s.tiles = make([]tileInstruction, len(p.tileSteps))
		s.spills = make([]byte, p.spills*tileBytes)
	}
	handlers := [2]*[tileOps]uintptr{tileHandlers(), tileHandlersAgain()}
	for i := range p.tileSteps {
		step := &p.tileSteps[i]
		in := &s.tiles[i]
		slot, op := &p.slots[step.slot], step.op
		if stores := op == tileStore || op == tileStore+1; stores && s.stream && step.spill < 0 && slot.array >= 0 {
			op += tileStream - tileStore
		}
		in.handler, in.operand, in.stride = handlers[step.again][op], s.at[step.slot], 0
		switch {
		case step.spill >= 0:
			in.operand = unsafe.Pointer(&s.spills[step.spill*tileBytes])
		case slot.array >= 0:
			in.stride = uintptr(slot.size)
		case step.op == tileStore || step.op == tileStore+1: // to the root's register
			in.stride = uintptr(p.rootSize)
		}
	}
}

// tileSumsOf are the sums of a run: sixteen of 8 bytes, or 32 of 4.
type tileSumsOf [16]uint64

// joiner takes the sums of a run in.
type joiner func(a *accumulator, s *tileSumsOf)

// joinerOf is that of a fold over values of a type.
func joinerOf(as fold, k kind) joiner {
	switch {
	case !as.sums():
		return nil
	case k.isFloat():
		return joinFloats
	case k.size() == 4:
		return join32
	}
	return join64
}

// joinFloats adds sixteen sums, as a tree.
func joinFloats(a *accumulator, s *tileSumsOf) {
	var four [4]float64
	for i := range four {
		at := func(k int) float64 { return math.Float64frombits(s[4*k+i]) }
		four[i] = (at(0) + at(1)) + (at(2) + at(3))
	}
	a.sum.add((four[0] + four[2]) + (four[1] + four[3]))
}

// join32 adds sums of which the lower 32 bits count.
func join32(a *accumulator, s *tileSumsOf) {
	for _, v := range s {
		a.whole += v&math.MaxUint32 + v>>32
	}
}

func join64(a *accumulator, s *tileSumsOf) {
	for _, v := range s {
		a.whole += v
	}
}

// tileInstruction is what the machine reads.
type tileInstruction struct {
	handler uintptr
	operand unsafe.Pointer
	stride  uintptr // bytes of the operand for each element; 0 where all tiles have the same
}
