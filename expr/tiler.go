package expr

// tileStep is an instruction whose operand is a slot of the program, or a spilled
// value if spill is not below 0. A selection is two of them: the second one has its
// other operand.
type tileStep struct {
	op    tileOp
	slot  uint8
	again uint8 // which of its two handlers
	spill int
}

// tiler brings the steps into the machine's instructions.
type tiler struct {
	*compiler
	half   bool  // numbers of 4 bytes have half a tile
	at     int   // the step whose value is in the accumulator, below 0 at first
	spills []int // of the steps, below 0 for none
	spill  int
	code   []tileStep
}

// tiles are the instructions for a program all of whose operations the machine has, or
// nil. What it lacks takes longer than what blocks cost: divisions of integers and
// transcendental functions.
func (c *compiler) tiles(as fold, widest int) []tileStep {
	last := len(c.steps) - 1
	root := &c.steps[last]
	summed := tileSums[root.typ]
	if as == foldCount {
		summed = tileCounts[root.typ]
	}
	if !haveTiles || root.op == opScalar || root.op == opArray && !as.sums() {
		return nil
	}
	t := &tiler{compiler: c, half: widest == 8, at: -1, spills: make([]int, len(c.steps))}
	for i := range c.steps {
		t.spills[i] = -1
		if c.steps[i].op.arity() > 0 && !t.step(i) {
			return nil
		}
	}
	t.load(last)
	if as.sums() {
		t.emit(summed, root.typ)
	} else { // in memory, or in its register, where a folder takes it
		t.with(tileStore, last)
	}
	t.code = append(t.code, tileStep{op: t.sized(tileTurn, float32s), spill: -1})
	t.alternate()
	return t.code
}

// alternate gives an operation that comes several times one handler and the other by
// turns. A processor predicts where a handler jumps to from the jumps before: where the
// same ones came in the same order twice it may fail, for 20 cycles a tile. A chain of ten
// operations, of which the second four are the first four, took 0.70 of the time on arrays
// in the caches (AMD EPYC, 2026-11).
func (t *tiler) alternate() {
	var uses [tileOps]uint8
	for i := range t.code {
		n := &uses[t.code[i].op]
		t.code[i].again = *n
		*n = 1 - *n
	}
}

// sums reports whether the machine's sums become the result.
func (f fold) sums() bool { return f == foldSum || f == foldMean || f == foldCount }

// sized is an operation for values of a type, in a tile or in half of one.
func (t *tiler) sized(o tileOp, k kind) tileOp {
	if t.half && o < tilePairs && k.size() == 4 {
		return o + 1
	}
	return o
}

// emit adds an instruction without an operand on an accumulator of a type.
func (t *tiler) emit(o tileOp, k kind) {
	t.code = append(t.code, tileStep{op: t.sized(o, k), spill: -1})
}

// with adds an instruction whose operand is the value of a step, and as wide as the
// accumulator.
func (t *tiler) with(o tileOp, step int) {
	t.code = append(t.code, tileStep{op: t.sized(o, t.steps[step].typ), slot: t.of[step], spill: t.spills[step]})
}

// load brings the value of a step into the accumulator.
func (t *tiler) load(step int) {
	if t.at != step {
		t.with(tileLoad, step)
		t.at = step
	}
}

// step computes step i into the accumulator, and reports whether the machine can.
func (t *tiler) step(i int) bool {
	s := &t.steps[i]
	from := t.steps[s.args[0]].typ
	ok := true
	switch {
	case s.op == opConvert:
		ok = t.convert(int(s.args[0]), s.typ)
	case s.op == opWhere:
		t.choose(int(s.args[0]), int(s.args[1]), int(s.args[2]))
	case s.op == opAbs && !from.isFloat() && from == from.unsigned():
		t.load(int(s.args[0]))
	default:
		ok = t.operate(s, from)
	}
	if !ok {
		return false
	}
	t.at = i
	if t.neededLater(i) {
		t.spills[i] = t.spill
		t.spill++
		t.with(tileStore, i)
	}
	return true
}

func (t *tiler) operate(s *step, from kind) bool {
	f := tileForms[s.op][from]
	if f.forward == tileTurn {
		return false
	}
	a, b := int(s.args[0]), int(s.args[1])
	switch {
	case s.op.arity() == 1:
		t.load(a)
		t.emit(f.forward, from)
	case a == b && s.op == opMul && tileSquares[from] != tileTurn:
		t.load(a)
		t.emit(tileSquares[from], from)
	case t.at == b && a != b && f.backward != tileTurn:
		t.with(f.backward, a)
	default:
		t.load(a)
		t.with(f.forward, b)
	}
	if f.opposite {
		t.emit(tileNot, from)
	}
	return true
}

// convert goes from half a tile to a whole one and back as its operations do.
func (t *tiler) convert(a int, to kind) bool {
	from := t.steps[a].typ
	conversions := tileConversions[from][to]
	if conversions == nil {
		return false
	}
	t.load(a)
	for _, o := range conversions {
		t.emit(o, float32s)
	}
	return true
}

// choose is a where c is true, and b elsewhere.
func (t *tiler) choose(c, a, b int) {
	switch {
	case t.at == a && a != b && a != c:
		t.with(tileSelectThen, c)
		t.with(tileSelectThen, b)
	case t.at == b && a != b && b != c:
		t.with(tileSelectElse, c)
		t.with(tileSelectElse, a)
	default:
		t.load(c)
		t.with(tileSelect, a)
		t.with(tileSelect, b)
	}
}

// neededLater reports whether the value of step i is needed when it is not in the
// accumulator any more, or as an operand as well.
func (t *tiler) neededLater(i int) bool {
	for j := i + 1; j < len(t.steps); j++ {
		s := &t.steps[j]
		uses := 0
		for _, a := range s.inputs() {
			if int(a) == i {
				uses++
			}
		}
		if uses > 0 && (t.nextOperation(i) != j || !t.fromAccumulator(s, i, uses)) {
			return true
		}
	}
	return false
}

// fromAccumulator reports whether an operation takes all that it needs of step i, which
// it uses so often, from the accumulator.
func (t *tiler) fromAccumulator(s *step, i, uses int) bool {
	from := t.steps[s.args[0]].typ
	switch {
	case s.op.arity() == 1:
		return true
	case s.op == opWhere:
		return uses == 1
	case uses == 2:
		return s.op == opMul && tileSquares[from] != tileTurn
	case int(s.args[0]) == i:
		return true
	}
	return tileForms[s.op][from].backward != tileTurn
}

// nextOperation is the first step behind i that is no leaf.
func (t *tiler) nextOperation(i int) int {
	for i++; i < len(t.steps) && t.steps[i].op.arity() == 0; i++ {
	}
	return i
}
