//go:build cuda && linux && cgo

package cudatest_test

import (
	"testing"

	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/cudatest/internal/drive"
)

// What a thread costs that only computes, and one that waits at a barrier or
// exchanges values with its warp.
func BenchmarkThreads(b *testing.B) {
	const blocks, block = 1 << 10, 256
	for _, c := range []struct {
		name   string
		params func(x *machine) []any
	}{
		{"axpy", func(x *machine) []any {
			p := x.alloc(4 * blocks * block)
			return []any{p, p, float32(1), uint32(blocks * block)}
		}},
		{"reverse", func(x *machine) []any { return []any{x.alloc(4 * blocks * block)} }},
		{"sum", func(x *machine) []any {
			return []any{x.alloc(8), x.alloc(8 * blocks * block), uint32(blocks * block)}
		}},
	} {
		b.Run("op="+c.name, func(b *testing.B) {
			x := start(b, cudatest.Config{})
			f, params := x.function(c.name), c.params(x)
			for b.Loop() {
				x.ok(drive.Launch(f, [3]int{blocks, 1, 1}, [3]int{block, 1, 1}, 0, nil, params...))
				x.ok(drive.Synchronize())
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/blocks/block, "ns/thread")
		})
	}
}
