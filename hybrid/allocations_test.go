//go:build !asan

// Under the address sanitizer the compiler lets values escape that it otherwise
// keeps on the stack, so allocations are counted without it.

package hybrid_test

import (
	"testing"

	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

// A launch below the crossover must not allocate.
func TestInlineAllocatesNothing(t *testing.T) {
	s := open(t, hybrid.WithDevices("cpu"))
	defer s.Close()
	x, y := make([]float32, 64), make([]float32, 64)
	ctx := t.Context()
	var sum float32
	for name, run := range map[string]func() error{
		"axpy": func() error { return s.Launch(ctx, kernels.Saxpy(1e-3, x, y)) },
		"sum":  func() error { return s.Launch(ctx, kernels.Sum(&sum, x)) },
	} {
		if n := testing.AllocsPerRun(1000, func() {
			if err := run(); err != nil {
				t.Fatal(err)
			}
		}); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	if st := s.Stats(); st.Inline == 0 || st.Launches != 0 {
		t.Errorf("%d inline, %d split: these launches belong inline", st.Inline, st.Launches)
	}
}
