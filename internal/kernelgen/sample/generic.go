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

// extent is a range of numbers.
type extent[T number] struct{ least, greatest T }

//tandem:device
func united[T number](a, b extent[T]) extent[T] {
	return extent[T]{min(a.least, b.least), max(a.greatest, b.greatest)}
}

func width64(e extent[float64]) float64 { return e.greatest - e.least }

// clipped keeps elements within bounds, which are a parameter of a generic type.
//
//tandem:kernel
func clipped[T number](i int, within extent[T], x, dst []T) {
	e := united(within, extent[T]{within.least, within.least})
	dst[i] = max(e.least, min(x[i], e.greatest))
}

// extentWidth is how far apart the elements are.
//
//tandem:kernel
//tandem:reduce united width64
func extentWidth(i int, x []float64) extent[float64] { return extent[float64]{x[i], x[i]} }
