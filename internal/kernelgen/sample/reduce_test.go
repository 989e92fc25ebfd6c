package sample

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tandem-go/tandem/internal/kernelgen/differential"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// TestReductions compares each reduction, on the host and on every device here, with
// the values of its function, joined one after the other.
func TestReductions(t *testing.T) {
	differential.Each(t, func(t *testing.T, r *kerneltest.Runner) { kerneltest.Try(t, r, reductions()...) })
}

// exactly makes a trial of a reduction whose result does not depend on the order.
func exactly[T comparable](l kernels.Launch, result *T, want func() T) kerneltest.Trial {
	return kerneltest.Trial{Launch: l, Verify: func() error {
		if w := want(); *result != w && (*result == *result || w == w) {
			return fmt.Errorf("the result is %v, want %v", *result, w)
		}
		return nil
	}}
}

// draw makes a case of at least one index.
func draw(name string, trial func(rng *rand.Rand, n int) kerneltest.Trial) kerneltest.Case {
	return differential.Draw(name, func(rng *rand.Rand, n int) kerneltest.Trial { return trial(rng, max(1, n)) })
}

// folded joins the values of n indices.
func folded[T any](n int, value func(i int) T, join func(a, b T) T) T {
	sum := value(0)
	for i := 1; i < n; i++ {
		sum = join(sum, value(i))
	}
	return sum
}

// within makes a trial of a sum of rounded terms: n additions err by n units in the
// last place of the sum of the magnitudes at most.
func within(l kernels.Launch, result *float64, n int, value func(i int) float64) kerneltest.Trial {
	return kerneltest.Trial{Launch: l, Verify: func() error {
		sum, size := 0.0, 0.0
		for i := range n {
			sum += value(i)
			size += math.Abs(value(i))
		}
		if bound := 2 * float64(n) * 0x1p-53 * size; math.Abs(*result-sum) > bound {
			return fmt.Errorf("the result is %v, want %v within %v", *result, sum, bound)
		}
		return nil
	}}
}

func tame(rng *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	return x
}

func reductions() []kerneltest.Case {
	return []kerneltest.Case{
		draw("energy", func(rng *rand.Rand, n int) kerneltest.Trial {
			result, scale, mass, speed := new(float64), rng.Float64(), tame(rng, n), tame(rng, n)
			return within(Energy(result, scale, mass, speed), result, n, func(i int) float64 { return energy(i, scale, mass, speed) })
		}),
		draw("coldest", func(rng *rand.Rand, n int) kerneltest.Trial {
			result, bound, x := new(float32), differential.Number[float32](rng), differential.Array[float32](rng, n)
			return exactly(Coldest(result, bound, x), result, func() float32 {
				return folded(n, func(i int) float32 { return coldest(i, bound, x) }, func(a, b float32) float32 { return min(a, b) })
			})
		}),
		draw("parity", func(rng *rand.Rand, n int) kerneltest.Trial {
			result, x := new(uint64), differential.Array[uint64](rng, n)
			return exactly(Parity(result, x), result, func() uint64 {
				return folded(n, func(i int) uint64 { return parity(i, x) }, func(a, b uint64) uint64 { return a ^ b })
			})
		}),
		draw("volumeOf", func(rng *rand.Rand, n int) kerneltest.Trial {
			result, x := new(int64), differential.Array[int64](rng, n)
			return exactly(VolumeOf(result, x), result, func() int64 {
				return folded(n, func(i int) int64 { return volumeOf(i, x) }, func(a, b int64) int64 { return a * b })
			})
		}),
		draw("inside", func(rng *rand.Rand, n int) kerneltest.Trial {
			result, width := new(int32), 1+rng.IntN(100)
			return exactly(Inside(result, n, width), result, func() int32 {
				return folded(n, func(i int) int32 { return inside(i, width) }, func(a, b int32) int32 { return a + b })
			})
		}),
		draw("highest", func(rng *rand.Rand, n int) kerneltest.Trial {
			result, index, x := new(float32), new(int), differential.Array[float32](rng, n)
			return exactly(Highest(result, index, x), index, func() int {
				h, at := summit(folded(n, func(i int) peak { return highest(i, x) }, higher))
				if h != *result {
					return -1
				}
				return at
			})
		}),
		draw("extentWidth", func(rng *rand.Rand, n int) kerneltest.Trial {
			result, x := new(float64), tame(rng, n)
			return exactly(ExtentWidth(result, x), result, func() float64 {
				return width64(folded(n, func(i int) extent[float64] { return extentWidth(i, x) }, united))
			})
		}),
		draw("spread", func(rng *rand.Rand, n int) kerneltest.Trial {
			result, limit, x := new(float64), differential.Number[int32](rng), make([]int32, n)
			for i := range x {
				x[i] = int32(rng.IntN(2001) - 1000) // so that all sums are exact
			}
			return exactly(Spread(result, limit, x), result, func() float64 {
				return deviation(folded(n, func(i int) moments { return spread(i, limit, x) }, add))
			})
		}),
	}
}

// TestNothingToReduce gives reductions no index: what has a value for that gives it.
func TestNothingToReduce(t *testing.T) {
	product, sum, least := int64(7), uint64(7), float32(7)
	none := []int64{}
	for _, l := range []kernels.Launch{VolumeOf(&product, none), Parity(&sum, []uint64{})} {
		if err := kerneltest.Inline().Run(&l, nil); err != nil {
			t.Fatal(err)
		}
	}
	if product != 1 || sum != 0 {
		t.Errorf("the product of nothing is %d, the exclusive or %d", product, sum)
	}
	if l := Coldest(&least, 0, []float32{}); l.Err() == nil {
		t.Error("the least of nothing was not refused")
	}
	if l := VolumeOf(nil, none); l.Err() == nil {
		t.Error("a result that is nil was not refused")
	}
}
