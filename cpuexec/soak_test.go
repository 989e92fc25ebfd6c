package cpuexec_test

import (
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tandem-go/tandem/cpuexec"
)

// churn does random things with a pool, from inside and from outside.
type churn struct {
	t                 *testing.T
	p                 *cpuexec.Pool
	spawned, finished atomic.Int64
}

// task does one of them, on w, or outside if w is nil. Depth bounds the tree.
func (c *churn) task(w *cpuexec.Worker, random *rand.Rand, depth int) {
	ctx := c.t.Context()
	fork := func() *rand.Rand { return rand.New(rand.NewPCG(random.Uint64(), 0)) }
	switch kind := random.IntN(9); {
	case depth == 0:
		runtime.Gosched()
	case kind == 0:
		n := random.IntN(500)
		var sum atomic.Int64
		if err := c.p.For(ctx, n, 0, func(lo, hi int) { sum.Add(int64(hi - lo)) }); err == nil && sum.Load() != int64(n) {
			c.t.Errorf("For did %d of %d", sum.Load(), n)
		}
	case kind == 1:
		if got, err := cpuexec.Fork(ctx, c.p, fib, 12); err == nil && got != 144 {
			c.t.Errorf("fib(12) = %d", got)
		}
	case kind == 2 && w != nil:
		var ended atomic.Int32
		n := int32(random.IntN(6))
		if err := w.Scope(ctx, func(s *cpuexec.Scope) {
			for range n {
				own := fork()
				s.Spawn(w, func(w *cpuexec.Worker) { defer ended.Add(1); c.task(w, own, depth-1) })
			}
		}); err != nil || ended.Load() != n {
			c.t.Errorf("%d of %d tasks of a scope ended, error %v", ended.Load(), n, err)
		}
	case kind == 3 && w != nil:
		w.Block(func() { runtime.Gosched() })
		c.task(w, random, depth-1)
	case kind == 4:
		broadcast := c.p.Broadcast
		if w != nil {
			broadcast = w.Broadcast
		}
		var runs atomic.Int32
		if err := broadcast(ctx, func(*cpuexec.Worker) { runs.Add(1); runtime.Gosched() }); err == nil && int(runs.Load()) != c.p.Workers() {
			c.t.Errorf("a broadcast to %d workers ran %d times", c.p.Workers(), runs.Load())
		}
	case kind < 7 && w != nil:
		own := fork()
		c.spawned.Add(1)
		w.Spawn(c.counted(own, depth-1))
	default:
		own := fork()
		c.spawned.Add(1)
		if c.p.TrySpawn(cpuexec.Priority(random.IntN(3)), c.counted(own, depth-1)) != nil {
			c.spawned.Add(-1)
		}
	}
}

// counted is a task that counts as finished however it ends: by return, panic or
// runtime.Goexit.
func (c *churn) counted(random *rand.Rand, depth int) func(*cpuexec.Worker) {
	return func(w *cpuexec.Worker) {
		defer c.finished.Add(1)
		c.task(w, random, depth)
		switch random.IntN(40) {
		case 0:
			panic("at random")
		case 1:
			runtime.Goexit()
		}
	}
}

// Everything at once, and Close in the middle of it: no task may be lost, and
// nothing may hang or be left behind.
func TestSoak(t *testing.T) {
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	defer slog.SetDefault(old)
	random := seeded(t)
	for round := range 40 {
		p, err := cpuexec.New(1+random.IntN(6), cpuexec.QueueLimit(1+random.IntN(200)))
		if err != nil {
			t.Fatal(err)
		}
		c := &churn{t: t, p: p}
		var wg sync.WaitGroup
		for range 4 {
			own := rand.New(rand.NewPCG(random.Uint64(), 0))
			wg.Go(func() {
				for range 100 {
					c.task(nil, own, 6)
				}
			})
		}
		if round%2 == 0 {
			wg.Wait()
		}
		p.Close()
		wg.Wait()
		if s, f := c.spawned.Load(), c.finished.Load(); s != f {
			t.Fatalf("round %d: %d tasks were let in and %d ended", round, s, f)
		}
	}
}

// Goroutines that wait for room must all get it or ErrClosed.
func TestCloseReleasesWaiters(t *testing.T) {
	for range 50 {
		p, err := cpuexec.New(1, cpuexec.QueueLimit(1))
		if err != nil {
			t.Fatal(err)
		}
		var let, ran atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 10 {
					switch err := p.Spawn(t.Context(), cpuexec.Low, func(*cpuexec.Worker) { ran.Add(1) }); {
					case err == nil:
						let.Add(1)
					case !errors.Is(err, cpuexec.ErrClosed):
						t.Error(err)
					}
				}
			})
		}
		runtime.Gosched()
		p.Close()
		wg.Wait()
		if let.Load() != ran.Load() {
			t.Fatalf("%d tasks were let in and %d ran", let.Load(), ran.Load())
		}
	}
}

// A million queued tasks must not hold more than 128 bytes each.
func TestQueuedTasksAreSmall(t *testing.T) {
	const tasks = 1_000_000
	p, err := cpuexec.New(1, cpuexec.QueueLimit(tasks))
	if err != nil {
		t.Fatal(err)
	}
	began, hold := make(chan struct{}), make(chan struct{})
	spawn := func(f func(*cpuexec.Worker)) error { return p.TrySpawn(cpuexec.Normal, f) }
	if err := spawn(func(*cpuexec.Worker) { close(began); <-hold }); err != nil {
		t.Fatal(err)
	}
	<-began
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var sum atomic.Int64
	for i := range int64(tasks) {
		if err := spawn(func(*cpuexec.Worker) { sum.Add(i) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := spawn(func(*cpuexec.Worker) {}); !errors.Is(err, cpuexec.ErrQueueFull) {
		t.Errorf("error %v for one task too many, want ErrQueueFull", err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	close(hold)
	p.Close()
	if want := int64(tasks) * (tasks - 1) / 2; sum.Load() != want {
		t.Errorf("sum %d, want %d", sum.Load(), want)
	}
	each := float64(after.HeapAlloc-before.HeapAlloc) / tasks
	t.Logf("%.1f bytes for each queued task", each)
	if each > 128 {
		t.Errorf("%.1f bytes for each queued task, want at most 128", each)
	}
}
