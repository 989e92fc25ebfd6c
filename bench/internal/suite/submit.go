package suite

import (
	"context"
	"fmt"
	"os/exec"
	"sync"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/hybrid"
	"golang.org/x/sync/errgroup"
)

// published is somebody else's figure for what would take minutes here.
var published = &measure.Published{
	Figure: "184 s for a million queued tasks on one node", Source: "Ray's release microbenchmark", Hardware: "m5.16xlarge",
}

// submit has batches of tasks on 4 workers: empty functions and echo processes.
func (s *Suite) submit(ctx context.Context) error {
	const workers = 4
	h, err := open(workers)
	if err != nil {
		return err
	}
	defer h.Close()
	p, err := cpuexec.New(workers)
	if err != nil {
		return err
	}
	defer p.Close()
	sizes := []int{10, 50, 100, 500, 10_000, 1_000_000}
	if s.Quick {
		sizes = []int{10, 500, 10_000}
	}
	for _, n := range sizes {
		if err := s.emptyTasks(ctx, h, p, n); err != nil {
			return err
		}
	}
	sizes = []int{10, 50, 100, 500}
	switch {
	case s.Quick:
		sizes = []int{10, 50}
	case s.Long:
		sizes = append(sizes, 10_000, 1_000_000)
	}
	for _, n := range sizes {
		if err := s.echoes(ctx, h, n); err != nil {
			return err
		}
	}
	return nil
}

func (s *Suite) emptyTasks(ctx context.Context, h *hybrid.Scheduler, p *cpuexec.Pool, n int) error {
	nothing := func(context.Context) (struct{}, error) { return struct{}{}, nil }
	batch := make([]func(context.Context) (struct{}, error), n)
	for i := range batch {
		batch[i] = nothing
	}
	futures := make([]*hybrid.Future[struct{}], n)
	outside := fmt.Sprint("outside ", n)
	subjects := concat([]measure.Subject{
		measure.Timed("tandem", n, func(ctx context.Context) error {
			for i := range futures {
				futures[i] = hybrid.Submit(ctx, h, nothing)
			}
			return waitAll(ctx, futures)
		}),
		measure.Timed("tandem SubmitAll", n, func(ctx context.Context) error {
			return waitAll(ctx, hybrid.SubmitAll(ctx, h, batch))
		}),
		measure.Timed("tandem cpuexec", n, func(ctx context.Context) error { return spawnAll(ctx, p, n) }),
		measure.Timed("go statement", n, func(context.Context) error {
			var left sync.WaitGroup
			for range n {
				left.Go(func() {})
			}
			left.Wait()
			return nil
		}),
		measure.Timed("channel", n, func(context.Context) error { return overChannel(p.Workers(), n) }),
	},
		s.told("rayon", "rayon", p.Workers(), outside, n),
		s.told("oneTBB", "tbb", p.Workers(), outside, n),
		s.told("starpu", "starpu", p.Workers(), outside, n),
		s.told("taskflow", "taskflow", p.Workers(), outside, n),
	)
	for _, pool := range []string{"ants", "pond", "conc", "errgroup"} {
		subjects = append(subjects, s.told(pool, "pools", p.Workers(), fmt.Sprint(pool, " ", n), n)...)
	}
	const minutes = "a million tasks take it minutes: not run"
	if n <= 10_000 {
		subjects = concat(subjects, s.told("ray", "ray", p.Workers(), outside, n), s.told("dask", "dask", p.Workers(), outside, n))
		if n <= 500 {
			subjects = concat(subjects, s.told("dask as in repartir's document", "dask", p.Workers(), fmt.Sprint("delayed ", n), n))
		}
	} else {
		subjects = concat(subjects, s.missing("ray", minutes, published), s.missing("dask", minutes, &measure.Published{
			Figure: "about 1 ms a task", Source: "Dask's documentation, Efficiency", Hardware: "not stated",
		}))
	}
	subjects = concat(subjects, s.missing("repartir", "its tasks are programs: it runs no functions", nil))
	_, err := s.Measure(ctx, measure.Plan{
		Category: "submit", Workload: "empty", Case: fmt.Sprintf("n=%d/workers=%d", n, p.Workers()),
		Unit: measure.Nanoseconds, Subjects: subjects,
	})
	return err
}

func spawnAll(ctx context.Context, p *cpuexec.Pool, n int) error {
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

func overChannel(workers, n int) error {
	queue := make(chan func(), 1024)
	var left sync.WaitGroup
	for range workers {
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
}

// echoes has n processes. Repartir's own benchmark awaited its lazy futures one
// by one, which ran them in sequence: it is measured that way, and as it is meant
// to be used.
func (s *Suite) echoes(ctx context.Context, h *hybrid.Scheduler, n int) error {
	job := fmt.Sprint("echo ", n)
	w := h.Workers()
	_, err := s.Measure(ctx, measure.Plan{
		Category: "submit", Workload: "echo", Case: fmt.Sprintf("n=%d/workers=%d", n, w), Unit: measure.Nanoseconds,
		Subjects: concat([]measure.Subject{
			measure.Timed("tandem", n, func(ctx context.Context) error {
				futures := make([]*hybrid.Future[hybrid.CommandResult], n)
				for i := range futures {
					futures[i] = h.Run(ctx, echo(i))
				}
				return waitAll(ctx, futures)
			}),
			measure.Timed("tandem one by one", n, func(ctx context.Context) error {
				for i := range n {
					if _, err := h.Run(ctx, echo(i)).Wait(ctx); err != nil {
						return err
					}
				}
				return nil
			}),
			measure.Timed("os/exec", n, func(ctx context.Context) error {
				var g errgroup.Group
				g.SetLimit(w)
				for i := range n {
					g.Go(func() error {
						_, err := exec.CommandContext(ctx, "/bin/echo", fmt.Sprint("task_", i)).Output()
						return err
					})
				}
				return g.Wait()
			}),
		},
			s.told("C loop", "spawn", w, fmt.Sprintf("%d %d 1 /bin/echo task", n, w), n),
			s.told("repartir", "repartir", w, job, n),
			s.told("repartir as in its document", "repartir", w, "naive "+job, n),
			s.told("ray", "ray", w, job, n),
			s.told("dask", "dask", w, job, n),
		),
	})
	return err
}

func echo(i int) hybrid.Command {
	return hybrid.Command{Path: "/bin/echo", Args: []string{fmt.Sprint("task_", i)}}
}
