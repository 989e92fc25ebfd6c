// Package operations knows the kernels of all packages of operations, for the tools
// that compile them ahead and for the tests of what they have compiled.
package operations

import (
	"slices"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/fft"
	"github.com/tandem-go/tandem/kernels/finance"
	"github.com/tandem-go/tandem/kernels/histogram"
	"github.com/tandem-go/tandem/kernels/kmeans"
	"github.com/tandem-go/tandem/kernels/montecarlo"
	"github.com/tandem-go/tandem/kernels/radix"
	"github.com/tandem-go/tandem/kernels/scan"
	"github.com/tandem-go/tandem/kernels/sparse"
)

// Kernels are all built-in kernels, those of package kernels first.
func Kernels() []*kernels.Kernel {
	return slices.Concat(
		kernels.Builtin(),
		fft.Builtin(),
		finance.Builtin(),
		histogram.Builtin(),
		kmeans.Builtin(),
		montecarlo.Builtin(),
		radix.Builtin(),
		scan.Builtin(),
		sparse.Builtin(),
	)
}
