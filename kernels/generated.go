package kernels

import (
	"fmt"
	"math"
)

// What follows is for the constructors that tandemgen writes.

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
	if l.n > 0 && o.n < (l.n-1)*per+need {
		l.Fail(arg, fmt.Errorf("%w: %d elements, want %d", ErrShape, o.n, (l.n-1)*per+need))
	}
}

// RequireInt32 keeps a mistake if an index is none of int32: kernels that compute
// with it see 32 bits on devices.
func (l *Launch) RequireInt32() {
	if l.n > math.MaxInt32 {
		l.Fail("n", fmt.Errorf("%w: %d indices, want at most %d", ErrShape, l.n, math.MaxInt32))
	}
}
