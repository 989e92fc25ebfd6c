package suite

import (
	"context"
	"fmt"
	"os/exec"
	"time"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/hybrid"
	"golang.org/x/sync/errgroup"
)

// speedup has 10 tasks that take 10 ms and no core. Four workers need three
// rounds for them: 30 ms at best, where one after the other takes 100.
func (s *Suite) speedup(ctx context.Context) error {
	const workers, n = 4, 10
	h, err := open(workers)
	if err != nil {
		return err
	}
	defer h.Close()
	place := fmt.Sprintf("n=%d/workers=%d", n, workers)
	doze := func(context.Context) (struct{}, error) {
		time.Sleep(10 * time.Millisecond)
		return struct{}{}, nil
	}
	if _, err := s.Measure(ctx, measure.Plan{
		Category: "speedup", Workload: "function", Case: place, Unit: measure.Nanoseconds,
		Subjects: concat([]measure.Subject{
			measure.Timed("tandem", 1, func(ctx context.Context) error {
				futures := make([]*hybrid.Future[struct{}], n)
				for i := range futures {
					futures[i] = hybrid.Submit(ctx, h, doze)
				}
				return waitAll(ctx, futures)
			}),
			measure.Timed("one after the other", 1, func(ctx context.Context) error {
				for range n {
					if _, err := doze(ctx); err != nil {
						return err
					}
				}
				return nil
			}),
			limited("errgroup", workers, n, func(ctx context.Context, _ int) error {
				_, err := doze(ctx)
				return err
			}),
		},
			s.told("ray", "ray", workers, fmt.Sprint("doze ", n), 1),
			s.told("dask", "dask", workers, fmt.Sprint("doze ", n), 1),
		),
	}); err != nil {
		return err
	}
	run := func(ctx context.Context, i int) error {
		return exec.CommandContext(ctx, "/bin/sh", "-c", sleepy(i)).Run()
	}
	_, err = s.Measure(ctx, measure.Plan{
		Category: "speedup", Workload: "process", Case: place, Unit: measure.Nanoseconds,
		Subjects: concat([]measure.Subject{
			measure.Timed("tandem", 1, func(ctx context.Context) error {
				futures := make([]*hybrid.Future[hybrid.CommandResult], n)
				for i := range futures {
					futures[i] = h.Run(ctx, hybrid.Command{Path: "/bin/sh", Args: []string{"-c", sleepy(i)}})
				}
				return waitAll(ctx, futures)
			}),
			measure.Timed("one after the other", 1, func(ctx context.Context) error {
				for i := range n {
					if err := run(ctx, i); err != nil {
						return err
					}
				}
				return nil
			}),
			limited("os/exec", workers, n, run),
		},
			s.told("repartir", "repartir", workers, fmt.Sprint("sleep ", n), 1),
			s.told("repartir as in its document", "repartir", workers, fmt.Sprint("naive sleep ", n), 1),
			s.told("ray", "ray", workers, fmt.Sprint("sleep ", n), 1),
			s.told("dask", "dask", workers, fmt.Sprint("sleep ", n), 1),
		),
	})
	return err
}

func sleepy(i int) string { return fmt.Sprintf("sleep 0.01 && echo %d", i) }

// limited is a subject that has n calls of f in goroutines, so many at once.
func limited(name string, workers, n int, f func(ctx context.Context, i int) error) measure.Subject {
	return measure.Timed(name, 1, func(ctx context.Context) error {
		var g errgroup.Group
		g.SetLimit(workers)
		for i := range n {
			g.Go(func() error { return f(ctx, i) })
		}
		return g.Wait()
	})
}
