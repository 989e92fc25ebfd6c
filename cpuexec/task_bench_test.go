package cpuexec_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tandem-go/tandem/cpuexec"
)

// batch is how many empty tasks a benchmark spawns before it waits for them.
const batch = 100_000

// BenchmarkSpawn is the time for an empty task to be spawned and run, beside a
// goroutine for each and a channel to as many goroutines as workers.
func BenchmarkSpawn(b *testing.B) {
	for _, workers := range []int{1, 2} {
		p, err := cpuexec.New(workers)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(p.Close)
		var wg sync.WaitGroup
		each := func(name string, f func()) {
			b.Run(fmt.Sprintf("%s/workers=%d", name, workers), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					f()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/batch, "ns/task")
			})
		}
		each("from=inside", func() {
			if err := p.Scope(context.Background(), func(s *cpuexec.Scope) {
				s.Spawn(nil, func(w *cpuexec.Worker) {
					for range batch {
						s.Spawn(w, func(*cpuexec.Worker) {})
					}
				})
			}); err != nil {
				b.Fatal(err)
			}
		})
		each("from=outside", func() {
			wg.Add(batch)
			task := func(*cpuexec.Worker) { wg.Done() }
			for range batch {
				if err := p.Spawn(context.Background(), cpuexec.Normal, task); err != nil {
					b.Fatal(err)
				}
			}
			wg.Wait()
		})
		each("peer=go", func() {
			for range batch {
				wg.Go(func() {})
			}
			wg.Wait()
		})
		each("peer=channel", func() {
			tasks := make(chan func(), 1024)
			for range workers {
				go func() {
					for t := range tasks {
						t()
					}
				}()
			}
			wg.Add(batch)
			for range batch {
				tasks <- wg.Done
			}
			wg.Wait()
			close(tasks)
		})
	}
}

// BenchmarkLatency is the time from Spawn in an idle pool until its caller knows
// of the result.
func BenchmarkLatency(b *testing.B) {
	p, err := cpuexec.New(2)
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	took := make([]time.Duration, 0, 100_000)
	done := make(chan struct{}, 1)
	task := func(*cpuexec.Worker) { done <- struct{}{} }
	for b.Loop() {
		start := time.Now()
		if err := p.Spawn(context.Background(), cpuexec.Normal, task); err != nil {
			b.Fatal(err)
		}
		<-done
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
}
