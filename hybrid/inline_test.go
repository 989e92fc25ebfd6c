package hybrid_test

import (
	"fmt"
	"testing"
	"time"

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

// BenchmarkInline compares small launches with calling the kernel directly, in
// turns: over is what Launch adds.
func BenchmarkInline(b *testing.B) {
	s, err := hybrid.Open(hybrid.WithDevices("cpu"), hybrid.WithModelFile(""))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	ctx := b.Context()
	for _, n := range []int{16, 256, 4096} {
		x, y := make([]float32, n), make([]float32, n)
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			const batch = 100
			var direct, launched time.Duration
			b.ReportAllocs()
			for b.Loop() {
				start := time.Now()
				for range batch {
					l := kernels.Saxpy(1e-3, x, y)
					l.Run(0, l.N())
				}
				middle := time.Now()
				for range batch {
					if err := s.Launch(ctx, kernels.Saxpy(1e-3, x, y)); err != nil {
						b.Fatal(err)
					}
				}
				direct, launched = direct+middle.Sub(start), launched+time.Since(middle)
			}
			calls := float64(b.N * batch)
			b.ReportMetric(float64((launched-direct).Nanoseconds())/calls, "ns-over-direct")
			b.ReportMetric(launched.Seconds()/direct.Seconds(), "x/direct")
		})
	}
}
