package cpuexec_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tandem-go/tandem/cpuexec"
)

// seeded returns the source of a test's random numbers; TANDEM_SEED repeats one.
func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	if text := os.Getenv("TANDEM_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("TANDEM_SEED: %v", err)
		}
	}
	t.Logf("TANDEM_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// Tasks from many goroutines, each of which spawns others: all must run once,
// also those that are still waiting when the pool is closed.
func TestSpawnRunsAllOnce(t *testing.T) {
	for _, workers := range []int{1, 2, 5} {
		const outside, inside = 300, 20
		p := open(t, workers)
		runs := make([]atomic.Int32, 4*outside*(1+inside))
		var wg sync.WaitGroup
		for g := range 4 {
			wg.Go(func() {
				for i := range outside {
					at := (g*outside + i) * (1 + inside)
					if err := p.Spawn(t.Context(), cpuexec.Priority(i%3), func(w *cpuexec.Worker) {
						runs[at].Add(1)
						for j := range inside {
							w.Spawn(func(*cpuexec.Worker) { runs[at+1+j].Add(1) })
						}
					}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		p.Close()
		for i := range runs {
			if n := runs[i].Load(); n != 1 {
				t.Fatalf("%d workers: task %d ran %d times", workers, i, n)
			}
		}
		if got := p.Counts().Tasks; got != uint64(len(runs)) {
			t.Errorf("%d tasks counted, want %d", got, len(runs))
		}
	}
}

// Of the tasks that wait while the only worker is busy, those of higher priority
// must go first, and within a priority the order must hold.
func TestSpawnHonoursPriorities(t *testing.T) {
	p := open(t, 1)
	var began, hold sync.WaitGroup
	began.Add(1)
	hold.Add(1)
	spawn := func(priority cpuexec.Priority, f func(*cpuexec.Worker)) {
		if err := p.TrySpawn(priority, f); err != nil {
			t.Fatal(err)
		}
	}
	spawn(cpuexec.Normal, func(*cpuexec.Worker) { began.Done(); hold.Wait() })
	began.Wait()
	var order []int
	for i := range 30 {
		spawn(cpuexec.Priority(2-i%3), func(*cpuexec.Worker) { order = append(order, (2-i%3)*100+i) })
	}
	hold.Done()
	p.Close()
	for i := 1; i < len(order); i++ {
		if order[i] < order[i-1] {
			t.Fatalf("order %v", order)
		}
	}
	if c := p.Counts(); len(order) != 30 || c.Inversions != 0 {
		t.Errorf("%d ran, %d inversions", len(order), c.Inversions)
	}
}

func TestSpawnBadInput(t *testing.T) {
	p := open(t, 1)
	var bad *cpuexec.PriorityError
	if err := p.TrySpawn(3, nil); !errors.As(err, &bad) || bad.Priority != 3 {
		t.Errorf("error %v, want a *PriorityError for 3", err)
	}
	p.Close()
	if err := p.Spawn(t.Context(), cpuexec.Low, func(*cpuexec.Worker) {}); !errors.Is(err, cpuexec.ErrClosed) {
		t.Errorf("error %v, want ErrClosed", err)
	}
	if err := p.Scope(t.Context(), func(*cpuexec.Scope) {}); !errors.Is(err, cpuexec.ErrClosed) {
		t.Errorf("error %v, want ErrClosed", err)
	}
	if _, err := cpuexec.New(1, cpuexec.QueueLimit(0)); err == nil {
		t.Error("a pool with room for no task was made")
	}
}

// With the queue full, TrySpawn must refuse, and Spawn must wait: until there is
// room, its context ends, or the pool is closed.
func TestSpawnBackpressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := cpuexec.New(1, cpuexec.QueueLimit(2))
		if err != nil {
			t.Fatal(err)
		}
		var ran atomic.Int32
		hold := make(chan struct{})
		count := func(*cpuexec.Worker) { ran.Add(1); <-hold }
		for range 3 {
			if err := p.TrySpawn(cpuexec.Normal, count); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if err := p.TrySpawn(cpuexec.High, count); !errors.Is(err, cpuexec.ErrQueueFull) {
			t.Fatalf("error %v, want ErrQueueFull", err)
		}
		cause := errors.New("enough")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, cause)
		defer cancel()
		if err := p.Spawn(ctx, cpuexec.Normal, count); !errors.Is(err, cause) {
			t.Errorf("error %v, want the context's cause", err)
		}
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if err := p.Spawn(t.Context(), cpuexec.Normal, count); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		if n := ran.Load(); n != 1 {
			t.Errorf("%d tasks began, want 1", n)
		}
		close(hold)
		wg.Wait()
		p.Close()
		if n := ran.Load(); n != 13 {
			t.Errorf("%d tasks ran, want 13", n)
		}
	})
}

// Two tasks of two workers wait for a third that only a further goroutine can
// run.
func TestBlockGivesThePlaceAway(t *testing.T) {
	p := open(t, 2)
	release := make(chan struct{})
	var done sync.WaitGroup
	for range 2 {
		done.Add(1)
		if err := p.TrySpawn(cpuexec.High, func(w *cpuexec.Worker) {
			defer done.Done()
			w.Block(func() { <-release })
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.TrySpawn(cpuexec.Low, func(*cpuexec.Worker) { close(release) }); err != nil {
		t.Fatal(err)
	}
	done.Wait()
	if c := p.Counts(); c.Replaced != 2 {
		t.Errorf("%d workers were replaced, want 2", c.Replaced)
	}
}

// Scopes in tasks of scopes, on fewer workers than there are levels.
func TestScopeNested(t *testing.T) {
	for _, workers := range []int{1, 2, 4} {
		p := open(t, workers)
		var leaves atomic.Int32
		var descend func(w *cpuexec.Worker, depth int)
		descend = func(w *cpuexec.Worker, depth int) {
			if depth == 0 {
				leaves.Add(1)
				return
			}
			if err := w.Scope(t.Context(), func(s *cpuexec.Scope) {
				for range 4 {
					s.Spawn(w, func(w *cpuexec.Worker) { descend(w, depth-1) })
				}
			}); err != nil {
				t.Error(err)
			}
		}
		if err := p.Scope(t.Context(), func(s *cpuexec.Scope) {
			s.Spawn(nil, func(w *cpuexec.Worker) { descend(w, 5) })
		}); err != nil || leaves.Load() != 1024 {
			t.Errorf("%d workers: %d leaves, error %v", workers, leaves.Load(), err)
		}
	}
}

// A task that waits for its scope holds a lock that unrelated tasks ask for:
// those must not be run on top of it.
func TestScopeRunsNothingUnrelated(t *testing.T) {
	p := open(t, 2)
	var mu sync.Mutex
	if err := p.Scope(t.Context(), func(s *cpuexec.Scope) {
		for range 200 {
			s.Spawn(nil, func(w *cpuexec.Worker) {
				w.Spawn(func(w *cpuexec.Worker) {
					w.Block(mu.Lock)
					defer mu.Unlock()
					runtime.Gosched()
				})
				w.Block(mu.Lock)
				defer mu.Unlock()
				if err := w.Scope(t.Context(), func(s *cpuexec.Scope) {
					for range 3 {
						s.Spawn(w, func(*cpuexec.Worker) { runtime.Gosched() })
					}
				}); err != nil {
					t.Error(err)
				}
			})
		}
	}); err != nil {
		t.Error(err)
	}
}

// With a full queue, and with the pool being closed, a scope from outside runs
// what finds no room itself.
func TestScopeWithoutRoom(t *testing.T) {
	for range 50 {
		p, err := cpuexec.New(1, cpuexec.QueueLimit(1))
		if err != nil {
			t.Fatal(err)
		}
		var ran, children atomic.Int32
		var closing sync.WaitGroup
		if err := p.Scope(t.Context(), func(s *cpuexec.Scope) {
			closing.Go(p.Close)
			for range 50 {
				s.Spawn(nil, func(w *cpuexec.Worker) {
					ran.Add(1)
					w.Spawn(func(*cpuexec.Worker) { children.Add(1) })
				})
			}
		}); err != nil {
			t.Error(err)
		}
		closing.Wait()
		if ran.Load() != 50 || children.Load() != 50 {
			t.Fatalf("%d tasks and %d of theirs ran, want 50 of each", ran.Load(), children.Load())
		}
	}
}

func TestScopeFailures(t *testing.T) {
	p := open(t, 2)
	cause := errors.New("the cause")
	nothing := func(*cpuexec.Worker) {}
	for name, c := range map[string]struct {
		task func(*cpuexec.Worker)
		own  func()
		want error
	}{
		"panic in a task":  {func(*cpuexec.Worker) { panic(cause) }, func() {}, cause},
		"panic of its own": {nothing, func() { panic(cause) }, cause},
		"goexit in a task": {func(*cpuexec.Worker) { runtime.Goexit() }, func() {}, cpuexec.ErrGoexit},
	} {
		for range 20 {
			var ended atomic.Int32
			err := p.Scope(t.Context(), func(s *cpuexec.Scope) {
				s.Spawn(nil, func(w *cpuexec.Worker) { defer ended.Add(1); c.task(w) })
				c.own()
			})
			if !errors.Is(err, c.want) {
				t.Errorf("%s: error %v, want %v", name, err, c.want)
			}
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	var ran atomic.Int32
	err := p.Scope(ctx, func(s *cpuexec.Scope) {
		cancel(cause)
		for range 10 {
			s.Spawn(nil, func(*cpuexec.Worker) { ran.Add(1) })
		}
	})
	if !errors.Is(err, cause) || ran.Load() != 0 {
		t.Errorf("%d tasks ran after the end of the context, error %v", ran.Load(), err)
	}
	if err := p.Scope(t.Context(), func(s *cpuexec.Scope) { s.Spawn(nil, nothing) }); err != nil {
		t.Errorf("the pool afterwards: %v", err)
	}
}

// A panic that nobody waits for must be seen in the log and in the counts, and
// must cost the pool nothing.
func TestSpawnPanicIsLogged(t *testing.T) {
	var log bytes.Buffer
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(old)
	p := open(t, 1)
	if err := p.TrySpawn(cpuexec.Normal, func(*cpuexec.Worker) { panic("a mistake") }); err != nil {
		t.Fatal(err)
	}
	p.Close()
	if c := p.Counts(); c.Panics != 1 || !strings.Contains(log.String(), "a mistake") {
		t.Errorf("%d panics counted, log %q", c.Panics, log.String())
	}
}

// An idle pool must wait on channels alone: only then does virtual time go on.
func TestIdleWorkersPark(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := cpuexec.New(8)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		for range 3 {
			time.Sleep(time.Hour)
			if err := p.For(t.Context(), 100, 1, func(int, int) { time.Sleep(time.Minute) }); err != nil {
				t.Error(err)
			}
			done := make(chan struct{})
			if err := p.TrySpawn(cpuexec.Low, func(*cpuexec.Worker) { close(done) }); err != nil {
				t.Error(err)
			}
			<-done
		}
	})
}

func TestSpawnAllocatesNothing(t *testing.T) {
	p := open(t, 1)
	done := make(chan struct{})
	task := func(*cpuexec.Worker) { done <- struct{}{} }
	if n := testing.AllocsPerRun(1000, func() {
		if err := p.Spawn(context.Background(), cpuexec.Normal, task); err != nil {
			t.Error(err)
		}
		<-done
	}); n != 0 {
		t.Errorf("%v allocations for a task from outside", n)
	}
	inner := func(*cpuexec.Worker) {}
	outer := func(w *cpuexec.Worker) {
		for range 100 {
			w.Spawn(inner)
		}
		done <- struct{}{}
	}
	if n := testing.AllocsPerRun(1000, func() {
		if err := p.Spawn(context.Background(), cpuexec.Normal, outer); err != nil {
			t.Error(err)
		}
		<-done
	}); n > 0 {
		t.Errorf("%v allocations for 100 tasks from inside", n)
	}
}
