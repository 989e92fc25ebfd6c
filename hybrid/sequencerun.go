package hybrid

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/residency"
)

const (
	// submitted is how many launches are given to a device at once, of which it has
	// two such portions: enough that what a portion costs besides, an event and a
	// wait of some microseconds, is little, and few enough that a run soon ends
	// when its context does.
	submitted = 256
	// graphFrom is how many runs a sequence needs to be made a graph: to make one
	// takes the driver about as long as several launches of each of its nodes.
	graphFrom = 8
)

// sequenceRun is a sequence on one device.
type sequenceRun struct {
	q    *Sequence
	m    *member
	lane *lane

	all      []device.Execution // of one run
	batch    []device.Execution // of many
	graph    device.Graph
	windows  []written
	flying   []device.Event // oldest first
	deadline time.Duration
}

// written is bytes that a run of the sequence writes.
type written struct {
	m      *residency.Memory
	lo, hi int64
}

// runOn runs the sequence on one device. Where that has no room for it, done is
// false, and nothing has happened.
func (q *Sequence) runOn(ctx context.Context, m *member, times int, seconds float64) (done bool, err error) {
	if err := q.s.enter(); err != nil {
		return true, err
	}
	defer q.s.running.Done()
	unlock, err := residency.Lock(ctx, q.reads, q.writes)
	if err != nil {
		return true, err
	}
	defer unlock()
	r := &sequenceRun{q: q, m: m}
	if r.lane, err = m.lane(); err != nil {
		return true, r.blame(err)
	}
	if err := r.prepare(ctx); err != nil {
		m.abandon(r.lane, q.s, func() {})
		switch {
		case errors.Is(err, device.ErrOutOfMemory), errors.Is(err, device.ErrUnsupported):
			return false, nil
		case ctx.Err() != nil && errors.Is(err, context.Cause(ctx)):
			return true, err
		}
		return true, r.blame(err)
	}
	portion := max(1, submitted/max(1, len(r.all)))
	r.deadline = max(q.s.cfg.deadline, time.Duration(10e9*2*seconds*float64(portion)))
	begun := time.Now()
	runs, err := r.drive(ctx, times, portion)
	if err != nil {
		r.spoil()
		return true, r.blame(err)
	}
	if r.graph != nil {
		_ = r.graph.Close() // it has been executed; what fails is lost
	}
	m.release(r.lane)
	if runs > 0 {
		for _, w := range r.windows {
			w.m.Commit(m.site, w.lo, w.hi)
		}
	}
	q.count(m, runs, time.Since(begun))
	if runs < times {
		return true, context.Cause(ctx)
	}
	return true, nil
}

// prepare brings the buffers to the device, and makes the executions of one run.
func (r *sequenceRun) prepare(ctx context.Context) error {
	read := map[*residency.Memory]bool{}
	for i := range r.q.launches {
		l := &r.q.launches[i]
		for k := range l.Args() {
			m := l.Args()[k].Memory()
			read[m] = read[m] || l.Access(k)&kernels.In != 0
		}
	}
	buffers := map[*residency.Memory]device.Buffer{}
	for m, read := range read {
		b, moved, err := m.Acquire(ctx, r.m.site, r.lane.compute, 0, m.Size(), read)
		if err != nil {
			return err
		}
		buffers[m] = b
		r.m.counts.uploaded.Add(moved)
	}
	for i := range r.q.launches {
		if l := &r.q.launches[i]; l.N() > 0 {
			if err := r.add(ctx, l, buffers); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *sequenceRun) add(ctx context.Context, l *kernels.Launch, buffers map[*residency.Memory]device.Buffer) error {
	p := r.m.program(l.Kernel())
	if err := p.wait(ctx, nil); err != nil {
		return err
	}
	caps := r.m.info.Caps
	groups, err := l.Groups(caps.Language, caps, l.N())
	if err != nil {
		return &device.Error{Op: "launch", Device: r.m.info.ID, Err: err}
	}
	d := device.Dispatch{Groups: groups}
	var offsets [kernels.MaxParams]int
	for k := range l.Args() {
		a := &l.Args()[k]
		from, to := a.Window(0, l.N())
		offsets[k] = from
		d.Buffers = append(d.Buffers, buffers[a.Memory()])
		if size := a.Type().Size(); l.Access(k)&kernels.Out != 0 {
			r.windows = append(r.windows, written{a.Memory(), int64(from * size), int64(to * size)})
		}
	}
	// Resident arguments stand where they do in the whole buffer.
	d.Scalars = l.Words(nil, caps.Language, 0, l.N(), offsets[:])
	r.all = append(r.all, device.Execution{Program: p.p, Dispatch: d})
	return nil
}

// drive runs all of it so many times, in portions, and returns how many there have
// been: fewer when the context ends.
func (r *sequenceRun) drive(ctx context.Context, times, portion int) (runs int, err error) {
	if graphs, ok := r.lane.compute.(device.GraphStream); ok && len(r.all) > 1 && times >= graphFrom {
		r.graph, err = graphs.Capture(r.all)
		if err != nil && !errors.Is(err, device.ErrUnsupported) {
			return 0, err
		}
	}
	for runs < times && ctx.Err() == nil && len(r.all) > 0 {
		n := min(portion, times-runs)
		if err := r.enqueue(n); err != nil {
			return runs, err
		}
		runs += n
		e, err := r.lane.compute.Record()
		if err != nil {
			return runs, err
		}
		if r.flying = append(r.flying, e); len(r.flying) > 1 {
			if err := r.complete(); err != nil {
				return runs, err
			}
		}
	}
	for len(r.flying) > 0 {
		if err := r.complete(); err != nil {
			return runs, err
		}
	}
	if len(r.all) == 0 {
		return times, nil
	}
	return runs, nil
}

// enqueue gives n runs to the device.
func (r *sequenceRun) enqueue(n int) error {
	if r.graph != nil {
		for range n {
			if err := r.lane.compute.(device.GraphStream).Replay(r.graph); err != nil {
				return err
			}
		}
		return nil
	}
	if batches, ok := r.lane.compute.(device.BatchStream); ok {
		for len(r.batch) < n*len(r.all) {
			r.batch = append(r.batch, r.all...)
		}
		return batches.LaunchBatch(r.batch[:n*len(r.all)])
	}
	for range n {
		for i := range r.all {
			if err := r.lane.compute.Launch(r.all[i].Program, r.all[i].Dispatch); err != nil {
				return err
			}
		}
	}
	return nil
}

// complete waits for the oldest portion.
func (r *sequenceRun) complete() error {
	e := r.flying[0]
	t := time.NewTimer(r.deadline)
	defer t.Stop()
	select {
	case <-e.Done():
		r.flying = r.flying[1:]
		return e.Err()
	case <-t.C:
		return &device.Error{Op: "launch", Device: r.m.info.ID, Err: fmt.Errorf("%w: nothing from a sequence for %v", device.ErrTimeout, r.deadline)}
	}
}

// spoil tells the buffers that the device may have broken off anywhere.
func (r *sequenceRun) spoil() {
	for _, w := range r.windows {
		w.m.Spoil(r.m.site, w.lo, w.hi)
	}
	for _, m := range append(r.q.reads, r.q.writes...) {
		m.Distrust(r.m.site)
	}
	r.m.abandon(r.lane, r.q.s, func() {})
}

// blame puts the device in quarantine for what it cannot be given again.
func (r *sequenceRun) blame(err error) error {
	lost := errors.Is(err, device.ErrLost) || errors.Is(err, device.ErrTimeout)
	if lost && r.m.fail(err) {
		r.q.s.log.Warn("tandem: a device failed and is used no more", "device", r.m.info.ID, "error", err)
	}
	r.m.counts.failures.Add(1)
	return err
}

// count adds what a device has done to the statistics.
func (q *Sequence) count(m *member, runs int, busy time.Duration) {
	var indices int64
	for i := range q.launches {
		indices += int64(q.launches[i].N())
	}
	q.s.launches.Add(int64(runs * len(q.launches)))
	m.counts.chunks.Add(int64(runs * len(q.launches)))
	m.counts.indices.Add(int64(runs) * indices)
	m.counts.busy.Add(int64(busy))
}
