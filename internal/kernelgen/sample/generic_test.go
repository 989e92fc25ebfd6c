package sample

import (
	"math/rand/v2"
	"testing"

	"github.com/tandem-go/tandem/internal/kernelgen/differential"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// TestTypeParameters compares the instances of generic kernels with the functions.
func TestTypeParameters(t *testing.T) {
	differential.Each(t, func(t *testing.T, r *kerneltest.Runner) { kerneltest.Try(t, r, instances()...) })
}

func instances() []kerneltest.Case {
	return []kerneltest.Case{
		blendCase("blend.float32", BlendFloat32[[]float32, []float32, []float32]),
		blendCase("blend.float64", BlendFloat64[[]float64, []float64, []float64]),
		normsCase("norms.float32.int32", NormsFloat32Int32[[]float32, []float32, []float32, []int32]),
		normsCase("norms.float64.uint32", NormsFloat64Uint32[[]float64, []float64, []float64, []uint32]),
		clippedCase("clipped.float32", ClippedFloat32[[]float32, []float32]),
		clippedCase("clipped.float64", ClippedFloat64[[]float64, []float64]),
	}
}

func blendCase[T number](name string, launch func(t T, x, y, dst []T) kernels.Launch) kerneltest.Case {
	return differential.Draw(name, func(rng *rand.Rand, n int) kerneltest.Trial {
		t, x, y, dst := differential.Number[T](rng), differential.Array[T](rng, n), differential.Array[T](rng, n), make([]T, n)
		return differential.Trial(launch(t, x, y, dst), dst, func(i int, dst []T) { blend(i, t, x, y, dst) })
	})
}

func normsCase[T number, C interface{ int32 | uint32 }](name string, launch func(x, y, length []T, counts []C) kernels.Launch) kerneltest.Case {
	return differential.Draw(name, func(rng *rand.Rand, n int) kerneltest.Trial {
		x, y, length, counts := differential.Array[T](rng, n), differential.Array[T](rng, n), make([]T, n), differential.Array[C](rng, n)
		return differential.Trial2(launch(x, y, length, counts), length, counts, func(i int, length []T, counts []C) { norms(i, x, y, length, counts) })
	})
}

// TestNamesOfInstances: a kernel's name has its types.
func TestNamesOfInstances(t *testing.T) {
	l := BlendFloat64(1, []float64{1}, []float64{2}, []float64{0})
	if got := l.Kernel().Name; got != "sample.blend.float64" {
		t.Errorf("the kernel's name is %q", got)
	}
}

func clippedCase[T number](name string, launch func(within extent[T], x, dst []T) kernels.Launch) kerneltest.Case {
	return differential.Draw(name, func(rng *rand.Rand, n int) kerneltest.Trial {
		within := united(extent[T]{differential.Number[T](rng), 1}, extent[T]{0, differential.Number[T](rng)})
		x, dst := differential.Array[T](rng, n), make([]T, n)
		return differential.Trial(launch(within, x, dst), dst, func(i int, dst []T) { clipped(i, within, x, dst) })
	})
}
