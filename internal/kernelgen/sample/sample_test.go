package sample

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tandem-go/tandem/internal/kernelgen/differential"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// TestKernels compares each kernel, on the host and on every device here, with the
// function that it was made from.
func TestKernels(t *testing.T) {
	differential.Each(t, func(t *testing.T, r *kerneltest.Runner) { kerneltest.Try(t, r, cases()...) })
}

// all are the cases of every kernel of this package.
func all() []kerneltest.Case {
	return slices.Concat(cases(), instances(), methods(), slicing(), jumps(), groups(), reductions(), structures(), corners())
}

func cases() []kerneltest.Case {
	return []kerneltest.Case{
		differential.Draw("saxpy", func(rng *rand.Rand, n int) kerneltest.Trial {
			a, x, y := differential.Number[float32](rng), differential.Array[float32](rng, n), differential.Array[float32](rng, n)
			return differential.Trial(Saxpy(a, x, y), y, func(i int, y []float32) { saxpy(i, a, x, y) })
		}),
		differential.Draw("count", func(rng *rand.Rand, n int) kerneltest.Trial {
			from, y := rng.IntN(100), differential.Array[int32](rng, n)
			return differential.Trial(Count(from, y), y, func(i int, y []int32) { count(i, from, y) })
		}),
		differential.Draw("smooth", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, y := differential.Array[float64](rng, n), differential.Array[float64](rng, n)
			return differential.Trial(Smooth(x, y), y, func(i int, y []float64) { smooth(i, x, y) })
		}),
		differential.Draw("below", func(rng *rand.Rand, n int) kerneltest.Trial {
			y := differential.Array[float32](rng, n)
			return differential.Trial(Below(y), y, below)
		}),
		differential.Draw("signed", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, y := make([]float64, n), make([]float64, n)
			for i := range x {
				x[i] = rng.Float64()
			}
			return differential.Trial(Signed(x, y), y, func(i int, y []float64) { signed(i, x, y) })
		}),
		differential.Draw("heat", func(rng *rand.Rand, n int) kerneltest.Trial {
			rows, cols := differential.Shape(rng, n)
			k, src, dst := differential.Number[float32](rng), differential.Array[float32](rng, rows*cols), differential.Array[float32](rng, rows*cols)
			return differential.Trial(Heat(rows, cols, rows, cols, k, src, dst), dst, func(r int, dst []float32) {
				for c := range cols {
					heat(r, c, rows, cols, k, src, dst)
				}
			})
		}),
		differential.Draw("gray", func(rng *rand.Rand, n int) kerneltest.Trial {
			rgb, lum := differential.Array[float32](rng, 3*n), differential.Array[float32](rng, n)
			return differential.Trial(Gray(rgb, lum), lum, func(i int, lum []float32) { gray(i, rgb, lum) })
		}),
		differential.Draw("invert", func(rng *rand.Rand, n int) kerneltest.Trial {
			pixels := differential.Array[uint32](rng, 4*n)
			return differential.Trial(Invert(pixels), pixels, func(i int, pixels []uint32) { invert(i, pixels) })
		}),
		differential.Draw("rowSums", func(rng *rand.Rand, n int) kerneltest.Trial {
			rows, cols := differential.Shape(rng, n)
			a, sums := differential.Array[float64](rng, rows*cols), differential.Array[float64](rng, rows)
			return differential.Trial(RowSums(cols, a, sums), sums, func(i int, sums []float64) { rowSums(i, cols, a, sums) })
		}),
		differential.Draw("scaleRows", func(rng *rand.Rand, n int) kerneltest.Trial {
			rows, cols := differential.Shape(rng, n)
			by, a := differential.Array[float32](rng, rows), differential.Array[float32](rng, rows*cols)
			return differential.Trial(ScaleRows(cols, by, a), a, func(i int, a []float32) { scaleRows(i, cols, by, a) })
		}),
		differential.Draw("gather", func(rng *rand.Rand, n int) kerneltest.Trial {
			at, x, y := differential.Array[uint32](rng, n), differential.Array[int64](rng, 1+n/2), differential.Array[int64](rng, n)
			for i := range at {
				at[i] %= uint32(n)
			}
			return differential.Trial(Gather(at, x, y), y, func(i int, y []int64) { gather(i, at, x, y) })
		}),
		differential.Draw("bounce", func(rng *rand.Rand, n int) kerneltest.Trial {
			normal := vec{differential.Number[float32](rng), differential.Number[float32](rng), differential.Number[float32](rng)}
			mask := [2]bool{rng.IntN(2) == 0, rng.IntN(2) == 0}
			x, y, z, out := differential.Array[float32](rng, n), differential.Array[float32](rng, n), differential.Array[float32](rng, n), differential.Array[float32](rng, 3*n)
			return differential.Trial(Bounce(normal, mask, x, y, z, out), out, func(i int, out []float32) { bounce(i, normal, mask, x, y, z, out) })
		}),
		differential.Draw("collatz", func(rng *rand.Rand, n int) kerneltest.Trial {
			limit, steps := rng.IntN(200), make([]int32, n)
			return differential.Trial(Collatz(limit, steps), steps, func(i int, steps []int32) { collatz(i, limit, steps) })
		}),
		differential.Draw("integers", func(rng *rand.Rand, n int) kerneltest.Trial {
			a, b, shift, out := differential.Array[int32](rng, n), differential.Array[int32](rng, n), differential.Array[uint32](rng, n), make([]int32, 8*n)
			return differential.Trial(Integers(a, b, shift, out), out, func(i int, out []int32) { integers(i, a, b, shift, out) })
		}),
		differential.Draw("longs", func(rng *rand.Rand, n int) kerneltest.Trial {
			a, b, shift, out := differential.Array[int64](rng, n), differential.Array[int64](rng, n), differential.Array[uint32](rng, n), make([]int64, 8*n)
			return differential.Trial(Longs(a, b, shift, out), out, func(i int, out []int64) { longs(i, a, b, shift, out) })
		}),
		differential.Draw("widened", func(rng *rand.Rand, n int) kerneltest.Trial {
			a, b, out := differential.Array[int32](rng, n), differential.Array[uint32](rng, n), make([]uint32, n)
			return differential.Trial(Widened(a, b, out), out, func(i int, out []uint32) { widened(i, a, b, out) })
		}),
		differential.Draw("clamped", func(rng *rand.Rand, n int) kerneltest.Trial {
			a, b, out := differential.Array[int64](rng, n), differential.Array[uint64](rng, n), make([]int64, 2*n)
			return differential.Trial(Clamped(a, b, out), out, func(i int, out []int64) { clamped(i, a, b, out) })
		}),
		differential.Draw("whole", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, out := differential.Array[uint32](rng, n), make([]float64, n)
			return differential.Trial(Whole(x, out), out, func(i int, out []float64) { whole(i, x, out) })
		}),
		differential.Draw("vanishing", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, ints, out := differential.Array[float64](rng, n), differential.Array[int64](rng, n), make([]float64, 4*n)
			return differential.Trial(Vanishing(x, ints, out), out, func(i int, out []float64) { vanishing(i, x, ints, out) })
		}),
		differential.Draw("floats", func(rng *rand.Rand, n int) kerneltest.Trial {
			a, b, out := differential.Array[float32](rng, n), differential.Array[float32](rng, n), make([]float32, 8*n)
			return differential.Trial(Floats(a, b, out), out, func(i int, out []float32) { floats(i, a, b, out) })
		}),
		differential.Draw("words", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, out, low := differential.Array[uint64](rng, n), make([]uint64, 4*n), make([]float32, n)
			return differential.Trial2(Words(x, out, low), out, low, func(i int, out []uint64, low []float32) { words(i, x, out, low) })
		}),
		differential.Draw("reserved", func(rng *rand.Rand, n int) kerneltest.Trial {
			half, input := differential.Number[int32](rng), differential.Number[int32](rng)
			in, sampler, output := differential.Array[int32](rng, n), differential.Array[int32](rng, n), make([]float32, n)
			return differential.Trial(Reserved(half, input, in, sampler, output), output, func(i int, output []float32) { reserved(i, half, input, in, sampler, output) })
		}),
		differential.Draw("hiding", func(rng *rand.Rand, n int) kerneltest.Trial {
			at := Spot{differential.Number[float32](rng), differential.Number[float32](rng)}
			l, m, result := differential.Number[float32](rng), differential.Number[float32](rng), differential.Number[float32](rng)
			spot, kernels := make([]float32, n), differential.Array[float32](rng, n)
			return differential.Trial(Hiding(at, l, m, result, spot, kernels), spot, func(i int, spot []float32) { hiding(i, at, l, m, result, spot, kernels) })
		}),
		differential.Draw("nought", func(rng *rand.Rand, n int) kerneltest.Trial {
			counts, out := differential.Array[uint32](rng, n), make([]float32, n)
			for i := 0; i < n; i += 2 {
				counts[i] = 0
			}
			return differential.Trial(Nought(counts, out), out, func(i int, out []float32) { nought(i, counts, out) })
		}),
		differential.Draw("volume", func(rng *rand.Rand, n int) kerneltest.Trial {
			nz, rest := differential.Shape(rng, n)
			ny, nx := differential.Shape(rng, rest)
			k, src, dst := differential.Number[float32](rng), differential.Array[float32](rng, nz*ny*nx), differential.Array[float32](rng, nz*ny*nx)
			return differential.Trial(Volume(nz, ny, nx, ny, nx, k, src, dst), dst, func(z int, dst []float32) {
				for y := range ny {
					for x := range nx {
						volume(z, y, x, ny, nx, k, src, dst)
					}
				}
			})
		}),
	}
}
