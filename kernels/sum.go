package kernels

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// total is a sum, and apart from it what its rounded additions lost: see compensated.
type total[T Float] struct{ hi, lo T }

//tandem:device
func addTotals[T Float](a, b total[T]) total[T] {
	s := a.hi + b.hi
	c := s - a.hi
	return total[T]{s, (a.lo + b.lo) + ((a.hi - (s - c)) + (b.hi - c))}
}

//tandem:kernel _
//tandem:reduce addTotals
func summed[T Float](i int, x []T) total[T] { return total[T]{x[i], 0} }

//tandem:kernel _
//tandem:reduce addTotals
func absSummed[T Float](i int, x []T) total[T] { return total[T]{T(math.Abs(float64(x[i]))), 0} }

//tandem:kernel _
//tandem:reduce addTotals
func dotted[T Float](i int, x, y []T) total[T] { return total[T]{x[i] * y[i], 0} }

// wideTotal adds in float64.
//
//tandem:kernel _
//tandem:reduce sum
func wideTotal(i int, x []float32) float64 { return float64(x[i]) }

// Their Go variants are others. On the host the loop by hand takes 0.94 to 0.97 of the
// generated one's time for Asum of float32; gonum's assembly takes 0.30 to 0.43 for Dot of
// float32, and of float64 0.06 to 0.10 for Sum, 0.51 to 0.55 for Asum and 0.13 to 0.41 for
// Dot (BenchmarkGenerated).
var (
	sumsKernels = sumKernels("sum", []string{"x"}, "u", [...]Kernel{summedFloat32Kernel, summedFloat64Kernel},
		func(c *Call) compensated {
			wideTotalRange(c)
			return compensated{hi: c.Partial[0]}
		},
		func(c *Call) compensated {
			x := Slice[float64](c, 0)
			return sumBlocks(len(x), func(lo, hi int) float64 { return floats.Sum(x[lo:hi]) })
		})
	asumKernels = sumKernels("asum", []string{"x"}, "MATH(fabs)(u)", [...]Kernel{absSummedFloat32Kernel, absSummedFloat64Kernel},
		func(c *Call) compensated { return compensated{hi: wideAbsSum(Slice[float32](c, 0))} },
		func(c *Call) compensated {
			x := Slice[float64](c, 0)
			return sumBlocks(len(x), func(lo, hi int) float64 { return host.Dasum(hi-lo, x[lo:hi], 1) })
		})
	dotKernels = sumKernels("dot", []string{"x", "y"}, "u * v", [...]Kernel{dottedFloat32Kernel, dottedFloat64Kernel},
		func(c *Call) compensated {
			x, y := Slice[float32](c, 0), Slice[float32](c, 1)
			return compensated{hi: host.Dsdot(len(x), x, 1, y, 1)}
		},
		func(c *Call) compensated {
			x, y := Slice[float64](c, 0), Slice[float64](c, 1)
			return sumBlocks(len(x), func(lo, hi int) float64 { return host.Ddot(hi-lo, x[lo:hi], 1, y[lo:hi], 1) })
		})
)

// wideAbsSum adds magnitudes in float64, in four sums that a processor works on at a
// time. gonum's Sasum adds in float32, one after the other: of a million numbers, it
// may lose all but one digit.
func wideAbsSum(x []float32) float64 {
	var a, b, c, d float64
	for ; len(x) >= 4; x = x[4:] {
		a += float64(abs32(x[0]))
		b += float64(abs32(x[1]))
		c += float64(abs32(x[2]))
		d += float64(abs32(x[3]))
	}
	for _, v := range x {
		a += float64(abs32(v))
	}
	return (a + b) + (c + d)
}

// abs32 is math.Abs; the way through float64 and back would take longer.
func abs32(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

// Sum is *result = x[0] + x[1] + ...; the sum of nothing is 0. The result is
// stored when the launch has ended.
//
// With S the sum of the magnitudes, the error is at most u*(|sum| + S) for
// float32, on all devices: the CPU adds in float64, the others compensate. This
// holds for parts of up to 2^28 elements; on the CPU the bound grows in
// proportion to the elements beyond, elsewhere with their square. For float64
// it is the same there, and u*(|sum| + 512*S) on the CPU, where gonum adds
// blocks of 512. A sum in between that is beyond the type's range is an infinity.
func Sum[T Float, X Vector[T]](result *T, x X) Launch {
	return sumOf(sumsKernels, result, Of[T](x), 1)
}

// Asum is *result = |x[0]| + |x[1]| + ..., with the error of [Sum].
func Asum[T Float, X Vector[T]](result *T, x X) Launch {
	return sumOf(asumKernels, result, Of[T](x), 2)
}

// Dot is *result = x[0]*y[0] + x[1]*y[1] + ..., for x and y of one length. The
// error is that of [Sum] for the products, and in float64 and on devices another
// u*S from their rounding, and the smallest normal number for each product that
// is below it.
func Dot[T Float, X, Y Vector[T]](result *T, x X, y Y) Launch {
	a, b := Of[T](x), Of[T](y)
	l := newReduction(dotKernels, result, a)
	l.AddArg(a, Elementwise)
	l.AddArg(b, Elementwise)
	l.wantLen("y", b, a.n)
	l.SetCost(Cost{Flops: 2, Bytes: 2 * float64(a.typ.Size())})
	return l
}

func sumOf[T Float](k pair, result *T, x Operand, flops float64) Launch {
	l := newReduction(k, result, x)
	l.AddArg(x, Elementwise)
	l.SetCost(Cost{Flops: flops, Bytes: float64(x.typ.Size())})
	return l
}
