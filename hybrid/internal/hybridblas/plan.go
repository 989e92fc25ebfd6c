package hybridblas

import (
	"context"
	"fmt"
	"strings"
)

// Call is a call of a routine with square matrices, to be measured.
type Call struct {
	// Name is gonum's for the routine, with what its arguments say: side, uplo,
	// transposes and diagonal, as "Dtrsm LUNN".
	Name string
	// N is the order of the matrices, or the length of the vectors.
	N    int
	call call
}

// Plan is the calls of every routine that may be taken over, in every variant and
// type, with each of the sizes, from the smallest to the largest. Vectors of level
// 1 have the square of the size.
func Plan(sizes []int) []Call {
	var all []Call
	for _, n := range sizes {
		for op := range opcodes {
			for k := range kinds {
				for _, variant := range variantsOf(op, k) {
					c := call{op, k, variant, n, n, n}
					switch op.level() {
					case 2:
						c.k = 1
					case 1:
						c.m, c.n, c.k = n*n, 1, 1
					}
					all = append(all, Call{routineName(c), c.m, c})
				}
			}
		}
	}
	return all
}

// routineName is gonum's name of the routine, and its variant in letters.
func routineName(c call) string {
	name := opNames[c.op]
	if !c.kind.isComplex() {
		name = strings.Replace(name, "he", "sy", 1)
	} else if c.op == opGer || c.op == opDot {
		name += "u"
	}
	return strings.TrimSpace(strings.ToUpper(kindLetters[c.kind]) + name + " " + letters(c))
}

func letters(c call) string {
	v := c.variant
	trans := "NTC?"
	switch c.op {
	case opGemm:
		return string([]byte{trans[v&3], trans[v>>2&3]})
	case opSymm, opHemm:
		return string([]byte{"LR"[v&1], "UL"[v>>1&1]})
	case opSyrk, opHerk, opSyr2k, opHer2k:
		return string([]byte{"UL"[v&1], trans[v>>1&3]})
	case opTrmm, opTrsm:
		return string([]byte{"LR"[v&1], "UL"[v>>1&1], trans[v>>2&3], "NU"[v>>4&1]})
	case opTrmv:
		return string([]byte{"UL"[v>>1&1], trans[v>>2&3], "NU"[v>>4&1]})
	case opGemv:
		return trans[v&3 : v&3+1]
	case opHemv, opHer, opHer2:
		return "UL"[v&1 : v&1+1]
	}
	return ""
}

// variantsOf is the variants that a routine has for a type; none if the type does
// without the routine.
func variantsOf(op opcode, k kind) (all []uint8) {
	hermitian := op == opHemm || op == opHerk || op == opHer2k || op == opGerc || op == opDotc
	if hermitian && !k.isComplex() {
		return nil
	}
	two := []uint8{0, 1}
	trans := two
	if k.isComplex() {
		trans = []uint8{0, 1, 2}
	}
	cross := func(parts ...[]uint8) []uint8 { // each already shifted to its place
		all := []uint8{0}
		for _, p := range parts {
			var next []uint8
			for _, a := range all {
				for _, b := range p {
					next = append(next, a|b)
				}
			}
			all = next
		}
		return all
	}
	at := func(shift int, values []uint8) []uint8 {
		shifted := make([]uint8, len(values))
		for i, v := range values {
			shifted[i] = v << shift
		}
		return shifted
	}
	switch op {
	case opGemm:
		return cross(trans, at(2, trans))
	case opSymm, opHemm:
		return cross(two, at(1, two))
	case opSyrk, opSyr2k:
		return cross(two, at(1, two))
	case opHerk, opHer2k:
		return cross(two, at(1, []uint8{0, 2}))
	case opTrmm, opTrsm:
		return cross(two, at(1, two), at(2, trans), at(4, two))
	case opTrmv:
		return cross(at(1, two), at(2, trans), at(4, two))
	case opGemv:
		return trans
	case opHemv, opHer, opHer2:
		return two
	}
	return []uint8{0}
}

// Work is how many products of two numbers the call adds up.
func (c Call) Work() float64 { return c.call.work() }

// Operands are those of calls by one name and of one size.
type Operands struct{ operands }

// Alone returns a function that does a call by the wrapped routine. What it works on
// is the same in every process.
func (b *BLAS) Alone(on *Operands, c Call) func() {
	routine := b.exerciseOn(&on.operands, c.call)
	return func() { routine(wrapped) }
}

// Chosen returns a function that does a call by the method of b.
func (b *BLAS) Chosen(on *Operands, c Call) func() {
	method := b.exerciseMethods(&on.operands, c.call)
	return func() { method(wrapped) }
}

// Crossover is what has been found for a call.
type Crossover struct {
	Call
	Way     string             // "wrapped", "parallel" or "devices"
	Seconds map[string]float64 // by way
}

// Calibrate measures what the calls of plan need, on this goroutine, unless the
// model has it already of a time when nothing else went on, and reports each.
func (b *BLAS) Calibrate(ctx context.Context, plan []Call, report func(Crossover)) error {
	ch := b.engine.choices
	for _, p := range plan {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		x := Crossover{Call: p, Way: wrapped.String(), Seconds: map[string]float64{}}
		if !b.engine.taken(p.call) {
			report(x)
			continue
		}
		r := request{p.call.cell(), p.call.standing()}
		best, known := ch.recall(r, ch.place(r.cell))
		ways := ch.ways(r.call)
		if _, quiet := ch.remembered(r, ways); !known || !quiet && len(ways) > 1 {
			if !ch.look(r) {
				return fmt.Errorf("hybridblas: %s: closed while it was measured", p.Name)
			}
			best, _ = ch.recall(r, ch.place(r.cell))
		}
		x.Way = best.String()
		seconds, _ := ch.remembered(r, ways)
		for w, s := range seconds {
			x.Seconds[w.String()] = s * p.call.work() / r.call.work()
		}
		report(x)
	}
	return nil
}

// taken tells whether a call is large enough for a choice.
func (e *engine) taken(c call) bool {
	switch c.op.level() {
	case 3:
		return c.work() >= e.least3
	case 2:
		return c.work() >= e.least2
	}
	return c.m >= e.least1
}
