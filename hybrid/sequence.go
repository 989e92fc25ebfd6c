package hybrid

import (
	"context"
	"fmt"
	"slices"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/residency"
)

// Sequence is launches on resident buffers that follow each other, to be run many
// times: the steps of a stencil or of bodies, of which nobody looks at each. It may
// be used by any number of goroutines; runs that share buffers follow each other.
type Sequence struct {
	s        *Scheduler
	launches []kernels.Launch
	reads    []*residency.Memory
	writes   []*residency.Memory
}

// NewSequence makes a sequence of launches. All their arguments must be buffers, and
// none may be a reduction, for the result of one is on the host; otherwise it
// returns an [*ArgumentError].
func (s *Scheduler) NewSequence(launches ...kernels.Launch) (*Sequence, error) {
	q := &Sequence{s: s, launches: slices.Clone(launches)}
	for i := range q.launches {
		l := &q.launches[i]
		if err := l.Err(); err != nil {
			return nil, fmt.Errorf("hybrid: launch %d of the sequence: %w", i, err)
		}
		if l.Kernel().Reduction != nil {
			return nil, sequenceError(l, "result", "%w: launch %d of a sequence is a reduction, whose result is on the host", device.ErrUnsupported, i)
		}
		for k := range l.Args() {
			m := l.Args()[k].Memory()
			switch {
			case m == nil:
				return nil, sequenceError(l, l.Kernel().Label(k), "%w: launch %d of a sequence has a slice, want a buffer", device.ErrUnsupported, i)
			case l.Access(k)&kernels.Out != 0:
				q.writes = append(q.writes, m)
			default:
				q.reads = append(q.reads, m)
			}
		}
	}
	return q, nil
}

func sequenceError(l *kernels.Launch, arg, format string, args ...any) error {
	return &ArgumentError{Kernel: l.Kernel().Name, Arg: arg, Err: fmt.Errorf(format, args...)}
}

// Run runs the sequence so many times, one after the other, and returns when that is
// done. It is restricted to the devices named, as by [On].
//
// Where one device would do nearly all of every launch, it does all of them, and they
// reach its driver many at a time: as a graph of a CUDA device, which takes one call
// for each run of the sequence, or in batches. Otherwise Run is a loop of
// [Scheduler.Launch], which it equals in its results, and in what is learned of the
// devices: a first run may be such a loop.
//
// When ctx ends, Run returns its cause; the buffers are then as some number of whole
// runs have left them, or, in a loop of launches, as Launch leaves them. A device that
// fails while it has the sequence gives a [*DeviceError]: what was only on it is lost.
func (q *Sequence) Run(ctx context.Context, times int, on ...string) error {
	if times < 0 {
		return fmt.Errorf("hybrid: Sequence.Run: %w: %d times", ErrInvalid, times)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	m, seconds, err := q.place(on)
	if err != nil {
		return err
	}
	if m != nil && times > 0 {
		if done, err := q.runOn(ctx, m, times, seconds); done {
			return err
		}
	}
	var opts []LaunchOption
	if len(on) > 0 {
		opts = append(opts, On(on...))
	}
	for range times {
		for i := range q.launches {
			if err := q.s.Launch(ctx, q.launches[i], opts...); err != nil {
				return err
			}
		}
	}
	return nil
}

// nearlyAll is the share of each launch from which a device is given all of it: the
// others, with less, would take at most a ninth more off its time, for which the
// devices have to exchange what they wrote after every launch.
const nearlyAll = 0.9

// place is the device that is to do every launch, and the seconds that it is expected
// to take for one run; nil if there is none.
func (q *Sequence) place(on []string) (m *member, seconds float64, err error) {
	for i := range q.launches {
		l := &q.launches[i]
		all, err := q.s.candidates(l, on)
		if err != nil {
			return nil, 0, err
		}
		if l.N() == 0 {
			continue
		}
		chosen, unproven := q.s.place(l, all)
		if len(unproven) > 0 {
			return nil, 0, nil
		}
		chosen, _ = divide(chosen, l.N())
		best := slices.MaxFunc(chosen, func(a, b candidate) int { return int(1e6 * (a.share - b.share)) })
		if best.m.isCPU() || m != nil && best.m != m || best.share < nearlyAll || !best.known && len(on) != 1 {
			return nil, 0, nil
		}
		if most, err := largestChunk(l, best.m); err != nil || most < l.N() {
			return nil, 0, nil //nolint:nilerror // the launches themselves will say so
		}
		m, seconds = best.m, seconds+best.estimate.Seconds(float64(l.N()))
	}
	return m, seconds, nil
}
