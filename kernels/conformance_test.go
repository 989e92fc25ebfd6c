package kernels_test

import (
	"testing"

	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// TestConformance holds the operations to their bounds on the calling goroutine
// and on every device of this machine.
func TestConformance(t *testing.T) {
	t.Run("inline", func(t *testing.T) { kerneltest.Try(t, kerneltest.Inline(), kerneltest.Cases()...) })
	for id, r := range runners(t) {
		if m, ok := r.(*machine); ok {
			t.Run(id, func(t *testing.T) { kerneltest.All(t, m.Device) })
		}
	}
}
