package main

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/hybrid"
)

// pools are the Go libraries; for those with a goal Tandem wants to take a
// quarter of their time.
var pools = []struct {
	name string
	goal float64
}{{"ants", 0.25}, {"pond", 0.25}, {"conc", 0.25}, {"errgroup", 0.25}, {"go", 0}, {"channel", 0}}

// tasks has the cost of an empty task.
func (b *bench) tasks(ctx context.Context) error {
	n := b.less(100_000, 10_000)
	inside, outside := fmt.Sprint("inside ", n), fmt.Sprint("outside ", n)
	err := b.hold(ctx, contest{
		what: "an empty task from inside", parts: float64(n),
		own:   func(ctx context.Context) error { return spawnInside(ctx, b.pool, n) },
		peers: []peer{b.told("rayon", "rayon", inside, 1), b.told("tbb", "oneTBB", inside, 0)},
	})
	if err != nil {
		return err
	}
	err = b.hold(ctx, contest{
		what: "an empty task from outside", parts: float64(n),
		own: func(ctx context.Context) error { return spawnOutside(ctx, b.pool, n) },
		peers: append([]peer{b.told("rayon", "rayon", outside, 1), b.told("tbb", "oneTBB", outside, 0)},
			b.pools(n)...),
	})
	if err != nil {
		return err
	}
	s, err := hybrid.Open(hybrid.WithWorkers(b.workers), hybrid.WithDevices("cpu"))
	if err != nil {
		return err
	}
	defer s.Close()
	futures := make([]*hybrid.Future[struct{}], n)
	return b.hold(ctx, contest{
		what: "an empty task with a future that is waited for", parts: float64(n),
		own:   func(ctx context.Context) error { return submitAndWait(ctx, s, futures) },
		peers: []peer{b.told("pools", "pond", fmt.Sprint("pond.Submit ", n), 0.25)},
	})
}

func submitAndWait(ctx context.Context, s *hybrid.Scheduler, futures []*hybrid.Future[struct{}]) error {
	nothing := func(context.Context) (struct{}, error) { return struct{}{}, nil }
	for i := range futures {
		futures[i] = hybrid.Submit(ctx, s, nothing)
	}
	for _, f := range futures {
		if _, err := f.Wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) pools(tasks int) []peer {
	var peers []peer
	for _, p := range pools {
		peers = append(peers, b.told("pools", p.name, fmt.Sprint(p.name, " ", tasks), p.goal))
	}
	return peers
}

func spawnInside(ctx context.Context, p *cpuexec.Pool, n int) error {
	return p.Scope(ctx, func(s *cpuexec.Scope) {
		s.Spawn(nil, func(w *cpuexec.Worker) {
			for range n {
				s.Spawn(w, func(*cpuexec.Worker) {})
			}
		})
	})
}

func spawnOutside(ctx context.Context, p *cpuexec.Pool, n int) error {
	var left sync.WaitGroup
	left.Add(n)
	task := func(*cpuexec.Worker) { left.Done() }
	for range n {
		if err := p.Spawn(ctx, cpuexec.Normal, task); err != nil {
			return err
		}
	}
	left.Wait()
	return nil
}

// million has a million tasks.
func (b *bench) million(ctx context.Context) error {
	n := b.less(1_000_000, 100_000)
	what := fmt.Sprintf("%d tasks submitted, queued and run", n)
	if !b.only.MatchString(what) {
		return nil
	}
	b.announce(what)
	before := heapInUse()
	p, err := cpuexec.New(b.workers)
	if err != nil {
		return err
	}
	defer p.Close()
	if b.last() {
		if err := b.queuedGoals(ctx, p, n, what, before); err != nil {
			return err
		}
	}
	return b.hold(ctx, contest{
		what: fmt.Sprintf("%d tasks through", n), parts: 1,
		own:   func(ctx context.Context) error { return spawnOutside(ctx, p, n) },
		peers: b.pools(n),
	})
}

// queuedGoals has the time of n tasks that all wait before the first is run, what
// each holds meanwhile, over what the heap had before the pool, and what each
// allocates.
func (b *bench) queuedGoals(ctx context.Context, p *cpuexec.Pool, n int, what string, before uint64) error {
	var held float64
	if _, err := queued(ctx, p, n, func() {
		held = float64(heapInUse()-before) / float64(n)
	}); err != nil {
		return err
	}
	var times []float64
	for range b.blocks * b.rounds {
		took, err := queued(ctx, p, n, func() {})
		if err != nil {
			return err
		}
		times = append(times, float64(took))
	}
	took := median(times)
	b.table.addGoal(what, duration(took), "", "< 1 s", took < 1e9)
	b.table.addGoal("heap held by each of them", fmt.Sprintf("%.0f bytes", held), "", "≤ 128 bytes", held <= 128)
	for _, way := range []struct {
		name string
		run  func() error
	}{
		{"from outside", func() error { return spawnOutside(ctx, p, n) }},
		{"from inside", func() error { return spawnInside(ctx, p, n) }},
		{"by Fork", func() error {
			_, err := cpuexec.Fork(ctx, p, sum, grown(n))
			return err
		}},
	} {
		each, err := allocated(n, way.run)
		if err != nil {
			return err
		}
		b.table.addGoal("allocations a task, "+way.name, fmt.Sprintf("%.3f", each), "", "0 (< 0.05)", each < 0.05)
	}
	return nil
}

// grown keeps one tree, so that its growing is not counted twice.
var grown = func() func(nodes int) *node {
	trees := map[int]*node{}
	return func(nodes int) *node {
		if trees[nodes] == nil {
			trees[nodes] = grow(nodes)
		}
		return trees[nodes]
	}
}()

// queued submits n tasks while every worker is held up, calls full, and lets
// them run.
func queued(ctx context.Context, p *cpuexec.Pool, n int, full func()) (time.Duration, error) {
	var held, left sync.WaitGroup
	gate := make(chan struct{})
	held.Add(p.Workers())
	left.Add(n)
	for range p.Workers() {
		if err := p.Spawn(ctx, cpuexec.High, func(*cpuexec.Worker) { held.Done(); <-gate }); err != nil {
			return 0, err
		}
	}
	held.Wait()
	task := func(*cpuexec.Worker) { left.Done() }
	start := time.Now()
	for range n {
		if err := p.Spawn(ctx, cpuexec.Normal, task); err != nil {
			close(gate)
			return 0, err
		}
	}
	submitted := time.Since(start)
	full()
	start = time.Now()
	close(gate)
	left.Wait()
	return submitted + time.Since(start), nil
}

func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

// allocated is the number of allocations for each of n tasks, once what is kept
// for later has been made.
func allocated(n int, run func() error) (float64, error) {
	if err := run(); err != nil {
		return 0, err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := run(); err != nil {
		return 0, err
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / float64(n), nil
}
