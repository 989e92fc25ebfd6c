package hybrid_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

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
