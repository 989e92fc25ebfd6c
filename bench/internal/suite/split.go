package suite

import (
	"context"
	"time"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

// job is an operation at one size, with what is needed to judge its time.
type job struct {
	op     string
	size   string
	launch kernels.Launch
	flops  float64 // arithmetic operations in all
	nbytes float64 // bytes the arguments hold, each counted once a direction
}

// split measures every job as Tandem places it, on the calling goroutine alone,
// and on each device alone. The model that Tandem has of this machine is the one
// it keeps between runs, as any program's.
func (s *Suite) split(ctx context.Context) error {
	h, err := hybrid.Open(s.Devices...)
	if err != nil {
		return err
	}
	defer h.Close()
	var failed failures
	for _, j := range jobs(s.Quick) {
		subjects := []measure.Subject{
			measure.Timed("tandem", 1, func(ctx context.Context) error { return h.Launch(ctx, j.launch) }),
			measure.Timed("one core", 1, func(context.Context) error {
				j.launch.Run(0, j.launch.N())
				return nil
			}),
		}
		for _, info := range h.Devices() {
			if info.ID != "cpu" && j.launch.Runnable(info.Caps, 1) != nil {
				continue
			}
			subject := measure.Timed(info.ID+" alone", 1, func(ctx context.Context) error {
				return h.Launch(ctx, j.launch, hybrid.On(info.ID))
			})
			subject.Device = info.ID
			subjects = append(subjects, subject)
		}
		for i := range subjects {
			subjects[i] = settled(subjects[i])
		}
		_, err := s.Measure(ctx, measure.Plan{
			Category: "split", Workload: j.op, Case: "size=" + j.size, Unit: measure.Nanoseconds,
			Flops: j.flops, Bytes: j.nbytes, Subjects: subjects,
		})
		if failed.goOn(ctx, err) != nil {
			break
		}
	}
	return failed.all()
}

// settled is a subject that runs up to three times more before its first sample, until
// that has taken a tenth of a second: for the performance model, which tries what it
// doesn't know, and for compilers.
func settled(subject measure.Subject) measure.Subject {
	run, cold := subject.Run, true
	subject.Run = func(ctx context.Context) (float64, error) {
		start := time.Now()
		for i := 0; cold && i < 3 && time.Since(start) < 100*time.Millisecond; i++ {
			if _, err := run(ctx); err != nil {
				return 0, err
			}
		}
		cold = false
		return run(ctx)
	}
	return subject
}
