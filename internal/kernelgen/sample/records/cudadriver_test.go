//go:build cuda && linux && cgo

package records

import (
	"os"
	"testing"

	"github.com/tandem-go/tandem/internal/kernelgen/differential/translated"
)

// TestMain has the tests compare the CUDA C of all kernels too.
func TestMain(m *testing.M) { os.Exit(translated.Run(m, all())) }
