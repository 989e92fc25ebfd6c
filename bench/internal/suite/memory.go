package suite

import (
	"context"
	"fmt"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

// memory has what a task holds while it waits, by how many wait, each in a
// process of its own; and launches on a device whose memory is a sixteenth of
// what they need.
func (s *Suite) memory(ctx context.Context) error {
	depths := []int{1000, 10_000, 100_000, 1_000_000, 10_000_000}
	if s.Quick {
		depths = depths[:3]
	}
	for _, n := range depths {
		var subjects []measure.Subject
		for _, holder := range holders {
			if n > holder.limit {
				subjects = append(subjects, measure.Missing(holder.name, holder.why, nil))
				continue
			}
			subjects = append(subjects, measure.Subject{Name: holder.name, Run: func(ctx context.Context) (float64, error) {
				grown, err := s.child(ctx, "queue", holder.name, fmt.Sprint(n))
				return grown / float64(n), err
			}})
		}
		if _, err := s.Measure(ctx, measure.Plan{
			Category: "memory", Workload: "queue", Case: fmt.Sprintf("n=%d", n), Unit: measure.Bytes, Subjects: subjects,
		}); err != nil {
			return err
		}
	}
	return s.shortDevice(ctx)
}

func (s *Suite) shortDevice(ctx context.Context) error {
	free, err := hybrid.Open(s.Devices...)
	if err != nil {
		return err
	}
	defer free.Close()
	n := s.fewer(1<<23, 1<<20)
	nbytes := int64(8 * n)
	short, err := hybrid.Open(append(s.Devices[:len(s.Devices):len(s.Devices)], hybrid.WithMemoryLimit(nbytes/16))...)
	if err != nil {
		return err
	}
	defer short.Close()
	l := kernels.Sqrt(ramp(n), ramp(n))
	for _, info := range free.Devices() {
		if info.ID == "cpu" {
			continue
		}
		subjects := []measure.Subject{
			measure.Timed("tandem a sixteenth", 1, func(ctx context.Context) error { return short.Launch(ctx, l, hybrid.On(info.ID)) }),
			measure.Timed("tandem enough", 1, func(ctx context.Context) error { return free.Launch(ctx, l, hybrid.On(info.ID)) }),
		}
		for i := range subjects {
			subjects[i].Device = info.ID
			subjects[i] = settled(subjects[i])
		}
		if _, err := s.Measure(ctx, measure.Plan{
			Category: "memory", Workload: "device", Case: fmt.Sprintf("n=%d/device=%s", n, info.ID), Unit: measure.Nanoseconds,
			Bytes: float64(nbytes), Subjects: subjects,
		}); err != nil {
			return err
		}
	}
	return nil
}
