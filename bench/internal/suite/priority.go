package suite

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/hybrid"
)

// rotation is the order in which priorities are given out.
var rotation = [...]hybrid.Priority{hybrid.High, hybrid.Normal, hybrid.Low}

// priority has how often a task is begun while one of a higher priority waits,
// and what priorities cost: functions that were all queued before the first
// began, and the 20 processes on 2 workers of the document that names this.
func (s *Suite) priority(ctx context.Context) error {
	if err := s.inversions(ctx, s.fewer(100_000, 10_000)); err != nil {
		return err
	}
	return s.processInversions(ctx)
}

func (s *Suite) inversions(ctx context.Context, n int) error {
	h, err := open(cores())
	if err != nil {
		return err
	}
	defer h.Close()
	place := fmt.Sprintf("n=%d/workers=%d", n, h.Workers())
	mixed := func(i int) hybrid.Priority { return rotation[i%len(rotation)] }
	var shares []float64
	p := measure.Plan{
		Category: "priority", Workload: "function", Case: place, Unit: measure.Nanoseconds,
		Subjects: []measure.Subject{
			{Name: "tandem", Run: func(ctx context.Context) (float64, error) {
				took, inverted, err := gated(ctx, h, n, mixed)
				shares = append(shares, 100*float64(inverted)/float64(n))
				return took, err
			}},
			{Name: "tandem all Normal", Run: func(ctx context.Context) (float64, error) {
				took, _, err := gated(ctx, h, n, func(int) hybrid.Priority { return hybrid.Normal })
				return took, err
			}},
		},
	}
	if _, err := s.Measure(ctx, p); err != nil || !s.Wanted(&p) {
		return err
	}
	p.Workload, p.Unit = "function-inversions", measure.Percent
	return s.Add(p, measure.Subject{Name: "tandem"}, shares...)
}

// gated queues n tasks while every worker is held up, lets them go, and returns
// the nanoseconds that each took from then on, and how many were begun while not
// all of a higher priority had been: after 61 others it is their turn, so that
// they don't starve.
func gated(ctx context.Context, h *hybrid.Scheduler, n int, priority func(i int) hybrid.Priority) (each float64, inverted int64, err error) {
	gate := make(chan struct{})
	holders := make([]*hybrid.Future[struct{}], h.Workers())
	for i := range holders {
		holders[i] = hybrid.Submit(ctx, h, func(context.Context) (struct{}, error) {
			<-gate
			return struct{}{}, nil
		}, hybrid.High)
	}
	var begun [len(rotation)]atomic.Int64
	var total [len(rotation)]int64
	var wrong atomic.Int64
	futures := make([]*hybrid.Future[struct{}], n)
	for i := range futures {
		p := priority(i)
		total[p]++
		futures[i] = hybrid.Submit(ctx, h, func(context.Context) (struct{}, error) {
			begun[p].Add(1)
			for higher := range p {
				if begun[higher].Load() < total[higher] {
					wrong.Add(1)
					break
				}
			}
			return struct{}{}, nil
		}, p)
	}
	start := time.Now()
	close(gate)
	err = errors.Join(waitAll(ctx, holders), waitAll(ctx, futures))
	return float64(time.Since(start)) / float64(n), wrong.Load(), err
}

// processInversions has programs that print when they began. They are submitted
// to workers that are free, so the first few run whatever their priority is.
func (s *Suite) processInversions(ctx context.Context) error {
	const n, workers = 20, 2
	h, err := open(workers)
	if err != nil {
		return err
	}
	defer h.Close()
	job := fmt.Sprint("priority ", n)
	counted := func(subject, program string) []measure.Subject {
		if s.Peers == nil {
			return nil
		}
		return []measure.Subject{{Name: subject, Prepare: s.ready(program, workers), Run: func(ctx context.Context) (float64, error) {
			begun, err := s.Peers.Get(ctx, program, workers).Numbers(job)
			return inversionShare(begun), err
		}}}
	}
	_, err = s.Measure(ctx, measure.Plan{
		Category: "priority", Workload: "process-inversions", Case: fmt.Sprintf("n=%d/workers=%d", n, workers), Unit: measure.Percent,
		Subjects: concat([]measure.Subject{
			{Name: "tandem", Run: func(ctx context.Context) (float64, error) {
				futures := make([]*hybrid.Future[hybrid.CommandResult], n)
				for i := range futures {
					futures[i] = h.Run(ctx, hybrid.Command{Path: "/bin/date", Args: []string{"+%s%N"}}, rotation[i%len(rotation)])
				}
				begun := make([]float64, n)
				for i, f := range futures {
					r, err := f.Wait(ctx)
					if err != nil {
						return 0, err
					}
					if begun[i], err = strconv.ParseFloat(strings.TrimSpace(string(r.Stdout)), 64); err != nil {
						return 0, err
					}
				}
				return inversionShare(begun), nil
			}},
		},
			counted("repartir", "repartir"),
			counted("dask", "dask"),
			s.missing("ray", "it has no priorities (ray-project/ray#52865)", nil),
		),
	})
	return err
}

// inversionShare is the part, in percent, of tasks with rotating priorities that
// began before one of a higher priority did.
func inversionShare(begun []float64) float64 {
	if len(begun) == 0 {
		return 0
	}
	inverted := 0
	for i := range begun {
		for j := range begun {
			if j%len(rotation) < i%len(rotation) && begun[j] > begun[i] {
				inverted++
				break
			}
		}
	}
	return 100 * float64(inverted) / float64(len(begun))
}
