package guard

import (
	"context"
	"fmt"
	"os/exec"
	"sync"
	"time"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

// open returns the checks, each of a few milliseconds a turn, and what ends what
// they use.
func open() ([]Check, func() error, error) {
	p, err := cpuexec.New(0)
	if err != nil {
		return nil, nil, err
	}
	h, err := hybrid.Open(hybrid.WithDevices("cpu"), hybrid.WithModelFile(""))
	if err != nil {
		p.Close()
		return nil, nil, err
	}
	checks := []Check{
		outside(p), inside(p), futures(h), forkJoin(p), loop(p), inline(h), cores(p), processes(h), empty(), recording(),
	}
	return checks, func() error {
		p.Close()
		return h.Close()
	}, nil
}

// empty is what measuring adds to a call: [measure.Calls] of what does nothing, over
// the same calls in a loop by hand. The two sides are alike, so that neither a
// processor of another make nor a neighbour on the same core, which takes from
// calls but not from a chain of dependent operations, moves their ratio.
func empty() Check {
	const n = 2_000_000
	nothing := func(context.Context) error { return nil }
	return Check{
		Name: "an empty benchmark", Peer: "calls by hand",
		Own: func(ctx context.Context) error {
			_, err := measure.Calls(ctx, n, nothing)
			return err
		},
		Other: func(ctx context.Context) error { return calls(ctx, n, nothing) },
	}
}

//go:noinline
func calls(ctx context.Context, n int, f func(context.Context) error) error {
	for range n {
		if err := f(ctx); err != nil {
			return err
		}
	}
	return nil
}

// recording is what a histogram adds to an operation, over what would do as well: a
// map of counts. Both look for a place in memory and count there, so that their ratio
// is about the same on every processor; to a look at the clock it is not.
func recording() Check {
	const n = 50_000
	h := measure.NewHistogram()
	counts := make(map[time.Duration]int)
	return Check{
		Name: "a time in a histogram", Peer: "a count in a map",
		Own: func(context.Context) error {
			for i := range n {
				h.Record(time.Duration(i & 0xfffff))
			}
			return nil
		},
		Other: func(context.Context) error {
			for i := range n {
				counts[time.Duration(i&0xfffff).Truncate(1<<10)]++
			}
			return nil
		},
	}
}

func outside(p *cpuexec.Pool) Check {
	const n = 20_000
	return Check{
		Name: "empty tasks from outside", Peer: "workers on a channel",
		Own: func(ctx context.Context) error {
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
		},
		Other: func(context.Context) error {
			queue := make(chan func(), 1024)
			var left sync.WaitGroup
			for range p.Workers() {
				left.Go(func() {
					for task := range queue {
						task()
					}
				})
			}
			for range n {
				queue <- func() {}
			}
			close(queue)
			left.Wait()
			return nil
		},
	}
}

func inside(p *cpuexec.Pool) Check {
	const n = 20_000
	return Check{
		Name: "empty tasks from inside", Peer: "the go statement",
		Own: func(ctx context.Context) error {
			return p.Scope(ctx, func(s *cpuexec.Scope) {
				s.Spawn(nil, func(w *cpuexec.Worker) {
					for range n {
						s.Spawn(w, func(*cpuexec.Worker) {})
					}
				})
			})
		},
		Other: func(context.Context) error { return statements(n) },
	}
}

func statements(n int) error {
	var left sync.WaitGroup
	for range n {
		left.Go(func() {})
	}
	left.Wait()
	return nil
}

func futures(h *hybrid.Scheduler) Check {
	const n = 20_000
	nothing := func(context.Context) (int, error) { return 0, nil }
	return Check{
		Name: "futures, submitted and waited for", Peer: "the go statement",
		Own: func(ctx context.Context) error {
			fs := make([]*hybrid.Future[int], n)
			for i := range fs {
				fs[i] = hybrid.Submit(ctx, h, nothing)
			}
			for _, f := range fs {
				if _, err := f.Wait(ctx); err != nil {
					return err
				}
			}
			return nil
		},
		Other: func(context.Context) error { return statements(n) },
	}
}

func forkJoin(p *cpuexec.Pool) Check {
	const n = 25
	want := fib(n)
	check := func(got int, err error) error {
		if err == nil && got != want {
			err = fmt.Errorf("fib(%d) is %d, want %d", n, got, want)
		}
		return err
	}
	return Check{
		Name: "fib with a fork at every call", Peer: "serial Go",
		Own:   func(ctx context.Context) error { return check(cpuexec.Fork(ctx, p, forkedFib, n)) },
		Other: func(context.Context) error { return check(fib(n), nil) },
	}
}

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func forkedFib(l *cpuexec.Lane[int, int], n int) int {
	if n < 2 {
		return n
	}
	right := l.Fork(forkedFib, n-2)
	left := forkedFib(l, n-1)
	return left + l.Join(right)
}

func loop(p *cpuexec.Pool) Check {
	x := make([]float32, 1<<20)
	body := func(lo, hi int) {
		for i := range x[lo:hi] {
			x[lo+i] = x[lo+i]*0.5 + 1
		}
	}
	return Check{
		Name: "a parallel loop", Peer: "a plain loop",
		Own:   func(ctx context.Context) error { return p.For(ctx, len(x), 4096, body) },
		Other: func(context.Context) error { body(0, len(x)); return nil },
	}
}

func inline(h *hybrid.Scheduler) Check {
	x := make([]float32, 1024)
	l := kernels.Scal(float32(1), x)
	const n = 2000
	return Check{
		Name: "a launch below the crossover", Peer: "the kernel",
		Own: func(ctx context.Context) error {
			for range n {
				if err := h.Launch(ctx, l); err != nil {
					return err
				}
			}
			return nil
		},
		Other: func(context.Context) error {
			for range n {
				l.Run(0, l.N())
			}
			return nil
		},
	}
}

func cores(p *cpuexec.Pool) Check {
	results := make([]uint64, 16)
	return Check{
		Name: "16 tasks that need a core", Peer: "one core",
		Own: func(ctx context.Context) error {
			return p.Scope(ctx, func(s *cpuexec.Scope) {
				for i := range results {
					s.Spawn(nil, func(*cpuexec.Worker) { results[i] = spin() })
				}
			})
		},
		Other: func(context.Context) error {
			for i := range results {
				results[i] = spin()
			}
			return nil
		},
	}
}

//go:noinline
func spin() uint64 {
	x := uint64(88172645463325252)
	for range 100_000 {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

func processes(h *hybrid.Scheduler) Check {
	const n = 20
	return Check{
		Name: "echo processes, one by one", Peer: "os/exec",
		Own: func(ctx context.Context) error {
			for range n {
				if _, err := h.Run(ctx, hybrid.Command{Path: "/bin/echo", Args: []string{"task"}}).Wait(ctx); err != nil {
					return err
				}
			}
			return nil
		},
		Other: func(ctx context.Context) error {
			for range n {
				if _, err := exec.CommandContext(ctx, "/bin/echo", "task").Output(); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
