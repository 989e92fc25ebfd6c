package suite

import (
	"context"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/hybrid"
)

// startup has the time to the first result, within a program and of a program,
// and the memory of a program that has a pool and rests.
func (s *Suite) startup(ctx context.Context) error {
	if _, err := s.Measure(ctx, measure.Plan{
		Category: "startup", Workload: "first-result", Unit: measure.Nanoseconds,
		Subjects: []measure.Subject{
			measure.Timed("tandem", 1, firstFuture),
			measure.Timed("tandem cpuexec", 1, firstTask),
		},
	}); err != nil {
		return err
	}
	return s.programs(ctx)
}

// programs has whole programs, from exec to the first result: this one doing
// nothing is what a Go program costs, and so it is subtracted by whoever wants
// Tandem's own part.
func (s *Suite) programs(ctx context.Context) error {
	var subjects []measure.Subject
	resting := map[string]*[]float64{}
	add := func(name string, run func(ctx context.Context) (took, resident float64, err error)) {
		sizes := new([]float64)
		resting[name] = sizes
		subjects = append(subjects, measure.Subject{Name: name, Run: func(ctx context.Context) (float64, error) {
			took, resident, err := run(ctx)
			if err == nil {
				*sizes = append(*sizes, resident)
			}
			return took, err
		}})
	}
	for _, c := range []struct{ name, what string }{
		{"tandem", "scheduler"}, {"tandem every device", "devices"}, {"tandem cpuexec", "pool"}, {"bare Go program", "nothing"},
	} {
		add(c.name, func(ctx context.Context) (float64, float64, error) { return s.firstOf(ctx, c.what) })
	}
	if s.Peers != nil {
		for _, c := range []struct{ name, job string }{
			{"rayon", "outside 1"},
			{"tbb", "outside 1"},
			{"starpu", "outside 1"},
			{"repartir", "echo 1"},
			{"dask", "outside 1"},
			{"ray", "outside 1"},
		} {
			add(c.name, func(ctx context.Context) (float64, float64, error) {
				took, resident, err := s.Peers.First(ctx, c.name, cores(), c.job)
				return float64(took), float64(resident), err
			})
		}
	}
	p := measure.Plan{Category: "startup", Workload: "program", Unit: measure.Nanoseconds, Subjects: subjects}
	rows, err := s.Measure(ctx, p)
	if err != nil {
		return err
	}
	p.Workload, p.Unit = "resident", measure.Bytes
	for _, row := range rows {
		if sizes := *resting[row.Subject]; len(sizes) > 0 {
			if err := s.Add(p, measure.Subject{Name: row.Subject}, sizes...); err != nil {
				return err
			}
		}
	}
	return nil
}

func firstFuture(ctx context.Context) error {
	h, err := open(cores())
	if err != nil {
		return err
	}
	_, err = hybrid.Submit(ctx, h, func(context.Context) (struct{}, error) { return struct{}{}, nil }).Wait(ctx)
	if err != nil {
		return err
	}
	return h.Close()
}

// firstTask includes Close, which is the least part.
func firstTask(ctx context.Context) error {
	p, err := cpuexec.New(cores())
	if err != nil {
		return err
	}
	defer p.Close()
	return spawnAll(ctx, p, 1)
}
