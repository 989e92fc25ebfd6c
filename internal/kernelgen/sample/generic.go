package sample

import "math"

type number interface{ float32 | float64 }

// mix is a, b, or what lies between them.
//
//tandem:device
func mix[T number](a, b, t T) T { return a + t*(b-a) }

// blend mixes two arrays.
//
//tandem:kernel
func blend[T number](i int, t T, x, y, dst []T) { dst[i] = mix(x[i], y[i], t) }

// norms stores the lengths of vectors, and counts them, those above 1 twice.
//
//tandem:kernel
func norms[T number, C interface{ int32 | uint32 }](i int, x, y, length []T, counts []C) {
	r := T(math.Sqrt(float64(x[i]*x[i] + y[i]*y[i])))
	length[i] = r
	counts[i]++
	if r > T(1) {
		counts[i]++
	}
}
