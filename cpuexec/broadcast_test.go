package cpuexec_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tandem-go/tandem/cpuexec"
)

// roll is who has run a broadcast, in order.
type roll struct {
	mu  sync.Mutex
	who []*cpuexec.Worker
}

func (r *roll) sign(w *cpuexec.Worker) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.who = append(r.who, w)
}

// complete fails the test unless n different workers have signed.
func (r *roll) complete(t *testing.T, n int) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := map[*cpuexec.Worker]bool{}
	for _, w := range r.who {
		seen[w] = true
	}
	if len(seen) != n || len(r.who) != n {
		t.Errorf("%d workers ran it %d times, want each of %d once", len(seen), len(r.who), n)
	}
}

// Whether the workers sleep, run tasks or are in a loop, each must run each
// broadcast once.
func TestBroadcastReachesEveryWorker(t *testing.T) {
	for _, workers := range []int{1, 2, 5} {
		p := open(t, workers)
		var stop atomic.Bool
		var busy sync.WaitGroup
		for round := range 60 {
			if round == 20 {
				busy.Go(func() {
					for !stop.Load() {
						_ = p.Spawn(t.Context(), cpuexec.Normal, func(w *cpuexec.Worker) { w.Spawn(func(*cpuexec.Worker) { runtime.Gosched() }) })
					}
				})
			}
			if round == 40 {
				busy.Go(func() {
					for !stop.Load() {
						_ = p.For(t.Context(), 100, 1, func(int, int) { runtime.Gosched() })
						_, _ = cpuexec.Fork(t.Context(), p, fib, 15)
					}
				})
			}
			var r roll
			if err := p.Broadcast(t.Context(), r.sign); err != nil {
				t.Error(err)
			}
			r.complete(t, workers)
		}
		stop.Store(true)
		busy.Wait()
	}
}

// Tasks that broadcast at the same time wait for each other's workers.
func TestBroadcastFromTasks(t *testing.T) {
	const workers, tasks = 3, 20
	p := open(t, workers)
	var rolls [tasks]roll
	if err := p.Scope(t.Context(), func(s *cpuexec.Scope) {
		for i := range rolls {
			s.Spawn(nil, func(w *cpuexec.Worker) {
				if err := w.Broadcast(t.Context(), rolls[i].sign); err != nil {
					t.Error(err)
				}
			})
		}
	}); err != nil {
		t.Error(err)
	}
	for i := range rolls {
		rolls[i].complete(t, workers)
	}
}

// Two broadcasts must not pass each other on the way to any worker.
func TestBroadcastsComeInOneOrder(t *testing.T) {
	const workers = 4
	p := open(t, workers)
	heard := cpuexec.NewPerWorker[[]int](p, nil)
	var wg sync.WaitGroup
	for i := range 30 {
		wg.Go(func() {
			if err := p.Broadcast(t.Context(), func(w *cpuexec.Worker) {
				heard.Use(w, func(all *[]int) { *all = append(*all, i) })
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var first []int
	n := 0
	for order := range heard.All() {
		if n++; n == 1 {
			first = *order
		}
		if len(*order) != 30 || !slices.Equal(*order, first) {
			t.Errorf("a worker heard %v, another %v", *order, first)
		}
	}
	if n != workers {
		t.Errorf("%d workers heard them, want %d", n, workers)
	}
}

func TestBroadcastFailures(t *testing.T) {
	const workers = 3
	p := open(t, workers)
	mistake := errors.New("mistake")
	for name, fail := range map[string]func(){
		"panic":  func() { panic(mistake) },
		"goexit": runtime.Goexit,
	} {
		var r roll
		err := p.Broadcast(t.Context(), func(w *cpuexec.Worker) {
			r.sign(w)
			fail()
		})
		r.complete(t, workers) // the others run it all the same
		if want := map[string]error{"panic": mistake, "goexit": cpuexec.ErrGoexit}[name]; !errors.Is(err, want) {
			t.Errorf("%s: error %v, want %v", name, err, want)
		}
	}
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(mistake)
	if err := p.Broadcast(ended, func(*cpuexec.Worker) { t.Error("f has run") }); !errors.Is(err, mistake) {
		t.Errorf("error %v after the context ended, want its cause", err)
	}
	p.Close()
	if err := p.Broadcast(t.Context(), func(*cpuexec.Worker) { t.Error("f has run") }); !errors.Is(err, cpuexec.ErrClosed) {
		t.Errorf("error %v after Close, want ErrClosed", err)
	}
}

// A worker that doesn't come in time must not run what nobody waits for any more.
func TestBroadcastWithdrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := cpuexec.New(2)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		if err := p.Spawn(t.Context(), cpuexec.Normal, func(*cpuexec.Worker) { time.Sleep(time.Hour) }); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		var runs atomic.Int32
		err = p.Broadcast(ctx, func(*cpuexec.Worker) {
			runs.Add(1)
			time.Sleep(10 * time.Minute) // longer than ctx: it has begun, so it is waited for
		})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 10*time.Minute {
			t.Errorf("error %v after %v", err, time.Since(start))
		}
		time.Sleep(2 * time.Hour)
		if runs.Load() != 1 {
			t.Errorf("%d workers ran it, want the free one", runs.Load())
		}
		if err := p.Broadcast(t.Context(), func(*cpuexec.Worker) { runs.Add(1) }); err != nil || runs.Load() != 3 {
			t.Errorf("%d runs after a second one by both, error %v", runs.Load(), err)
		}
	})
}

// Of broadcasts that race with Close, each must be run by all or by nobody.
func TestBroadcastAndClose(t *testing.T) {
	for range 300 {
		const workers = 3
		p := open(t, workers)
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				var r roll
				switch err := p.Broadcast(t.Context(), r.sign); {
				case err == nil:
					r.complete(t, workers)
				case errors.Is(err, cpuexec.ErrClosed):
					r.complete(t, 0)
				default:
					t.Error(err)
				}
			})
		}
		p.Close()
		wg.Wait()
	}
}
