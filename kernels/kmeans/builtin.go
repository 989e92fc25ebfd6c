package kmeans

import "github.com/tandem-go/tandem/kernels"

// Builtin is every kernel of this package, for tools that go through them all.
func Builtin() []*kernels.Kernel {
	return []*kernels.Kernel{assignFloat32Kernel, assignFloat64Kernel}
}
