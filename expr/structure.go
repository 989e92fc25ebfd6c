package expr

import (
	"fmt"
	"slices"
	"sync"

	"github.com/tandem-go/tandem/kernels"
)

// step is one value of a kernel, made of the values of earlier steps. The steps of
// a kernel are its structure: they have no array and no number in them.
type step struct {
	op   op
	typ  kind
	args [3]uint8 // numbers of steps; for leaves, args[0] is that of the argument
}

// inputs are the steps that s is made of.
func (s *step) inputs() []uint8 { return s.args[:s.op.arity()] }

// arity is the number of values that an operation takes.
func (o op) arity() int {
	switch o {
	case opArray, opScalar:
		return 0
	case opNeg, opAbs, opSqrt, opFloor, opCeil, opTrunc, opRound, opExp, opLog, opTanh, opNot, opConvert:
		return 1
	case opWhere:
		return 3
	}
	return 2
}

// maxNodes bounds the nodes of an expression before equal ones are merged, so that
// looking for them stays cheap.
const maxNodes = 16 * MaxOperations

// none stands where an operation has no further input.
const none = 0xff

// flattening brings the graph of an expression into steps. Equal steps become one
// (value numbering), and an array that is used twice is one argument.
type flattening struct {
	nodes      []*node // that have been met, with
	of         []uint8 // their steps
	steps      []step
	arrays     []*node
	scalars    []uint64
	operations int
	key        []byte
}

var flattenings = sync.Pool{New: func() any { return new(flattening) }}

func (f *flattening) release() {
	clear(f.nodes) // the arrays are the caller's to let go
	clear(f.arrays)
	f.nodes, f.of, f.steps, f.arrays, f.scalars = f.nodes[:0], f.of[:0], f.steps[:0], f.arrays[:0], f.scalars[:0]
	f.operations = 0
	flattenings.Put(f)
}

// add returns the step of a node. arrays is how many there may be.
func (f *flattening) add(n *node, arrays int) (uint8, error) {
	if i := slices.Index(f.nodes, n); i >= 0 {
		return f.of[i], nil
	}
	if len(f.nodes) == maxNodes {
		return 0, &LimitError{What: "operations", Max: MaxOperations}
	}
	s := step{op: n.op, typ: n.typ, args: [3]uint8{none, none, none}}
	switch n.op {
	case opArray:
		at := slices.IndexFunc(f.arrays, func(a *node) bool { return a.array == n.array })
		if at < 0 {
			if at = len(f.arrays); at == arrays {
				return 0, &LimitError{What: "arrays", Max: MaxArrays}
			}
			f.arrays = append(f.arrays, n)
		}
		s.args[0] = uint8(at)
	case opScalar:
		if len(f.scalars) == MaxScalars {
			return 0, &LimitError{What: "scalars", Max: MaxScalars}
		}
		s.args[0] = uint8(len(f.scalars))
		f.scalars = append(f.scalars, n.bits)
	default:
		for i := range n.op.arity() {
			var err error
			if s.args[i], err = f.add(n.args[i], arrays); err != nil {
				return 0, err
			}
		}
	}
	at := slices.Index(f.steps, s)
	if at < 0 {
		if n.op.arity() > 0 {
			if f.operations++; f.operations > MaxOperations {
				return 0, &LimitError{What: "operations", Max: MaxOperations}
			}
		}
		at = len(f.steps)
		f.steps = append(f.steps, s)
	}
	f.nodes, f.of = append(f.nodes, n), append(f.of, uint8(at))
	return uint8(at), nil
}

// encode is the structure as a key: what is done with the value of the last step,
// and the steps.
func (f *flattening) encode(as fold) []byte {
	f.key = append(f.key[:0], byte(as))
	for _, s := range f.steps {
		f.key = append(f.key, byte(s.op), byte(s.typ), s.args[0], s.args[1], s.args[2])
	}
	return f.key
}

// decode makes steps of a key.
func decode(key string) (as fold, steps []step) {
	as = fold(key[0])
	for at := 1; at < len(key); at += 5 {
		steps = append(steps, step{op(key[at]), kind(key[at+1]), [3]uint8{key[at+2], key[at+3], key[at+4]}})
	}
	return as, steps
}

// operandName is what messages call array i.
func (f *flattening) operandName(i int) string {
	if name := f.arrays[i].name; name != "" {
		return name
	}
	return fmt.Sprintf("array %d", i)
}

// wantLen keeps a mistake unless all arrays have n elements.
func (f *flattening) wantLen(l *kernels.Launch, n int) {
	for i, a := range f.arrays {
		if a.array.Len() != n {
			name := f.operandName(i)
			l.Fail(name, &ShapeError{Operand: name, Len: a.array.Len(), Want: n})
		}
	}
}
