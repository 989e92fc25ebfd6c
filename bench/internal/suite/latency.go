package suite

import (
	"context"
	"fmt"
	"os/exec"
	"time"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/hybrid"
)

// parts are what the time of a task is made of, and the whole.
var parts = [...]string{"submit", "queue", "run", "result", "total"}

// stopwatch splits the times of tasks and keeps them: in a histogram each, and
// the median of every round.
type stopwatch struct {
	histograms [len(parts)]*measure.Histogram
	round      [len(parts)][]time.Duration
	medians    [len(parts)][]float64
}

func newStopwatch() *stopwatch {
	w := &stopwatch{}
	for i := range w.histograms {
		w.histograms[i] = measure.NewHistogram()
	}
	return w
}

// add takes the times of one task: before and after Submit, at its function's
// beginning and end, and after Wait. A function may begin before Submit has
// returned; then nothing was spent in the queue.
func (w *stopwatch) add(before, submitted, begun, ended, after time.Time) {
	for i, d := range [...]time.Duration{
		submitted.Sub(before), max(0, begun.Sub(submitted)), ended.Sub(begun), max(0, after.Sub(ended)), after.Sub(before),
	} {
		w.histograms[i].Record(d)
		w.round[i] = append(w.round[i], d)
	}
}

// finish ends a round and returns the median of its totals. The first round warms
// up: its histograms are forgotten.
func (w *stopwatch) finish() float64 {
	for _, h := range w.histograms {
		if len(w.medians[0]) == 0 {
			h.Reset()
		}
	}
	for i := range w.round {
		w.medians[i] = append(w.medians[i], middle(w.round[i]))
		w.round[i] = w.round[i][:0]
	}
	return w.medians[len(parts)-1][len(w.medians[0])-1]
}

// latency has tasks one at a time in an idle pool: empty functions on all
// workers, and echo processes on one.
func (s *Suite) latency(ctx context.Context) error {
	if err := s.functionLatency(ctx); err != nil {
		return err
	}
	return s.processLatency(ctx)
}

func (s *Suite) functionLatency(ctx context.Context) error {
	h, err := open(cores())
	if err != nil {
		return err
	}
	defer h.Close()
	n := s.fewer(20_000, 2000)
	watch := newStopwatch()
	done := make(chan struct{}, 1)
	statement := measure.NewHistogram()
	p := measure.Plan{
		Category: "latency", Workload: "function", Case: "part=total", Unit: measure.Nanoseconds,
		Subjects: concat([]measure.Subject{
			{Name: "tandem", Histogram: watch.histograms[len(parts)-1], Run: func(ctx context.Context) (float64, error) {
				for range n {
					var begun, ended time.Time
					before := time.Now()
					f := hybrid.Submit(ctx, h, func(context.Context) (struct{}, error) {
						begun = time.Now()
						ended = time.Now()
						return struct{}{}, nil
					})
					submitted := time.Now()
					if _, err := f.Wait(ctx); err != nil {
						return 0, err
					}
					watch.add(before, submitted, begun, ended, time.Now())
				}
				return watch.finish(), nil
			}},
			{Name: "go statement", Histogram: statement, Run: func(context.Context) (float64, error) {
				times := make([]time.Duration, n)
				for i := range times {
					start := time.Now()
					go func() { done <- struct{}{} }()
					<-done
					times[i] = time.Since(start)
					statement.Record(times[i])
				}
				return middle(times), nil
			}},
		},
			s.answered("rayon", "rayon", cores(), fmt.Sprint("latency ", n)),
			s.answered("ray", "ray", cores(), "latency 100"),
			s.answered("dask", "dask", cores(), "latency 100"),
		),
	}
	if _, err := s.Measure(ctx, p); err != nil || !s.Wanted(&p) {
		return err
	}
	return s.addParts(p, watch)
}

// addParts records what the total was made of. The first round warmed up.
func (s *Suite) addParts(p measure.Plan, watch *stopwatch) error {
	for i, part := range parts[:len(parts)-1] {
		p.Case = "part=" + part
		subject := measure.Subject{Name: "tandem", Histogram: watch.histograms[i]}
		medians := watch.medians[i]
		if len(medians) > 1 {
			medians = medians[1:]
		}
		if err := s.Add(p, subject, medians...); err != nil {
			return err
		}
	}
	return nil
}

func (s *Suite) processLatency(ctx context.Context) error {
	h, err := open(1)
	if err != nil {
		return err
	}
	defer h.Close()
	n := s.fewer(50, 10)
	own, plain := measure.NewHistogram(), measure.NewHistogram()
	each := func(histogram *measure.Histogram, f func(i int) error) (float64, error) {
		times := make([]time.Duration, n)
		for i := range times {
			start := time.Now()
			if err := f(i); err != nil {
				return 0, err
			}
			times[i] = time.Since(start)
			histogram.Record(times[i])
		}
		return middle(times), nil
	}
	_, err = s.Measure(ctx, measure.Plan{
		Category: "latency", Workload: "echo", Case: "part=total/workers=1", Unit: measure.Nanoseconds,
		Subjects: concat([]measure.Subject{
			{Name: "tandem", Histogram: own, Run: func(ctx context.Context) (float64, error) {
				return each(own, func(i int) error {
					_, err := h.Run(ctx, echo(i)).Wait(ctx)
					return err
				})
			}},
			{Name: "os/exec", Histogram: plain, Run: func(ctx context.Context) (float64, error) {
				return each(plain, func(i int) error {
					_, err := exec.CommandContext(ctx, "/bin/echo", fmt.Sprint("task_", i)).Output()
					return err
				})
			}},
		},
			s.answered("repartir", "repartir", 1, fmt.Sprint("latency ", n)),
			s.answered("ray", "ray", 1, "echolatency 50"),
			s.answered("dask", "dask", 1, "echolatency 50"),
		),
	})
	return err
}

// answered is a peer's program that answers with the times of operations.
func (s *Suite) answered(subject, program string, workers int, job string) []measure.Subject {
	if s.Peers == nil {
		return nil
	}
	histogram := measure.NewHistogram()
	return []measure.Subject{{Name: subject, Histogram: histogram, Prepare: s.ready(program, workers), Run: func(ctx context.Context) (float64, error) {
		list, err := s.Peers.Get(ctx, program, workers).Numbers(job)
		if err != nil {
			return 0, err
		}
		times := make([]time.Duration, len(list))
		for i, ns := range list {
			times[i] = time.Duration(ns)
			histogram.Record(times[i])
		}
		return middle(times), nil
	}}}
}
