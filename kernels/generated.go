package kernels

import (
	"fmt"
	"math"
)

// What follows is for the constructors that tandemgen writes.

// Start makes a zero Launch the beginning of one over n indices, as [NewLaunch] does,
// without a copy: a launch has some 600 bytes.
func (l *Launch) Start(k *Kernel, n int) {
	l.kernel, l.n, l.grain = k, n, 1
	if k.wide {
		l.wide = new(wideArguments)
	}
	if n < 0 {
		l.failExtent()
	}
}

// Indices is the number of indices that an array of the given length has elements
// for, when an index has width elements and the next one begins per elements
// later.
func Indices(length, per, width int) int {
	if per < 1 || width < 1 || length < width {
		return 0
	}
	return (length-width)/per + 1
}

// Rows is n, or 0 where one of the other extents of an index space is 0 and there
// is nothing to do.
func Rows(n int, others ...int) int {
	for _, m := range others {
		if m == 0 && n > 0 {
			return 0
		}
	}
	return n
}

// Require keeps a mistake of an argument unless ok; a launch without indices has
// none.
func (l *Launch) Require(ok bool, arg, mistake string) {
	if !ok && l.n > 0 {
		l.Fail(arg, fmt.Errorf("%w: %s", ErrShape, mistake))
	}
}

// RequireLen keeps a mistake unless o has all of the first need elements that the
// last index sees from its own first one on.
func (l *Launch) RequireLen(arg string, o Operand, per, need int) {
	l.RequireRecords(arg, o, per, need, 1)
}

// RequireRecords is RequireLen of elements that are so many numbers each: per and need
// are numbers.
func (l *Launch) RequireRecords(arg string, o Operand, per, need, numbers int) {
	if l.n > 0 && o.n < (l.n-1)*per+need {
		l.Fail(arg, fmt.Errorf("%w: %d elements, want %d", ErrShape, o.n/numbers, ((l.n-1)*per+need)/numbers))
	}
}

// RequireInt32 keeps a mistake if an index is none of int32: kernels that compute
// with it see 32 bits on devices.
func (l *Launch) RequireInt32() {
	if l.n > math.MaxInt32 {
		l.Fail("n", fmt.Errorf("%w: %d indices, want at most %d", ErrShape, l.n, math.MaxInt32))
	}
}

// RequireIndices keeps a mistake of a launch without indices: of a reduction that has
// no value for them.
func (l *Launch) RequireIndices() {
	if l.n == 0 {
		l.Fail("n", fmt.Errorf("%w: no elements, want at least one", ErrShape))
	}
}

// Truth is 1 for true, 0 for false.
func Truth(v bool) float64 { return float64(b2i(v)) }

// ReductionShader is a shader that joins the values of all indices on the grid of
// this package's reductions. states and words are the sizes, in 32-bit words, of a
// value in shared memory and of what a work-group stores; turns is how often the
// loops of one index turn.
func ReductionShader(text string, states, words int, turns func(l *Launch) int64) *Shader {
	s := reduceShader(text, states, words)
	s.Text = text
	grid := s.Iterations
	s.Iterations = func(l *Launch, n int) int64 {
		each := turns(l)
		if each > math.MaxInt32 {
			return math.MaxInt64
		}
		return grid(l, n) * (1 + each)
	}
	return s
}

// ReductionFunction is ReductionShader in CUDA C. A block has 256 threads.
func ReductionFunction(text string, words int) *Function {
	return &Function{
		Text: text, Block: [3]int{foldBlock}, PartialWords: words,
		Groups: func(_ *Launch, n int) [3]int {
			return [3]int{min(reduceGroups, ceilDiv(n, foldBlock*foldVectors*foldTiles)), 1, 1}
		},
	}
}
