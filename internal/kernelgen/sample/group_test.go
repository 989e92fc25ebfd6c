package sample

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tandem-go/tandem/internal/kernelgen/differential"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// TestGroups compares each kernel for work-groups, on the host and on every device
// here, with its function, run by a goroutine for each invocation.
func TestGroups(t *testing.T) {
	differential.Each(t, func(t *testing.T, r *kerneltest.Runner) { kerneltest.Try(t, r, groups()...) })
}

// drawGroups makes a case of at most that many invocations: a goroutine for each, and
// barriers between goroutines, are slow.
func drawGroups(name string, most int, trial func(rng *rand.Rand, n int) kerneltest.Trial) kerneltest.Case {
	return differential.Draw(name, func(rng *rand.Rand, n int) kerneltest.Trial { return trial(rng, min(n, most)) })
}

func groups() []kerneltest.Case {
	return []kerneltest.Case{
		drawGroups("treeSums", 1<<17, func(rng *rand.Rand, n int) kerneltest.Trial {
			count := (n + 255) / 256
			x, sums := differential.Array[float32](rng, n), make([]float32, count)
			want := slices.Clone(sums)
			return differential.Reference(TreeSums(count, x, sums), func() {
				kernels.EachGroup(count, 256, func(g kernels.Group) { treeSums(g, x, want) })
			}, differential.Expect("sums", sums, want))
		}),
		drawGroups("scan", 1<<17, func(rng *rand.Rand, n int) kerneltest.Trial {
			count := (n + 63) / 64
			x, y, blocks := differential.Array[int32](rng, n), make([]int32, n), make([]int32, count)
			wantY, wantBlocks := slices.Clone(y), slices.Clone(blocks)
			return differential.Reference(Scan(count, x, y, blocks), func() {
				kernels.EachGroup(count, 64, func(g kernels.Group) { scan(g, x, wantY, wantBlocks) })
			}, differential.Expect("y", y, wantY), differential.Expect("blocks", blocks, wantBlocks))
		}),
		drawGroups("normalise", 1<<17, func(rng *rand.Rand, n int) kerneltest.Trial {
			count := n / 128
			x, sums, skip := differential.Array[float64](rng, 128*count), differential.Array[float64](rng, 4*count), rng.IntN(5)
			wantX, wantSums := slices.Clone(x), slices.Clone(sums)
			return differential.Reference(Normalise(count, skip, x, sums), func() {
				kernels.EachGroup(count, 128, func(g kernels.Group) { normalise(g, skip, wantX, wantSums) })
			}, differential.Expect("x", x, wantX), differential.Expect("sums", sums, wantSums))
		}),
		drawGroups("oddEven", 1<<15, func(rng *rand.Rand, n int) kerneltest.Trial {
			count := n / 32
			keys, places := differential.Array[uint32](rng, 32*count), make([]int32, 32*count)
			wantKeys, wantPlaces := slices.Clone(keys), slices.Clone(places)
			return differential.Reference(OddEven(count, keys, places), func() {
				kernels.EachGroup(count, 32, func(g kernels.Group) { oddEven(g, wantKeys, wantPlaces) })
			}, differential.Expect("keys", keys, wantKeys), differential.Expect("places", places, wantPlaces))
		}),
		drawGroups("histogram", 1<<17, func(rng *rand.Rand, n int) kerneltest.Trial {
			per := 1 + rng.IntN(8)
			count := (n + 64*per - 1) / (64 * per)
			x, bins, least, marks := differential.Array[uint32](rng, n), differential.Array[uint32](rng, 16), differential.Array[uint32](rng, 16), make([]int32, 18)
			wantBins, wantLeast, wantMarks := slices.Clone(bins), slices.Clone(least), slices.Clone(marks)
			return differential.Reference(Histogram(count, per, x, bins, least, marks), func() {
				kernels.EachGroup(count, 64, func(g kernels.Group) { histogram(g, per, x, wantBins, wantLeast, wantMarks) })
			}, differential.Expect("bins", bins, wantBins), differential.Expect("least", least, wantLeast), differential.Expect("marks", marks, wantMarks))
		}),
		drawGroups("blockBins", 1<<17, func(rng *rand.Rand, n int) kerneltest.Trial {
			count := (n + 63) / 64
			x, bins := differential.Array[uint32](rng, n), differential.Array[uint32](rng, 16*count)
			want := slices.Clone(bins)
			return differential.Reference(BlockBins(count, x, bins), func() {
				kernels.EachGroup(count, 64, func(g kernels.Group) { blockBins(g, x, want) })
			}, differential.Expect("bins", bins, want))
		}),
		drawGroups("halves", 1<<15, func(rng *rand.Rand, n int) kerneltest.Trial {
			count := n / 32
			x, sums, differences := differential.Array[int32](rng, 32*count), differential.Array[int32](rng, 16*count), differential.Array[int32](rng, 15*count)
			wantSums, wantDifferences := slices.Clone(sums), slices.Clone(differences)
			return differential.Reference(Halves(count, x, sums, differences), func() {
				kernels.EachGroup(count, 32, func(g kernels.Group) { halves(g, x, wantSums, wantDifferences) })
			}, differential.Expect("sums", sums, wantSums), differential.Expect("differences", differences, wantDifferences))
		}),
		differential.Draw("extremes", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, of := differential.Array[int32](rng, n), differential.Array[int32](rng, 5)
			want := slices.Clone(of)
			return differential.Reference(Extremes(x, of), func() {
				for i := range n {
					extremes(i, x, want)
				}
			}, differential.Expect("of", of, want))
		}),
		differential.Draw("place", func(rng *rand.Rand, n int) kerneltest.Trial {
			to, x, y := make([]uint32, n), differential.Array[float32](rng, n), make([]float32, n)
			for i, at := range rng.Perm(n) {
				to[i] = uint32(at)
			}
			want := slices.Clone(y)
			return differential.Reference(Place(to, x, y), func() {
				for i := range n {
					place(i, to, x, want)
				}
			}, differential.Expect("y", y, want))
		}),
	}
}
