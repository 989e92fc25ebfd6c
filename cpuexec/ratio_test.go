package cpuexec_test

import (
	"testing"
	"time"

	"github.com/tandem-go/tandem/cpuexec"
)

// BenchmarkRatioFor compares For over a cheap body with the same work in a plain
// loop on one core: below 1 the pool gains. On one worker it shows what For
// itself costs.
func BenchmarkRatioFor(b *testing.B) {
	const n = 1 << 20
	x := make([]float32, n)
	body := func(lo, hi int) {
		for i, v := range x[lo:hi] {
			x[lo+i] = v*1.0000001 + 1
		}
	}
	for _, workers := range []int{1, 2} {
		b.Run([]string{"", "workers=1", "workers=2"}[workers], func(b *testing.B) {
			p, err := cpuexec.New(workers)
			if err != nil {
				b.Fatal(err)
			}
			defer p.Close()
			var plain, pool time.Duration
			for b.Loop() {
				start := time.Now()
				body(0, n)
				middle := time.Now()
				if err := p.For(b.Context(), n, 0, body); err != nil {
					b.Fatal(err)
				}
				plain, pool = plain+middle.Sub(start), pool+time.Since(middle)
			}
			b.ReportMetric(pool.Seconds()/plain.Seconds(), "x/plain-loop")
		})
	}
}
