package suite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

// fault has what a failure costs, beside the same without one: a device lost in
// the middle of a launch, a task that panics, a program that is killed, and one
// that is killed and tried again.
func (s *Suite) fault(ctx context.Context) error {
	if err := s.lostDevice(ctx); err != nil {
		return err
	}
	h, err := open(cores())
	if err != nil {
		return err
	}
	defer h.Close()
	if err := s.panics(ctx, h); err != nil {
		return err
	}
	return s.kills(ctx, h)
}

// lostDevice has two simulated devices that compute as fast as a core does, and one
// of them lost after a few milliseconds of a launch, beside the same with both and
// with one. They are opened anew for every sample, as a lost one stays lost, and
// the model learns their rates before the clock starts.
func (s *Suite) lostDevice(ctx context.Context) error {
	const learn, good = 400 * time.Millisecond, 10 * time.Millisecond
	n := 1 << 22
	l := kernels.Exp(make([]float32, n), ramp(n))
	launch := func(name string, ids []string, lost bool, faults ...sim.Fault) measure.Subject {
		return measure.Subject{Name: name, Run: func(ctx context.Context) (float64, error) {
			opts := []hybrid.Option{
				hybrid.WithDevices("cpu"), hybrid.WithModelFile(""),
				hybrid.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))),
			}
			opened := time.Now()
			for i, id := range ids {
				cfg := sim.Config{ID: id}
				if i == 0 {
					cfg.Faults = faults
				}
				dev, err := sim.Open(cfg)
				if err != nil {
					return 0, err
				}
				opts = append(opts, hybrid.WithDevice(dev))
			}
			h, err := hybrid.Open(opts...)
			if err != nil {
				return 0, err
			}
			defer h.Close()
			run := func() error { return h.Launch(ctx, l, hybrid.On(ids...), hybrid.EveryDevice()) }
			for range 3 {
				if err := run(); err != nil {
					return 0, err
				}
			}
			time.Sleep(time.Until(opened.Add(learn)))
			start := time.Now()
			err = run()
			took := float64(time.Since(start))
			failed := false
			for _, d := range h.Stats().Devices {
				failed = failed || d.Quarantined != nil
			}
			if err == nil && failed != lost {
				err = fmt.Errorf("a device was lost: %t, and should have been: %t", failed, lost)
			}
			return took, err
		}}
	}
	both := []string{"sim:0", "sim:1"}
	_, err := s.Measure(ctx, measure.Plan{
		Category: "fault", Workload: "device", Case: fmt.Sprintf("n=%d", n), Unit: measure.Nanoseconds,
		Subjects: []measure.Subject{
			launch("tandem one of two lost halfway", both, true, sim.Fault{Kind: sim.Lose, After: learn + good}),
			launch("tandem two", both, false),
			launch("tandem one", both[:1], false),
		},
	})
	return err
}

func (s *Suite) panics(ctx context.Context, h *hybrid.Scheduler) error {
	n := s.fewer(1000, 100)
	run := func(f func(context.Context) (int, error), want func(error) bool) func(context.Context) error {
		return func(ctx context.Context) error {
			for range n {
				if _, err := hybrid.Submit(ctx, h, f).Wait(ctx); !want(err) {
					return fmt.Errorf("the task ended with: %w", err)
				}
			}
			return nil
		}
	}
	_, err := s.Measure(ctx, measure.Plan{
		Category: "fault", Workload: "panic", Unit: measure.Nanoseconds,
		Subjects: []measure.Subject{
			measure.Timed("tandem panic", n, run(func(context.Context) (int, error) { panic("a fault") }, func(err error) bool {
				_, ok := errors.AsType[*hybrid.PanicError](err)
				return ok
			})),
			measure.Timed("tandem no fault", n, run(func(context.Context) (int, error) { return 0, nil }, func(err error) bool {
				return err == nil
			})),
		},
	})
	return err
}

// kills has a program that is killed once and succeeds then: a file tells it
// which time it is. Where a peer's worker runs the task, the worker is killed.
func (s *Suite) kills(ctx context.Context, h *hybrid.Scheduler) error {
	dir, err := os.MkdirTemp("", "tandem-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	again := 0
	script := func(text string) func(context.Context) error {
		return func(ctx context.Context) error {
			again++
			marker := filepath.Join(dir, fmt.Sprint(again))
			_, err := h.Run(ctx, hybrid.Command{Path: "/bin/sh", Args: []string{"-c", text, "sh", marker}},
				hybrid.Retry(1), hybrid.Backoff(time.Microsecond, time.Microsecond)).Wait(ctx)
			return err
		}
	}
	_, err = s.Measure(ctx, measure.Plan{
		Category: "fault", Workload: "killed-and-retried", Unit: measure.Nanoseconds,
		Subjects: concat([]measure.Subject{
			measure.Timed("tandem killed once", 1, script(`test -e "$1" || { : >"$1"; kill -9 $$; }`)),
			measure.Timed("tandem no fault", 1, script(`test -e "$1" || { : >"$1"; exit 0; }`)),
		},
			s.told("ray worker killed once", "ray", cores(), "killed 1", 1),
			s.told("dask worker killed once", "dask", cores(), "killed 1", 1),
			s.missing("repartir killed once", "it has no retries, and reports a program that was killed like one that failed", nil),
		),
	})
	return err
}
