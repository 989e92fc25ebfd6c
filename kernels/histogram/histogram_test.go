package histogram

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/internal/kernelgen/differential"
	"github.com/tandem-go/tandem/internal/machines"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// random has numbers in, around and far out of [-1, 1], and what is none.
func random[T kernels.Float](rng *rand.Rand, n int) []T {
	x := make([]T, n)
	special := []T{-1, 1, 0, T(math.NaN()), T(math.Inf(1)), T(math.Inf(-1)), T(math.Copysign(0, -1)), 1e30, -1e30, 0.5}
	for i := range x {
		if rng.IntN(50) == 0 {
			x[i] = special[rng.IntN(len(special))]
		} else {
			x[i] = T(rng.NormFloat64() / 2)
		}
	}
	return x
}

// check compares the number of elements below each edge with a sorted slice's: those
// within rounding of the edge may be on either side.
func check[T kernels.Float](counts []int, x []T, lo, hi T) error {
	inside := make([]float64, 0, len(x))
	for _, v := range x {
		if v >= lo && v <= hi {
			inside = append(inside, float64(v))
		}
	}
	slices.Sort(inside)
	unit := 0x1p-53
	if v := T(1) + 0x1p-30; v == 1 {
		unit = 0x1p-24
	}
	width := float64(hi) - float64(lo)
	sum := 0
	for k, c := range counts {
		sum += c
		edge := float64(lo) + width*float64(k+1)/float64(len(counts))
		least, _ := slices.BinarySearch(inside, edge-8*unit*width)
		most, _ := slices.BinarySearch(inside, edge+8*unit*width)
		if k == len(counts)-1 {
			least, most = len(inside), len(inside)
		}
		if c < 0 || sum < least || sum > most {
			return fmt.Errorf("%d elements in the first %d of %d bins, want %d to %d", sum, k+1, len(counts), least, most)
		}
	}
	return nil
}

func try[T kernels.Float](t *testing.T, s *hybrid.Scheduler, seed uint64, opts []hybrid.LaunchOption) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 0))
	for _, n := range []int{0, 1, 100, elements - 1, elements, elements + 1, 3*elements + 77, 100_003} {
		x := random[T](rng, n)
		for _, bins := range []int{1, 7, group, group + 1, maxRows * group, maxRows*group + 1, 5000} {
			lo, hi := T(-1), T(1)
			if rng.IntN(2) == 0 {
				lo, hi = T(rng.NormFloat64()-2), T(rng.NormFloat64()+2)
			}
			if !(lo < hi) {
				lo, hi = -1, 1
			}
			want := make([]int, bins)
			count(newBins(bins, lo, hi), want, x)
			if err := check(want, x, lo, hi); err != nil {
				t.Fatal(err)
			}
			counts := make([]int, bins)
			for range 4 { // so that each way is taken
				counts[rng.IntN(bins)] = 99
				if err := Uniform(t.Context(), s, counts, x, lo, hi, opts...); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(counts, want) {
					t.Fatalf("%d elements in %d bins from %v to %v: counts differ from the loop's", n, bins, lo, hi)
				}
			}
			// The workers' way, whether or not it is chosen.
			clear(counts)
			each := func(n int, body func(lo, hi int)) error { return s.For(t.Context(), n, body) }
			if err := onWorkers(each, newBins(bins, lo, hi), counts, x); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(counts, want) {
				t.Fatalf("%d elements in %d bins: the workers' counts differ from the loop's", n, bins)
			}
		}
	}
}

func TestUniform(t *testing.T) {
	seed := kerneltest.Seed(t)
	machines.Each(t, func(t *testing.T, s *hybrid.Scheduler, opts ...hybrid.LaunchOption) {
		t.Run("float32", func(t *testing.T) { try[float32](t, s, seed, opts) })
		t.Run("float64", func(t *testing.T) { try[float64](t, s, seed, opts) })
	})
}

// TestEdges: with edges that are whole numbers each bin has its lower one, and the
// last one both.
func TestEdges(t *testing.T) {
	s := machines.Open(t, hybrid.WithDevices("cpu"))
	counts := make([]int, 4)
	x := []float64{0, 1, 2, 3, 4, math.Nextafter(0, -1), math.Nextafter(4, 5), math.Nextafter(1, 0), math.NaN(), math.Inf(1)}
	if err := Uniform(t.Context(), s, counts, x, 0, 4); err != nil || !slices.Equal(counts, []int{2, 1, 1, 2}) {
		t.Errorf("%v, %v", counts, err)
	}
}

// TestKernels compares both kernels with their functions on every device.
func TestKernels(t *testing.T) {
	differential.Each(t, func(t *testing.T, r *kerneltest.Runner) {
		kerneltest.Try(t, r,
			differential.Draw("tables", func(rng *rand.Rand, n int) kerneltest.Trial {
				n *= 10
				x, b := random[float32](rng, n), newBins[float32](1+rng.IntN(maxRows*group), -1, 1)
				groups, rows := (n+elements-1)/elements, rowsFor(b.n)
				got := make([]uint32, groups*rows*group)
				want := make([]uint32, len(got))
				return differential.Reference(newTables(b, x, got), func() {
					kernels.EachGroup(groups, group, func(g kernels.Group) {
						tables(g, rows, int32(b.n), b.lo, b.hi, b.scale, x, want)
					})
				}, differential.Expect("counts", got, want))
			}),
			differential.Draw("one", func(rng *rand.Rand, n int) kerneltest.Trial {
				x, b := random[float64](rng, n), newBins[float64](1+rng.IntN(5000), -1, 1)
				got := make([]uint32, b.n)
				want := make([]uint32, b.n)
				return differential.Reference(newOne(b, x, kernels.Of[uint32](got)), func() {
					for i := range n {
						one(i, int32(b.n), b.lo, b.hi, b.scale, x, want)
					}
				}, differential.Expect("counts", got, want))
			}),
		)
	})
}

func TestMistakes(t *testing.T) {
	s := machines.Open(t, hybrid.WithDevices("cpu"))
	x, inf, nan := make([]float32, 10), float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct {
		bins   int
		lo, hi float32
		arg    string
	}{
		{0, 0, 1, "counts"},
		{MaxBins + 1, 0, 1, "counts"},
		{10, 1, 1, "hi"},
		{10, 2, 1, "hi"},
		{10, nan, 1, "hi"},
		{10, 0, nan, "hi"},
		{10, 0, inf, "hi"},
		{10, -inf, 0, "hi"},
		{10, -math.MaxFloat32, math.MaxFloat32, "hi"},
		{10, 0, 1e-45, "hi"},
	} {
		err := Uniform(t.Context(), s, make([]int, c.bins), x, c.lo, c.hi)
		var mistake *kernels.ArgumentError
		if !errors.As(err, &mistake) || mistake.Arg != c.arg || !errors.Is(err, kernels.ErrShape) {
			t.Errorf("%d bins from %v to %v: %v", c.bins, c.lo, c.hi, err)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	if err := Uniform(ctx, s, make([]int, 3), x, 0, 1); !errors.Is(err, why) {
		t.Errorf("an ended context gives %v", err)
	}
}

func BenchmarkUniform(b *testing.B) {
	s := machines.Open(b, hybrid.WithDevices("cpu"))
	for _, n := range []int{64, 1024, 1 << 14, 1 << 16, 1 << 20, 1 << 22} {
		x := random[float64](rand.New(rand.NewPCG(1, 2)), n)
		for _, bins := range []int{100, 10_000} {
			counts := make([]int, bins)
			b.Run(fmt.Sprintf("n=%d/bins=%d/by=tandem", n, bins), func(b *testing.B) {
				for b.Loop() {
					if err := Uniform(b.Context(), s, counts, x, -1, 1); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(fmt.Sprintf("n=%d/bins=%d/by=loop", n, bins), func(b *testing.B) {
				scale := float64(bins) / 2
				for b.Loop() {
					clear(counts)
					for _, v := range x {
						if v >= -1 && v <= 1 {
							counts[min(int((v+1)*scale), bins-1)]++
						}
					}
				}
			})
		}
	}
}
