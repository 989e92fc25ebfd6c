package suite

import (
	"context"
	"fmt"
	"os/exec"
	"slices"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/hybrid"
)

// spin is work that needs nothing but a core: 400 turns are about a microsecond.
// The peers' programs have the same loop.
//
//go:noinline
func spin(turns int) uint64 {
	x := uint64(turns) | 1
	for range turns {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

// scaling has 16 equal tasks on 1, 2, 4 and 8 workers, and on as many as there
// are cores: functions, and processes that are a pipeline in a shell.
func (s *Suite) scaling(ctx context.Context) error {
	const n = 16
	turns := s.fewer(4_000_000, 400_000)
	counts := []int{1, 2, 4, 8, cores()}
	slices.Sort(counts)
	for _, workers := range slices.Compact(counts) {
		if err := s.scaleFunctions(ctx, workers, n, turns); err != nil {
			return err
		}
		if err := s.scaleProcesses(ctx, workers, n); err != nil {
			return err
		}
	}
	return nil
}

func (s *Suite) scaleFunctions(ctx context.Context, workers, n, turns int) error {
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
	results := make([]uint64, n)
	job := fmt.Sprintf("spin %d %d", n, turns)
	_, err = s.Measure(ctx, measure.Plan{
		Category: "scaling", Workload: "function", Case: fmt.Sprintf("n=%d/workers=%d", n, workers), Unit: measure.Nanoseconds,
		Subjects: concat([]measure.Subject{
			measure.Timed("tandem", 1, func(ctx context.Context) error {
				futures := make([]*hybrid.Future[uint64], n)
				for i := range futures {
					futures[i] = hybrid.Submit(ctx, h, func(context.Context) (uint64, error) { return spin(turns), nil })
				}
				return waitAll(ctx, futures)
			}),
			measure.Timed("tandem cpuexec", 1, func(ctx context.Context) error {
				return p.Scope(ctx, func(scope *cpuexec.Scope) {
					for i := range n {
						scope.Spawn(nil, func(*cpuexec.Worker) { results[i] = spin(turns) })
					}
				})
			}),
			measure.Timed("one core", 1, func(context.Context) error {
				for i := range n {
					results[i] = spin(turns)
				}
				return nil
			}),
			limited("errgroup", workers, n, func(_ context.Context, i int) error {
				results[i] = spin(turns)
				return nil
			}),
		},
			s.told("rayon", "rayon", workers, job, 1),
			s.told("oneTBB", "tbb", workers, job, 1),
			s.told("starpu", "starpu", workers, job, 1),
		),
	})
	return err
}

// pipeline is the shell command of the document that names this category.
const pipeline = "seq 1 1000 | wc -l"

func (s *Suite) scaleProcesses(ctx context.Context, workers, n int) error {
	h, err := open(workers)
	if err != nil {
		return err
	}
	defer h.Close()
	run := func(ctx context.Context, _ int) error {
		_, err := exec.CommandContext(ctx, "/bin/sh", "-c", pipeline).Output()
		return err
	}
	job := fmt.Sprint("seq ", n)
	_, err = s.Measure(ctx, measure.Plan{
		Category: "scaling", Workload: "process", Case: fmt.Sprintf("n=%d/workers=%d", n, workers), Unit: measure.Nanoseconds,
		Subjects: concat([]measure.Subject{
			measure.Timed("tandem", 1, func(ctx context.Context) error {
				futures := make([]*hybrid.Future[hybrid.CommandResult], n)
				for i := range futures {
					futures[i] = h.Run(ctx, hybrid.Command{Path: "/bin/sh", Args: []string{"-c", pipeline}})
				}
				return waitAll(ctx, futures)
			}),
			measure.Timed("one core", 1, func(ctx context.Context) error {
				for i := range n {
					if err := run(ctx, i); err != nil {
						return err
					}
				}
				return nil
			}),
			limited("os/exec", workers, n, run),
		},
			s.told("repartir", "repartir", workers, job, 1),
			s.told("repartir as in its document", "repartir", workers, "naive "+job, 1),
			s.told("ray", "ray", workers, job, 1),
			s.told("dask", "dask", workers, job, 1),
		),
	})
	return err
}
