package kerneltest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"unsafe"

	"github.com/tandem-go/tandem/kernels"
)

// margin is how many elements stand on either side of an array of the host; no
// variant may write them.
const margin = 3

// array is an argument on the host.
type array[T kernels.Float] struct {
	all []T // with the margins
	x   []T
}

const sentinel = 12345

func newArray[T kernels.Float](n int) array[T] {
	all := make([]T, n+2*margin)
	for i := range all {
		all[i] = sentinel
	}
	return array[T]{all: all, x: all[margin : margin+n : margin+n]}
}

// intact checks the margins.
func (a array[T]) intact(name string) error {
	for i := range margin {
		if a.all[i] != sentinel || a.all[len(a.all)-1-i] != sentinel {
			return fmt.Errorf("%s was written beside its elements", name)
		}
	}
	return nil
}

// format is what is to know about a floating-point type.
type format struct {
	unit     float64 // half a unit in the last place of 1
	tiny     float64 // the smallest normal number
	huge     float64 // the largest number
	mantissa int     // bits, with the hidden one
	least    int     // exponent of the smallest denormal number
	top      int     // exponent of huge
}

func formatOf[T kernels.Float]() format {
	if single[T]() {
		return format{0x1p-24, 0x1p-126, math.MaxFloat32, 24, -149, 127}
	}
	return format{0x1p-53, 0x1p-1022, math.MaxFloat64, 53, -1074, 1023}
}

func single[T kernels.Float]() bool {
	var zero T
	return unsafe.Sizeof(zero) == 4
}

// Kinds of random numbers.
const (
	plain   = iota // between -1 and 1, most of them of magnitude 1
	wide           // of all magnitudes that a sum of products can bear
	tiny           // denormal, or nearly so
	extreme        // of all magnitudes of the type
	special        // with NaN, infinities, zeros and extremes among them
	kinds
)

// fill makes a full of random numbers of a kind.
func fill[T kernels.Float](rng *rand.Rand, x []T, kind int) {
	f := formatOf[T]()
	scaled := func(lo, hi int) T {
		return T(math.Ldexp(2*rng.Float64()-1, lo+rng.IntN(hi-lo+1)))
	}
	for i := range x {
		switch k := kind; {
		case k == special && rng.IntN(20) == 0:
			x[i] = one[T](rng)
		case k == special, k == plain:
			x[i] = T(2*rng.Float64() - 1)
		case k == wide:
			x[i] = scaled(-f.top/3, f.top/3)
		case k == tiny:
			x[i] = scaled(f.least-1, f.least+f.mantissa+5)
		default:
			x[i] = scaled(f.least, f.top+1)
		}
	}
}

// one draws a special number.
func one[T kernels.Float](rng *rand.Rand) T {
	f := formatOf[T]()
	all := []float64{
		0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN(),
		f.huge, -f.huge, f.tiny, -f.tiny, math.Ldexp(1, f.least), -math.Ldexp(1, f.least), f.unit, 2, 0.5,
	}
	return T(all[rng.IntN(len(all))])
}

// same reports whether two numbers are one, with its sign, or both NaN.
func same[T kernels.Float](a, b T) bool {
	return a == b && math.Signbit(float64(a)) == math.Signbit(float64(b)) || a != a && b != b
}
