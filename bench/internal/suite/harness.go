package suite

import (
	"context"
	"time"

	"github.com/tandem-go/tandem/bench/internal/measure"
)

// harness has what is measured where nothing is done, and what the tools of
// measuring cost.
func (s *Suite) harness(ctx context.Context) error {
	histogram := measure.NewHistogram()
	for _, w := range []struct {
		name string
		f    func(n int)
	}{
		{"empty", func(int) {}},
		{"histogram", func(n int) {
			for i := range n {
				histogram.Record(time.Duration(i & 0xfffff))
			}
		}},
		{"clock", func(n int) {
			for range n {
				_ = time.Now()
			}
		}},
	} {
		if _, err := s.Measure(ctx, measure.Plan{
			Category: "harness", Workload: w.name, Unit: measure.Nanoseconds,
			Subjects: []measure.Subject{measure.Loop("harness", w.f)},
		}); err != nil {
			return err
		}
	}
	_, err := s.Measure(ctx, measure.Plan{
		Category: "harness", Workload: "call", Unit: measure.Nanoseconds,
		Subjects: []measure.Subject{measure.Timed("harness", 1, func(context.Context) error { return nil })},
	})
	return err
}
