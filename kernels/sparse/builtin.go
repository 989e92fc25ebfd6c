package sparse

import "github.com/tandem-go/tandem/kernels"

// Builtin is every kernel of this package, for tools that go through them all.
func Builtin() []*kernels.Kernel {
	return []*kernels.Kernel{mulVecFloat32Kernel, mulVecFloat64Kernel}
}
