package kernels

import (
	"math"
	"unsafe"
)

var amaxKernels = extremumKernels("amax", false, true, amaxCall[float32], amaxCall[float64])

func amaxCall[T Float](c *Call) {
	x := Slice[T](c, 0)
	at := farthest(x)
	c.Partial = Partial{math.Abs(float64(x[at])), float64(c.Lo + at), 1}
}

// farthest is greatest for the numbers' magnitudes.
func farthest[T Float](x []T) int {
	best, at, i := abs(x[0]), 0, 0
	for ; i+4 <= len(x); i += 4 {
		if q := x[i:][:4]; abs(q[0]) <= best && abs(q[1]) <= best && abs(q[2]) <= best && abs(q[3]) <= best {
			continue
		}
		for j, v := range x[i:][:4] {
			if v := abs(v); !(v <= best) {
				best, at = v, i+j
			}
			if best != best {
				return at
			}
		}
	}
	for ; i < len(x); i++ {
		if v := abs(x[i]); best == best && !(v <= best) {
			best, at = v, i
		}
	}
	return at
}

// abs is math.Abs without a conversion of float32, which would take longer.
func abs[T Float](x T) T {
	if unsafe.Sizeof(x) == 4 {
		return T(abs32(float32(x)))
	}
	return T(math.Abs(float64(x)))
}

// Amax is *result = the greatest magnitude |x[i]| of x; NaN is above all. *index, unless
// it is nil, becomes the place of the first element that has it, which is BLAS's iamax.
// For the rest see [Maximum].
func Amax[T Float, X Vector[T]](result *T, index *int, x X) Launch {
	return extremum(amaxKernels, result, index, Of[T](x))
}
