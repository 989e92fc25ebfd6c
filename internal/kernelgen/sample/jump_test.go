package sample

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tandem-go/tandem/internal/kernelgen/differential"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// TestJumps compares kernels with breaks and continues of outer statements, and with
// clauses that fall through, with their functions.
func TestJumps(t *testing.T) {
	differential.Each(t, func(t *testing.T, r *kerneltest.Runner) { kerneltest.Try(t, r, jumps()...) })
}

// few has small numbers, of which some are alike.
func few(rng *rand.Rand, n, below int) []int32 {
	x := make([]int32, n)
	for i := range x {
		x[i] = int32(rng.IntN(below))
	}
	return x
}

func jumps() []kerneltest.Case {
	return []kerneltest.Case{
		differential.Draw("primes", func(_ *rand.Rand, n int) kerneltest.Trial {
			counts := make([]int32, n)
			return differential.Trial(Primes(counts), counts, primes)
		}),
		differential.Draw("sought", func(rng *rand.Rand, n int) kerneltest.Trial {
			rows, cols := differential.Shape(rng, n)
			cols = min(cols, 150) // 22,500 turns: drivers cut at 32,767
			a, at := few(rng, rows*cols, 2+cols*cols/2), make([]int32, 2*rows)
			return differential.Trial(Sought(cols, a, at), at, func(i int, at []int32) { sought(i, cols, a, at) })
		}),
		differential.Draw("maze", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, y := differential.Array[uint32](rng, n), make([]uint32, n)
			for i := range x {
				x[i] += uint32(rng.IntN(1 << 20))
			}
			return differential.Trial(Maze(x, y), y, func(i int, y []uint32) { maze(i, x, y) })
		}),
		differential.Draw("nowhere", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, y := few(rng, n, 1<<16), make([]int32, n)
			return differential.Trial(Nowhere(x, y), y, func(i int, y []int32) { nowhere(i, x, y) })
		}),
		differential.Draw("endless", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, y := few(rng, n, 1<<16), make([]int32, n)
			return differential.Trial(Endless(x, y), y, func(i int, y []int32) { endless(i, x, y) })
		}),
		differential.Draw("closest", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, y := make([]float32, n), make([]int32, n)
			for i := range x {
				x[i] = rng.Float32() * 4
			}
			wanted, reach := [4]float32{rng.Float32(), rng.Float32(), 1, 2 * rng.Float32()}, rng.Float32()/4
			return differential.Trial(Closest(wanted, reach, x, y), y, func(i int, y []int32) { closest(i, wanted, reach, x, y) })
		}),
		differential.Draw("skipping", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, y := few(rng, n, 1<<12), make([]int32, n)
			return differential.Trial(Skipping(x, y), y, func(i int, y []int32) { skipping(i, x, y) })
		}),
		differential.Draw("falls", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, y := few(rng, n, 1<<12), make([]int32, n)
			return differential.Trial(Falls(x, y), y, func(i int, y []int32) { falls(i, x, y) })
		}),
		differential.Draw("named", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, y, limit := few(rng, 4*n, 100), make([]int32, n), 1+rng.Int32N(50)
			return differential.Trial(Named(limit, x, y), y, func(i int, y []int32) { named(i, limit, x, y) })
		}),
		draw("longest", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, result := few(rng, 4*n, 100), int32(0)
			return exactly(Longest(&result, x), &result, func() int32 {
				return folded(n, func(i int) int32 { return longest(i, x) }, func(a, b int32) int32 { return max(a, b) })
			})
		}),
		draw("crossings", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, result := few(rng, 4*n, 100), int32(0)
			for i := range x {
				x[i] -= 10
			}
			return exactly(Crossings(&result, x), &result, func() int32 {
				return folded(n, func(i int) int32 { return crossings(i, x) }, func(a, b int32) int32 { return a + b })
			})
		}),
		drawGroups("rounds", 1<<13, func(rng *rand.Rand, n int) kerneltest.Trial {
			count, limit := n/64, rng.IntN(12)-2
			x, y := few(rng, 64*count, 1<<16), make([]int32, 64*count)
			want := slices.Clone(y)
			return differential.Reference(Rounds(count, limit, x, y), func() {
				kernels.EachGroup(count, 64, func(g kernels.Group) { rounds(g, limit, x, want) })
			}, differential.Expect("y", y, want))
		}),
		drawGroups("parted", 1<<13, func(rng *rand.Rand, n int) kerneltest.Trial {
			count := n / 64
			x, y := few(rng, 64*count, 1<<8), make([]int32, 64*count)
			want := slices.Clone(y)
			return differential.Reference(Parted(count, x, y), func() {
				kernels.EachGroup(count, 64, func(g kernels.Group) { parted(g, x, want) })
			}, differential.Expect("y", y, want))
		}),
	}
}
