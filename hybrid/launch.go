package hybrid

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/residency"
)

// Launch runs l over the devices and returns when its result is complete.
//
// A launch too small to gain from company runs on the calling goroutine, with
// no allocation. Mistakes in the arguments give an [*ArgumentError] before any
// work. A device that fails is put in quarantine, with a warning in the log, and
// its part is done by the others; only when none is left the caller gets a
// [*DeviceError]. So does one whose resident buffer a kernel was changing in place
// when its device failed: nobody else has what was there before. A panic in a kernel
// gives a [*PanicError].
//
// When ctx ends, Launch returns its cause soon: no further chunk is begun, those
// under way are waited for as long as they behave. The arguments that the
// kernel writes are then partly written. A result that was complete before beats
// an ended context.
func (s *Scheduler) Launch(ctx context.Context, l kernels.Launch, opts ...LaunchOption) error {
	if err := l.Err(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := s.enter(); err != nil {
		return err
	}
	defer s.running.Done()
	var lc launchConfig
	for _, o := range opts {
		lc = o.applyLaunch(lc)
	}
	if s.onHost(lc) && lc.report == nil && lc.progress == nil && !resident(&l) {
		if inline, timed := s.inlines(&l); inline {
			return s.runInline(&l, timed)
		}
	}
	own := l // moved to the heap here, and only here
	return s.launch(ctx, &own, lc)
}

// onHost reports whether a launch may run on the calling goroutine, which then is one
// of the CPU workers: nothing but them is asked for, and no certain cuts.
func (s *Scheduler) onHost(lc launchConfig) bool {
	return s.cpu != nil && !lc.every && !lc.deterministic &&
		(len(lc.on) == 0 || len(lc.on) == 1 && lc.on[0] == s.cpu.info.ID)
}

func resident(l *kernels.Launch) bool {
	for k := range l.Args() {
		if l.Args()[k].Memory() != nil {
			return true
		}
	}
	return false
}

func (s *Scheduler) launch(ctx context.Context, l *kernels.Launch, lc launchConfig) error {
	all, err := s.candidates(l, lc.on)
	if err != nil {
		return err
	}
	unlock, err := lockArguments(ctx, l)
	if err != nil {
		return err
	}
	defer unlock()
	if l.N() == 0 {
		return runGuarded(l)
	}
	if s.onHost(lc) && (!resident(l) || s.atHome(l, all)) {
		if inline, timed := s.inlines(l); inline {
			return s.reportInline(l, lc, func() error { return s.runInline(l, timed) })
		}
		if s.betterAlone(l, all) {
			return s.reportInline(l, lc, func() error { return s.runAlone(l) })
		}
	}
	s.launches.Add(1)

	r := newRun(s, l)
	r.progress, r.resident = lc.progress, resident(l)
	for k := range l.Args() {
		r.updates = r.updates || l.Args()[k].Memory() != nil && l.Access(k) == kernels.InOut
	}
	var chosen []candidate
	switch {
	case lc.deterministic:
		chosen = all[:1]
		for _, c := range all {
			if c.m.isCPU() {
				chosen = []candidate{c}
			}
		}
	case !lc.every:
		var unproven []candidate
		chosen, unproven = s.place(l, all)
		if len(unproven) == 0 {
			used, expected := divide(chosen, l.N())
			chosen, unproven = s.doubted(l, all, used, expected)
		}
		r.prove(ctx, unproven, fastest(chosen, l.N()))
		if again, err := s.candidates(l, lc.on); err == nil && len(unproven) > 0 {
			chosen, _ = s.place(l, again)
		}
		chosen, r.expected = divide(chosen, l.N())
	default:
		chosen = evenly(all)
	}
	if r.left.Load() > 0 { // a trial may have done it all
		r.assign(chosen, lc.deterministic)
	}
	err = r.drive(ctx, func() []candidate {
		if lc.deterministic {
			return nil // another device may round differently
		}
		return r.reserves(lc.on)
	})
	r.count()
	if lc.report != nil {
		r.report(lc.report)
	}
	if err != nil {
		return err
	}
	r.combine()
	r.teach()
	return nil
}

// reportInline is run, a run of all of l on this goroutine, with what the caller
// wants to know of it.
func (s *Scheduler) reportInline(l *kernels.Launch, lc launchConfig, run func() error) error {
	defer commitHome(l)
	if lc.report == nil && lc.progress == nil {
		return run()
	}
	r := newRun(s, l)
	p := r.join(s.cpu)
	if err := run(); err != nil {
		return err
	}
	p.ended = r.since()
	r.log = append(r.log, event{p, 0, l.N(), 0, p.ended})
	if lc.report != nil {
		r.report(lc.report)
		lc.report.Inline = true
	}
	if lc.progress != nil {
		lc.progress(l.N(), l.N())
	}
	return nil
}

// lockArguments takes the locks of the resident arguments, so that launches on
// the same buffers follow each other.
func lockArguments(ctx context.Context, l *kernels.Launch) (unlock func(), err error) {
	if !resident(l) {
		return func() {}, nil
	}
	var reads, writes []*residency.Memory
	for k := range l.Args() {
		m := l.Args()[k].Memory()
		switch {
		case m == nil:
		case l.Access(k)&kernels.Out != 0:
			writes = append(writes, m)
		default:
			reads = append(reads, m)
		}
	}
	return residency.Lock(ctx, reads, writes)
}

// evenly keeps every candidate: the known ones with shares by their rates, the
// others as if they had the mean of those.
func evenly(all []candidate) []candidate {
	var rates, known float64
	for _, c := range all {
		if c.known {
			rates += c.estimate.Rate
			known++
		}
	}
	var sum float64
	for i := range all {
		c := &all[i]
		switch {
		case c.known:
			c.share = c.estimate.Rate
		case known > 0:
			c.share = rates / known
		default:
			c.share = 1
		}
		sum += c.share
	}
	for i := range all {
		all[i].share /= sum
	}
	return all
}

// prove measures devices that were never tried with this kernel, one after the
// other and each alone, on the front of the launch. A short launch it may do as a
// whole, if it is as fast as the others are expected to be: how a device does
// with a few indices says little about how it does with many.
func (r *run) prove(ctx context.Context, unproven []candidate, expected float64) {
	for _, c := range unproven {
		p := r.join(c.m)
		p.alone, p.trial = true, true
		r.trialBudget = max(trialShare*expected, min(expected, shortTrial), shortestTrial)
		r.trialEnd = r.since().Seconds() + r.trialBudget
		p.own.Put(r.unassigned, r.space.Granules())
		r.feed(ctx, p)
		p.alone, p.trial = false, false
		if rate := p.rate.Load(); rate > 0 {
			r.s.model.Observe(modelKey(r.l, c.m.key), rate, 1)
		}
		first, last := p.own.Drain()
		if first == last {
			first = r.space.Granules()
		}
		r.unassigned = first
	}
}

// A trial takes this part of the time that the launch is expected to take
// without the device, or all of it in a short launch; in seconds.
const (
	trialShare    = 0.05
	shortTrial    = 50e-3
	shortestTrial = 1e-3
)

// fastest is the shortest time, in seconds, that one of the candidates would
// take for n indices.
func fastest(all []candidate, n int) float64 {
	best := math.Inf(1)
	for _, c := range all {
		best = min(best, c.estimate.Seconds(float64(n)))
	}
	return best
}

// assign makes each candidate a part of the run and fills its range with its
// share of what is not assigned yet.
func (r *run) assign(chosen []candidate, fixed bool) {
	for _, p := range r.parts { // those of devices that were tried and not chosen
		p.dead.Store(true)
	}
	var before, all float64
	for _, c := range chosen {
		all += c.share
	}
	first := r.unassigned
	granules := float64(r.space.Granules() - first)
	for i, c := range chosen {
		p := r.join(c.m)
		p.dead.Store(false)
		p.alone, p.fixed = len(chosen) == 1, fixed
		if c.known {
			p.rate.Store(c.estimate.Rate)
		}
		before += c.share
		last := r.unassigned + uint32(before/all*granules+0.5)
		if i == len(chosen)-1 {
			last = r.space.Granules()
		}
		p.own.Put(first, last)
		first = last
	}
	r.unassigned = r.space.Granules()
}

// drive works until the result is complete, the context has ended or no device is
// left. When all that take part have failed, the reserves take over, the devices
// that were not chosen.
func (r *run) drive(ctx context.Context, reserves func() []candidate) error {
	for {
		if err := r.driveParts(ctx); err != nil {
			r.end(err)
		}
		r.mu.Lock()
		finished, err, loss := r.finished, r.err, r.lastLoss
		r.mu.Unlock()
		switch {
		case finished:
			return err
		case ctx.Err() != nil:
			return context.Cause(ctx)
		}
		next := reserves()
		if len(next) == 0 {
			return loss
		}
		r.assign(next, false)
	}
}

// driveParts runs the drivers of all parts and waits for them. Each ends when the
// launch does, or when it has given up on its device. It returns a panic of the
// kernel.
func (r *run) driveParts(ctx context.Context) (err error) {
	var drivers sync.WaitGroup
	for _, p := range r.parts {
		if !p.m.isCPU() && !p.dead.Load() {
			drivers.Go(func() { r.feed(ctx, p) })
		}
	}
	for _, p := range r.parts {
		if p.m.isCPU() && !p.dead.Load() {
			seconds, _ := r.s.inline.perIndex(r.l)
			d := cpuDriver{r: r, p: p, ctx: ctx, worker: 1 / seconds}
			if err = d.drive(); err != nil {
				r.end(err)
			}
		}
	}
	drivers.Wait()
	return err
}

// reserves are the candidates that have no part in the run and can still be
// used.
func (r *run) reserves(on []string) []candidate {
	all, err := r.s.candidates(r.l, on)
	if err != nil {
		return nil
	}
	return evenly(slices.DeleteFunc(all, func(c candidate) bool {
		return slices.ContainsFunc(r.parts, func(p *part) bool { return p.m == c.m && p.retired })
	}))
}

// feed drives one device. One that failed once is tried again, with new streams;
// one that fails again, is lost, or doesn't answer is put in quarantine.
func (r *run) feed(ctx context.Context, p *part) {
	for attempt := 1; ; attempt++ {
		err := p.m.usable()
		if err == nil {
			f := feeder{r: r, p: p, m: p.m, ctx: ctx}
			err = f.feed()
		}
		if err == nil || ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
			return
		}
		if errors.Is(err, errRevoked) {
			if p.trial {
				return // what it holds has gone back to the others
			}
			if err = r.pause(ctx, p); err == nil {
				attempt--
				continue
			}
			if errors.Is(err, errLaunchOver) {
				return
			}
		}
		p.failures++
		var source *device.CompileError
		switch {
		case errors.Is(err, device.ErrOutOfMemory), errors.Is(err, device.ErrUnsupported), errors.As(err, &source):
			r.s.log.Warn("tandem: a device can't take part in a launch",
				"device", p.m.info.ID, "kernel", r.l.Kernel().Name, "error", err)
		case attempt < attempts && !errors.Is(err, device.ErrLost) && !errors.Is(err, device.ErrTimeout):
			var again error
			if p.recovered != nil {
				again = r.pause(ctx, p)
			}
			if again == nil {
				continue
			}
			if errors.Is(again, errLaunchOver) {
				return
			}
			err = again
			r.blame(p.m, err)
		default:
			r.blame(p.m, err)
		}
		if !p.trial {
			r.retire(p, err)
		}
		return
	}
}

// blame puts the device at fault in quarantine: that of the error, from which m may
// only have wanted what is in its memory, or m.
func (r *run) blame(m *member, err error) {
	var e *device.Error
	if errors.As(err, &e) {
		if i := slices.IndexFunc(r.s.devices, func(other *member) bool { return other.info.ID == e.Device }); i >= 0 {
			m = r.s.devices[i]
		}
	}
	if m.fail(err) {
		r.s.log.Warn("tandem: a device failed and is used no more; its work is done by the others",
			"device", m.info.ID, "kernel", r.l.Kernel().Name, "error", err)
	}
}

// pause keeps a late device out of the launch until it is through with what was
// revoked, and answers nil when it may take part again.
func (r *run) pause(ctx context.Context, p *part) error {
	r.mu.Lock()
	r.drainLocked(p)
	r.mu.Unlock()
	r.wakeOthers(p)
	t := time.NewTimer(r.s.cfg.deadline)
	defer t.Stop()
	select {
	case <-p.recovered:
		return nil
	case <-r.over:
		return errLaunchOver
	case <-ctx.Done():
		return errLaunchOver
	case <-t.C:
		return &device.Error{Op: "launch", Device: p.m.info.ID, Err: fmt.Errorf(
			"%w: silent for %v after its work was given to others", device.ErrTimeout, r.s.cfg.deadline)}
	}
}

// attempts is how often a device may fail in one launch.
const attempts = 2

// teach tells the performance model how the devices did. What was computed while
// the driver compiled tells nothing. A device that had the launch to itself is
// charged with all that it took.
func (r *run) teach() {
	n := map[*part]int{}
	for _, e := range r.log {
		n[e.part] += e.hi - e.lo
	}
	for _, p := range r.parts {
		if p.fixed || p.dead.Load() {
			continue
		}
		took := p.busy()
		if p.alone && len(r.parts) == 1 {
			took = r.since() - p.waited
		}
		r.s.model.Observe(modelKey(r.l, p.m.key), float64(n[p]-p.cold), took.Seconds())
	}
}
