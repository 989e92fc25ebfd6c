package kernels

import (
	"slices"
	"strings"
)

// Tandemgen first: the other one compiles this package.
//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen
//go:generate go run ./internal/ptx/generate internal/ptx/ptx.zip

// Builtin is every kernel of this package's operations, by name: for tools and
// tests that go through them all. The caller may change the slice.
func Builtin() []*Kernel {
	pairs := []pair{
		axpyKernels, scalKernels, fillKernels, swapKernels, rotKernels, gerKernels,
		addKernels, subKernels, mulKernels, divKernels, minKernels, maxKernels,
		copyKernels, absKernels, sqrtKernels, expKernels, logKernels, tanhKernels,
		sumsKernels, asumKernels, dotKernels, nrm2Kernels, maximumKernels, minimumKernels, amaxKernels,
		stencilKernels, convolveRowsKernels, convolveColsKernels, mandelbrotKernels, nbodyKernels,
	}
	pairs = append(pairs, symvKernels[:]...)
	for i := range 2 {
		pairs = append(pairs, gemvKernels[i][:]...)
		for j := range 2 {
			pairs = append(pairs, gemmKernels[i][j][:]...)
			pairs = append(pairs, gemmBatchKernels[i][j][:]...)
			pairs = append(pairs, gemmHalfKernels[i][j][:]...)
		}
	}
	var all []*Kernel
	for _, p := range pairs {
		all = append(all, p[0](), p[1]())
	}
	slices.SortFunc(all, func(a, b *Kernel) int { return strings.Compare(a.Name, b.Name) })
	return all
}
