//go:build !asan

// Under the address sanitizer the compiler lets values escape that it otherwise
// keeps on the stack, so allocations are counted without it.

package kernels_test

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/residency"
)

// TestLaunchesAllocateNothing is what makes small launches cheap.
func TestLaunchesAllocateNothing(t *testing.T) {
	x, y, b := make([]float64, 64), make([]float64, 64), residency.New[float64](64)
	var result float64
	var index int
	rng := rand.New(rand.NewPCG(1, 2))
	for name, make := range map[string]func() kernels.Launch{
		"axpy":    func() kernels.Launch { return kernels.Axpy(rng.Float64(), x, y) },
		"buffer":  func() kernels.Launch { return kernels.Axpy(rng.Float64(), b, y) },
		"exp":     func() kernels.Launch { return kernels.Exp(y, x) },
		"dot":     func() kernels.Launch { return kernels.Dot(&result, x, y) },
		"nrm2":    func() kernels.Launch { return kernels.Nrm2(&result, x) },
		"maximum": func() kernels.Launch { return kernels.Maximum(&result, &index, x) },
	} {
		allocs := testing.AllocsPerRun(100, func() {
			l := make()
			if l.Err() != nil {
				panic(l.Err())
			}
			p := l.Run(0, l.N())
			if red := l.Kernel().Reduction; red != nil {
				value, index := l.Result()
				red.Finish(value, index, p)
			}
		})
		if allocs != 0 {
			t.Errorf("%s: %v allocations", name, allocs)
		}
	}
}

func TestElementwiseAllocatesNothing(t *testing.T) {
	x, y, z := make([]float32, 64), make([]float32, 64), make([]float32, 64)
	if n := testing.AllocsPerRun(100, func() {
		l := kernels.Add(z, x, y)
		l.Run(0, l.N())
		l = kernels.Saxpy(2, x, y)
		l.Run(0, l.N())
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestGemmAllocatesNothing(t *testing.T) {
	a, b, c := make([]float32, 16), make([]float32, 16), make([]float32, 16)
	run := func() {
		l := kernels.Gemm(blas.NoTrans, blas.NoTrans, 1, kernels.Dense(4, 4, 4, a), kernels.Dense(4, 4, 4, b), 0, kernels.Dense(4, 4, 4, c))
		if l.Err() == nil {
			l.Run(0, 4)
		}
	}
	if n := testing.AllocsPerRun(100, run); n != 0 {
		t.Errorf("%v allocations for a small product, want none", n)
	}
}
