package expr

import (
	"math"

	"github.com/tandem-go/tandem/kernels"
)

// compensated is a sum and what its rounded additions lost, as package kernels
// keeps it (Knuth, The Art of Computer Programming, volume 2, 4.2.2, theorem B).
type compensated struct{ hi, lo float64 }

func (c *compensated) add(v float64) {
	s := c.hi + v
	b := s - c.hi
	c.lo += (c.hi - (s - b)) + (v - b)
	c.hi = s
}

// value is the sum. An infinity or NaN makes lo a NaN; hi alone is right then.
func (c *compensated) value() float64 {
	if math.IsInf(c.hi, 0) || math.IsNaN(c.hi) {
		return c.hi
	}
	return c.hi + c.lo
}

// addScaled adds two sums 4^p[2] * (p[0] + p[1]), as [kernels.Nrm2] does.
func addScaled(a, b kernels.Partial) kernels.Partial {
	if a[2] != b[2] {
		if b[0] == 0 {
			return a
		}
		if a[0] == 0 {
			return b
		}
	}
	scale := max(a[2], b[2])
	for _, p := range []*kernels.Partial{&a, &b} {
		if down := 2 * int(p[2]-scale); down != 0 {
			p[0], p[1] = math.Ldexp(p[0], down), math.Ldexp(p[1], down)
		}
	}
	sum := compensated{a[0], a[1]}
	sum.add(b[0])
	sum.lo += b[1]
	return kernels.Partial{sum.hi, sum.lo, scale}
}

// Sums of squares of a block between these need no scaling: what vanishes below is
// less than the last place of the block's, and 2^64 blocks can be added.
const (
	leastSquares    = 0x1p-900
	greatestSquares = 0x1p+900
)

// addSquares adds the squares of x, whose sum as it comes out without scaling is s.
func (a *accumulator) addSquares(x []float64, s float64) {
	scale := 0
	if !(s >= leastSquares && s <= greatestSquares || math.IsNaN(s)) {
		s, scale = scaledSquares(x)
	}
	p := addScaled(kernels.Partial{a.sum.hi, a.sum.lo, float64(a.scale)}, kernels.Partial{s, 0, float64(scale)})
	a.sum, a.scale = compensated{p[0], p[1]}, int(p[2])
}

// scaledSquares is the sum of squares of a block of which the greatest is too
// great or too little to be squared, over 4^scale.
func scaledSquares(x []float64) (sum float64, scale int) {
	var greatest float64
	for _, v := range x {
		greatest = max(greatest, math.Abs(v))
	}
	if greatest == 0 || math.IsInf(greatest, 1) {
		return greatest, 0
	}
	_, scale = math.Frexp(greatest)
	for _, v := range x {
		v = math.Ldexp(v, -scale)
		sum += v * v
	}
	return sum, scale
}
