package expr

import "unsafe"

// tileOp is an instruction of a machine with an accumulator, which holds a tile of
// an array in vector registers; tile_amd64.s says how. Those from
// tileAdd on are for float32, the one after each for float64.
type tileOp uint8

const (
	tileTurn tileOp = iota
	tileLoad
	tileStore
)

const (
	tileAdd tileOp = 3 + 2*iota
	tileSub
	tileSubFrom
	tileMul
	tileSquare
	tileDiv
	tileDivFrom
	tileMin
	tileMax
	tileNeg
	tileAbs
	tileSqrt
	tileSum
	tileOps
)

// tileBytes is the size of a tile: eight registers of 32 bytes, which leaves as many
// for what an instruction needs.
const tileBytes = 256

// tileRun is how many elements the machine goes through at once. Sums of float64 add
// a sixteenth of them without compensation, as many as package kernels' own; and no
// goroutine can be stopped meanwhile.
const tileRun = 8192

// tileStep is an instruction whose operand is a slot of the program, or a spilled
// value if spill is not below 0.
type tileStep struct {
	op    tileOp
	slot  uint8
	spill int
}

var tileBinary = map[op][2]tileOp{ // as it stands, and with the accumulator behind
	opAdd: {tileAdd, tileAdd}, opMul: {tileMul, tileMul}, opMin: {tileMin, tileMin}, opMax: {tileMax, tileMax},
	opSub: {tileSub, tileSubFrom}, opDiv: {tileDiv, tileDivFrom},
}

var tileUnary = map[op]tileOp{opNeg: tileNeg, opAbs: tileAbs, opSqrt: tileSqrt}

// tiler brings the steps into the machine's instructions.
type tiler struct {
	*compiler
	at     int   // the step whose value is in the accumulator, below 0 at first
	spills []int // of the steps, below 0 for none
	spill  int
	code   []tileStep
}

// tiles are the instructions for a program all of whose values are floats of one
// type, by operations that the machine has, or nil.
func (c *compiler) tiles(as fold) []tileStep {
	last := len(c.steps) - 1
	k := c.steps[last].typ
	if !haveTiles || !k.isFloat() || c.steps[last].op.arity() == 0 {
		return nil
	}
	t := &tiler{compiler: c, at: -1, spills: make([]int, len(c.steps))}
	for i := range c.steps {
		t.spills[i] = -1
		s := &c.steps[i]
		if s.typ != k {
			return nil
		}
		if s.op.arity() > 0 && !t.step(i) {
			return nil
		}
	}
	switch as {
	case foldNothing:
		t.emit(tileStore, c.of[last])
	case foldSum, foldMean:
		t.emit(tileSum, c.of[last])
	default: // a folder takes it from its register
		t.emit(tileStore, c.of[last])
	}
	t.emit(tileTurn, c.of[last])
	if k == float64s {
		for i := range t.code {
			if t.code[i].op >= tileAdd {
				t.code[i].op++
			}
		}
	}
	return t.code
}

func (t *tiler) emit(o tileOp, slot uint8) { t.code = append(t.code, tileStep{o, slot, -1}) }

// with adds an instruction whose operand is the value of a step.
func (t *tiler) with(o tileOp, step int) {
	t.code = append(t.code, tileStep{o, t.of[step], t.spills[step]})
}

// step computes step i into the accumulator.
func (t *tiler) step(i int) bool {
	s := &t.steps[i]
	a := int(s.args[0])
	if o, ok := tileUnary[s.op]; ok {
		if t.at != a {
			t.with(tileLoad, a)
		}
		t.emit(o, t.of[i])
	} else {
		o, ok := tileBinary[s.op]
		if !ok {
			return false
		}
		b := int(s.args[1])
		switch {
		case a == b && s.op == opMul:
			if t.at != a {
				t.with(tileLoad, a)
			}
			t.emit(tileSquare, t.of[i])
		case t.at == a && a != b:
			t.with(o[0], b)
		case t.at == b && a != b:
			t.with(o[1], a)
		default:
			t.with(tileLoad, a)
			t.with(o[0], b)
		}
	}
	t.at = i
	if t.neededLater(i) {
		t.spills[i] = t.spill
		t.spill++
		t.with(tileStore, i)
	}
	return true
}

// neededLater reports whether step i is needed when it is not in the accumulator any
// more, or together with itself.
func (t *tiler) neededLater(i int) bool {
	for j := i + 1; j < len(t.steps); j++ {
		for _, a := range t.steps[j].inputs() {
			if int(a) != i {
				continue
			}
			s := &t.steps[j]
			twice := s.op.arity() == 2 && s.args[0] == s.args[1]
			if t.nextOperation(i) != j || twice && s.op != opMul {
				return true
			}
		}
	}
	return false
}

// nextOperation is the first step behind i that is no leaf.
func (t *tiler) nextOperation(i int) int {
	for i++; i < len(t.steps) && t.steps[i].op.arity() == 0; i++ {
	}
	return i
}

// tiled runs as many whole tiles as there are in n elements, and returns how many
// elements those have. The slots' pointers stay where they are.
func (p *program) tiled(s *scratch, n, lo int) (done int) {
	length := tileBytes / p.size
	whole := n - n%length
	if p.tileSteps == nil || whole == 0 {
		return 0
	}
	s.prepare(p)
	run := tileRun
	if p.fold != nil && !p.sums {
		run = p.block // the folder takes a register at a time
	}
	for {
		m := min(run, whole-done)
		runTiles(&s.tiles[0], m*p.size, &s.sums)
		switch {
		case p.sums:
			s.acc.sum.add(joined(&s.sums))
		case p.fold != nil:
			p.fold(&s.acc, s.at[p.root], m, lo+done)
		}
		if done += m; done == whole {
			break
		}
		for i := range s.tiles {
			if step := &p.tileSteps[i]; step.spill < 0 && p.slots[step.slot].array >= 0 {
				s.tiles[i].operand = unsafe.Add(s.tiles[i].operand, m*p.size)
			}
		}
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
	handlers := tileHandlers()
	for i := range p.tileSteps {
		step := &p.tileSteps[i]
		in := &s.tiles[i]
		in.handler, in.operand, in.moves = handlers[step.op], s.at[step.slot], 0
		switch {
		case step.spill >= 0:
			in.operand = unsafe.Pointer(&s.spills[step.spill*tileBytes])
		case p.slots[step.slot].array >= 0 || step.op == tileStore:
			in.moves = ^uintptr(0)
		}
	}
}

// joined is the sum of sixteen sums, as a tree.
func joined(s *[16]float64) float64 {
	var four [4]float64
	for i := range four {
		four[i] = (s[i] + s[4+i]) + (s[8+i] + s[12+i])
	}
	return (four[0] + four[2]) + (four[1] + four[3])
}

// tileInstruction is what the machine reads.
type tileInstruction struct {
	handler uintptr
	operand unsafe.Pointer
	moves   uintptr // what the tile's offset counts for in operand: all bits or none
}
