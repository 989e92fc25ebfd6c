package hybrid_test

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/tandem-go/tandem/hybrid"
)

func nothing(context.Context) (struct{}, error) { return struct{}{}, nil }

// BenchmarkSubmit is submission, queueing, running and waiting for the last, for
// each of many tasks, in batches that all fit into the queue.
func BenchmarkSubmit(b *testing.B) {
	const batch = 10000
	b.Run("one by one", func(b *testing.B) {
		s := workers(b, runtime.GOMAXPROCS(0))
		b.ReportAllocs()
		for n := b.N; n > 0; n -= batch {
			var last *hybrid.Future[struct{}]
			for range min(n, batch) {
				last = hybrid.Submit(b.Context(), s, nothing)
			}
			if _, err := last.Wait(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		if err := s.Shutdown(b.Context()); err != nil {
			b.Fatal(err)
		}
	})
	b.Run("as a batch", func(b *testing.B) {
		s := workers(b, runtime.GOMAXPROCS(0))
		b.ReportAllocs()
		fs := slices.Repeat([]func(context.Context) (struct{}, error){nothing}, batch)
		for n := b.N; n > 0; n -= batch {
			hybrid.SubmitAll(b.Context(), s, fs[:min(n, batch)])
		}
		if err := s.Shutdown(b.Context()); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkLatency is one task at a time on an idle pool.
func BenchmarkLatency(b *testing.B) {
	s := workers(b, runtime.GOMAXPROCS(0))
	b.ReportAllocs()
	times := make([]time.Duration, 0, 1<<20)
	for b.Loop() {
		start := time.Now()
		if _, err := hybrid.Submit(b.Context(), s, nothing).Wait(b.Context()); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Nanoseconds()), "p50-ns")
	b.ReportMetric(float64(times[len(times)*99/100].Nanoseconds()), "p99-ns")
}

// BenchmarkQueuedTask reports the memory that a waiting task holds.
func BenchmarkQueuedTask(b *testing.B) {
	const n = 1 << 20
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for b.Loop() {
		s := workers(b, 1)
		free := occupy(b, s)
		before := heap()
		for range n - 1 {
			if _, err := hybrid.TrySubmit(b.Context(), s, nothing); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(heap()-before)/n, "bytes/task")
		free()
		if err := s.Shutdown(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
