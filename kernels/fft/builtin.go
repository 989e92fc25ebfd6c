package fft

import "github.com/tandem-go/tandem/kernels"

// Builtin is every kernel of this package, for tools that go through them all.
func Builtin() []*kernels.Kernel {
	return []*kernels.Kernel{
		quartersFloat32Kernel, halvesFloat32Kernel, reorderFloat32Kernel, modulateFloat32Kernel, multiplyFloat32Kernel, demodulateFloat32Kernel,
		quartersFloat64Kernel, halvesFloat64Kernel, reorderFloat64Kernel, modulateFloat64Kernel, multiplyFloat64Kernel, demodulateFloat64Kernel,
	}
}
