package sample

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tandem-go/tandem/internal/kernelgen/differential"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// TestCorners: what was compiled wrongly once is right on every device.
func TestCorners(t *testing.T) {
	differential.Each(t, func(t *testing.T, r *kerneltest.Runner) { kerneltest.Try(t, r, corners()...) })
}

// cornered makes a case of a kernel from one slice to another.
func cornered[T int32 | float32](name string, launch func(x, y []T) kernels.Launch, call func(i int, x, y []T)) kerneltest.Case {
	return differential.Draw(name, func(rng *rand.Rand, n int) kerneltest.Trial {
		x, y := differential.Array[T](rng, n), differential.Array[T](rng, n)
		return differential.Trial(launch(x, y), y, func(i int, y []T) { call(i, x, y) })
	})
}

func corners() []kerneltest.Case {
	return []kerneltest.Case{
		cornered("renewed", func(x, y []int32) kernels.Launch { return Renewed(x, y) }, renewed),
		cornered("stepped", func(x, y []int32) kernels.Launch { return Stepped(x, y) }, stepped),
		cornered("behind", func(x, y []int32) kernels.Launch { return Behind(x, y) }, behind),
		cornered("skipped", func(x, y []float32) kernels.Launch { return Skipped(x, y) }, skipped),
		cornered("meeting", func(x, y []float32) kernels.Launch { return Meeting(x, y) }, meeting),
		differential.Draw("constant", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, z := differential.Array[float32](rng, n), differential.Array[uint32](rng, n)
			y, w := make([]float32, n), make([]uint32, n)
			return differential.Trial2(Constant(x, z, y, w), y, w, func(i int, y []float32, w []uint32) { constant(i, x, z, y, w) })
		}),
		drawGroups("handing", 700, func(rng *rand.Rand, groups int) kerneltest.Trial {
			x, y := differential.Array[int32](rng, 64*groups), make([]int32, 64*groups)
			want := slices.Clone(y)
			return differential.Reference(Handing(groups, x, y), func() {
				kernels.EachGroup(groups, 64, func(g kernels.Group) { handing(g, x, want) })
			}, differential.Expect("y", y, want))
		}),
	}
}
