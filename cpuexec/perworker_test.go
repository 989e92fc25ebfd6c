package cpuexec_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tandem-go/tandem/cpuexec"
)

// Counters without any lock around them: two holders of one state would lose
// counts, and the race detector would say so.
func TestPerWorkerIsExclusive(t *testing.T) {
	const tasks, outside, each = 2000, 4, 500
	p := open(t, 4)
	var made atomic.Int32
	counts := cpuexec.NewPerWorker(p, func() int { made.Add(1); return 1000 })
	count := func(n *int) {
		was := *n
		if was%7 == 0 {
			runtime.Gosched()
		}
		*n = was + 1
	}
	if err := p.Scope(t.Context(), func(s *cpuexec.Scope) {
		for i := range tasks {
			s.Spawn(nil, func(w *cpuexec.Worker) {
				counts.Use(w, func(n *int) {
					if i%10 == 0 {
						w.Block(runtime.Gosched) // the next on this seat needs another
					}
					count(n)
					counts.Use(w, count) // so does a use inside a use
				})
			})
		}
		var wg sync.WaitGroup
		for range outside {
			wg.Go(func() {
				for range each {
					counts.Use(nil, count)
				}
			})
		}
		wg.Wait()
	}); err != nil {
		t.Error(err)
	}
	sum, states := 0, 0
	for n := range counts.All() {
		sum += *n - 1000
		states++
	}
	if want := 2*tasks + outside*each; sum != want || states != int(made.Load()) {
		t.Errorf("%d counted in %d states, want %d in %d", sum, states, want, made.Load())
	}
}

// A worker must find its own state again, also after a panic in f.
func TestPerWorkerStays(t *testing.T) {
	p := open(t, 1)
	visits := cpuexec.NewPerWorker[int](p, nil)
	for range 10 {
		if err := p.Broadcast(t.Context(), func(w *cpuexec.Worker) {
			defer func() { _ = recover() }()
			visits.Use(w, func(n *int) { *n++; panic("at the end") })
		}); err != nil {
			t.Fatal(err)
		}
	}
	for n := range visits.All() {
		if *n != 10 {
			t.Errorf("%d visits, want 10", *n)
		}
	}
}

func TestPerWorkerAllInUse(t *testing.T) {
	p := open(t, 1)
	l := cpuexec.NewPerWorker[int](p, nil)
	defer func() {
		if recover() == nil {
			t.Error("All shows a state that is in use")
		}
	}()
	l.Use(nil, func(*int) {
		for range l.All() {
			t.Error("All shows a state that is in use")
		}
	})
}

func TestPerWorkerAllocatesNothing(t *testing.T) {
	p := open(t, 1)
	l := cpuexec.NewPerWorker[[64]byte](p, nil)
	f := func(b *[64]byte) { b[0]++ }
	if err := p.Broadcast(t.Context(), func(w *cpuexec.Worker) {
		l.Use(w, f)
		if n := testing.AllocsPerRun(1000, func() { l.Use(w, f) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	}); err != nil {
		t.Error(err)
	}
}
