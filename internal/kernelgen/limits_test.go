package kernelgen

import (
	"testing"

	"github.com/tandem-go/tandem/kernels"
)

// TestLimits: the compiler has the limits of launches in a copy.
func TestLimits(t *testing.T) {
	if maxParams != kernels.MaxParams || maxScalars != kernels.MaxScalars {
		t.Errorf("%d arrays and %d scalars, launches take %d and %d", maxParams, maxScalars, kernels.MaxParams, kernels.MaxScalars)
	}
}
