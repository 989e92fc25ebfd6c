package differential

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/tandem-go/tandem/residency"
)

// Array draws n random numbers of all kinds.
func Array[T residency.Element](rng *rand.Rand, n int) []T {
	x := make([]T, n)
	for i := range x {
		x[i] = Number[T](rng)
	}
	return x
}

// Number draws a random number: small ones, those at the ends of the type's range,
// NaN, infinities, -0 and denormals among them.
func Number[T residency.Element](rng *rand.Rand) (v T) {
	switch p := any(&v).(type) {
	case *float32:
		*p = float[float32](rng, 1e-42, math.MaxFloat32)
	case *float64:
		*p = float[float64](rng, 1e-310, math.MaxFloat64)
	case *int32:
		*p = integer[int32](rng)
	case *uint32:
		*p = integer[uint32](rng)
	case *int64:
		*p = integer[int64](rng)
	case *uint64:
		*p = integer[uint64](rng)
	}
	return v
}

func float[T float32 | float64](rng *rand.Rand, denormal, huge T) T {
	if rng.IntN(8) == 0 {
		special := []T{
			0, T(math.Copysign(0, -1)), 1, -1, 0.5, T(math.Inf(1)), T(math.Inf(-1)), T(math.NaN()),
			denormal, -denormal, huge, -huge,
		}
		return special[rng.IntN(len(special))]
	}
	return T((2*rng.Float64() - 1) * math.Ldexp(1, rng.IntN(40)-20))
}

func integer[T int32 | uint32 | int64 | uint64](rng *rand.Rand) T {
	special := []int64{0, 1, -1, 2, 31, 32, 33, 63, 64, math.MinInt32, math.MaxInt32, math.MinInt64, math.MaxInt64}
	switch rng.IntN(4) {
	case 0:
		return T(special[rng.IntN(len(special))])
	case 1:
		return T(rng.IntN(200) - 100)
	}
	return T(rng.Uint64())
}

// Same is nil if got and want are alike bit by bit; all NaN are.
func Same[T residency.Element](name string, got, want []T) error {
	for i := range want {
		if g, w := got[i], want[i]; !alike(g, w) {
			return fmt.Errorf("%s[%d] is %v, want %v", name, i, g, w)
		}
	}
	return nil
}

func alike[T residency.Element](g, w T) bool {
	switch {
	case g != g || w != w:
		return g != g && w != w
	case g != w:
		return false
	}
	return math.Signbit(float64(g)) == math.Signbit(float64(w))
}

// Shape is a matrix of about n elements.
func Shape(rng *rand.Rand, n int) (rows, cols int) {
	cols = 1 + rng.IntN(1+min(n, 700))
	return n / cols, cols
}

// Ragged is a length for which the last of groups of size elements, of n in all, may
// be incomplete.
func Ragged(rng *rand.Rand, n, size int) int { return max(0, n-rng.IntN(size)) }
