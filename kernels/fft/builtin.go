package fft

import "github.com/tandem-go/tandem/kernels"

// Builtin is every kernel of this package, for tools that go through them all.
func Builtin() []*kernels.Kernel {
	return []*kernels.Kernel{
		quartersKernel, halvesKernel, reorderKernel, modulateKernel, multiplyKernel, demodulateKernel,
		quarters64Kernel, halves64Kernel, reorder64Kernel, modulate64Kernel, multiply64Kernel, demodulate64Kernel,
	}
}
