package sample

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tandem-go/tandem/internal/kernelgen/differential"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// TestSlicesInFunctions compares kernels that call functions with slices with the
// functions themselves.
func TestSlicesInFunctions(t *testing.T) {
	differential.Each(t, func(t *testing.T, r *kerneltest.Runner) { kerneltest.Try(t, r, slicing()...) })
}

func slicing() []kerneltest.Case {
	return []kerneltest.Case{
		flexCase("flex.float32", FlexFloat32[[]float32, []float32]),
		flexCase("flex.float64", FlexFloat64[[]float64, []float64]),
		differential.Draw("curvature", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, y := differential.Array[float64](rng, n), differential.Array[float64](rng, n)
			return differential.Trial(Curvature(x, y), y, func(i int, y []float64) { curvature(i, x, y) })
		}),
		differential.Draw("search", func(rng *rand.Rand, n int) kerneltest.Trial {
			sorted, values, spot := make([]uint32, rng.IntN(200)), make([]uint32, n), make([]int32, n)
			for i := range sorted {
				sorted[i] = rng.Uint32N(100)
			}
			slices.Sort(sorted)
			for i := range values {
				values[i] = rng.Uint32N(110)
			}
			return differential.Trial(Search(sorted, values, spot), spot, func(i int, spot []int32) { search(i, sorted, values, spot) })
		}),
		differential.Draw("centreRows", func(rng *rand.Rand, n int) kerneltest.Trial {
			rows, width := differential.Shape(rng, n)
			near, a, marks := rng.Float32(), differential.Array[float32](rng, rows*width), make([]int32, rows)
			return differential.Trial2(CentreRows(width, near, a, marks), a, marks, func(row int, a []float32, marks []int32) { centreRows(row, width, near, a, marks) })
		}),
		differential.Draw("shiftAll", func(rng *rand.Rand, n int) kerneltest.Trial {
			d, x, y := differential.Number[float32](rng), differential.Array[float32](rng, n), differential.Array[float32](rng, n)
			return differential.Trial2(ShiftAll(d, x, y), x, y, func(i int, x, y []float32) { shiftAll(i, d, x, y) })
		}),
		differential.Draw("countAll", func(rng *rand.Rand, n int) kerneltest.Trial {
			v, bins := differential.Array[uint32](rng, n), make([]uint32, 4*(1+rng.IntN(20)))
			coarse := make([]uint32, len(bins)/4)
			wantBins, wantCoarse := slices.Clone(bins), slices.Clone(coarse)
			return differential.Reference(CountAll(v, bins, coarse), func() {
				for i := range n {
					countAll(i, v, wantBins, wantCoarse)
				}
			}, differential.Expect("bins", bins, wantBins), differential.Expect("coarse", coarse, wantCoarse))
		}),
		draw("firsts", func(rng *rand.Rand, n int) kerneltest.Trial {
			var result int64
			bound, x := rng.Float64(), differential.Array[float64](rng, 4*n)
			return differential.Joined(Firsts(&result, bound, x), &result, func(i int) int64 { return firsts(i, bound, x) },
				func(a, b int64) int64 { return a + b }, func(v int64) int64 { return v })
		}),
		differential.Draw("groupMaxima", func(rng *rand.Rand, n int) kerneltest.Trial {
			groups := (n + 63) / 64
			x, maxima := differential.Array[float32](rng, n), make([]float32, groups)
			want := slices.Clone(maxima)
			return differential.Reference(GroupMaxima(groups, x, maxima), func() {
				kernels.EachGroup(groups, 64, func(g kernels.Group) { groupMaxima(g, x, want) })
			}, differential.Expect("maxima", maxima, want))
		}),
		draw("slopes", func(rng *rand.Rand, n int) kerneltest.Trial {
			from := signal{differential.Array[float32](rng, n), differential.Number[float32](rng)}
			to := sides{make([]float32, n), make([]float32, n)}
			return differential.Trial2(Slopes(from, to), to.up, to.down, func(i int, up, down []float32) { slopes(i, from, sides{up, down}) })
		}),
		draw("paths", func(rng *rand.Rand, n int) kerneltest.Trial {
			next, x, y := make([]int32, n), differential.Array[float64](rng, n), make([]float64, n)
			for i := range next {
				if next[i] = int32(rng.IntN(n)); rng.IntN(10) == 0 {
					next[i] = -1
				}
			}
			steps := rng.Int32N(100)
			return differential.Trial(Paths(steps, next, x, y), y, func(i int, y []float64) { paths(i, steps, next, x, y) })
		}),
	}
}

func flexCase[T number](name string, launch func(k T, x, y []T) kernels.Launch) kerneltest.Case {
	return differential.Draw(name, func(rng *rand.Rand, n int) kerneltest.Trial {
		k, x, y := differential.Number[T](rng), differential.Array[T](rng, n), make([]T, n)
		return differential.Trial(launch(k, x, y), y, func(i int, y []T) { flex(i, k, x, y) })
	})
}

// TestFootprintsOfFunctions: what a function with slices reads is known as if it stood in
// the kernel.
func TestFootprintsOfFunctions(t *testing.T) {
	x, y := make([]float64, 1000), make([]float64, 1000)
	l := Curvature(x, y)
	if got, want := l.Args()[0].Footprint, (kernels.Footprint{Per: 1, Width: 1, Halo: 1}); got != want {
		t.Errorf("curvature reads %+v, want %+v", got, want)
	}
}
