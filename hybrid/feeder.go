package hybrid

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
)

// inFlight is the number of chunks that a device has at once: one being
// uploaded, one being computed, one being downloaded.
const inFlight = 3

// feeder drives one device through one launch.
type feeder struct {
	r   *run
	p   *part
	m   *member
	ctx context.Context

	prog   *program
	lane   *lane
	whole  [kernels.MaxParams]device.Buffer // arguments that every index may read whole
	slots  [inFlight]slot
	flying []*slot // oldest first
	idle   []*slot

	// uploading is set while arguments may still be on their way to whole.
	uploading bool

	most     int     // indices in a chunk: what memory, buffers and loops allow
	last     int     // indices in the chunk before
	scout    *slot   // the chunk that will tell the rate where the device is now
	settled  bool    // that chunk is done
	lastDone float64 // when the last chunk was done, in seconds since the run began
	sumN     float64 // indices and seconds of the last chunks, decaying
	sumT     float64
	allN     float64 // indices and seconds of all chunks
	allT     float64
	smallN   int // indices and seconds of the smallest chunk
	smallT   float64
	words    []uint32
	buffers  []device.Buffer
}

// slot is the place of one chunk on the device and on the way back.
type slot struct {
	span
	start   time.Duration
	groups  [3]int
	windows [kernels.MaxParams + 1]device.Buffer
	outbox  [kernels.MaxParams]hostMemory     // copies of what is uploaded
	staging [kernels.MaxParams + 1]hostMemory // what came back, by argument; partial values last
	uploads device.Event
	done    device.Event
}

// feed drives the device until nothing is left for it to do. It returns nil, or
// what went wrong; then everything it had taken has been given back.
func (f *feeder) feed() error {
	err := f.prepare()
	if err == nil {
		err = f.loop()
	}
	if errors.Is(err, errLaunchOver) {
		err = nil
	}
	f.leave(err)
	return err
}

func (f *feeder) prepare() error {
	f.p.since.Store(f.r.since().Seconds())
	select {
	case <-f.p.revoke: // meant for a driver before
	default:
	}
	f.prog = f.m.use(f.r.l.Kernel())
	err := f.prog.wait(f.ctx, f.r.over)
	if err != nil {
		return err
	}
	if f.lane, err = f.m.lane(); err != nil {
		return err
	}
	for i := range f.slots {
		f.idle = append(f.idle, &f.slots[i])
	}
	if f.most, err = largestChunk(f.r.l, f.m); err != nil {
		return err
	}
	return f.uploadWhole()
}

// loop keeps chunks in flight: it fills free slots as long as there is work, and
// completes the oldest.
func (f *feeder) loop() error {
	for {
		for len(f.idle) > 0 && (f.settled || len(f.flying) == 0) {
			s := f.take()
			if s.empty() {
				if len(f.flying) > 0 {
					break
				}
				if f.p.trial || f.r.stop.Load() || f.ctx.Err() != nil {
					return nil
				}
				f.r.await(f.ctx, f.p, s.patience)
				f.lastDone = f.r.since().Seconds()
				continue
			}
			err := f.issue(s.span)
			if errors.Is(err, device.ErrOutOfMemory) {
				err = f.makeDo(s.span, err)
			}
			if err != nil {
				return err
			}
		}
		if len(f.flying) == 0 {
			continue
		}
		if err := f.complete(); err != nil {
			return err
		}
	}
}

// makeDo handles a chunk for which there was no memory: it goes back, what the
// device holds is freed, and further chunks are half as large. It answers err if
// the chunk was as small as can be.
func (f *feeder) makeDo(s span, err error) error {
	failed := f.flying[len(f.flying)-1]
	f.flying = f.flying[:len(f.flying)-1]
	f.r.giveBack(f.p, s)
	for len(f.flying) > 0 {
		if err := f.complete(); err != nil {
			return err
		}
	}
	f.dropWindows(failed)
	for _, c := range f.idle {
		f.dropWindows(c)
	}
	f.idle = append(f.idle, failed)
	f.m.memory.trim()
	n := f.r.indices(s)
	if s.last-s.first <= 1 {
		return err
	}
	f.most, f.last = max(1, n/2), 0
	return nil
}

func (f *feeder) dropWindows(c *slot) {
	for k, b := range c.windows {
		if b != nil {
			f.m.memory.drop(b)
			c.windows[k] = nil
		}
	}
}

// take takes the next chunk, unless the launch is to stop.
func (f *feeder) take() taking {
	if f.r.stop.Load() || f.ctx.Err() != nil || f.p.trial && f.r.since().Seconds() > f.r.trialEnd {
		return taking{}
	}
	s := f.r.next(f.p, f.r.granules(float64(f.size())))
	if !s.empty() {
		f.p.taken.Add(int64(f.r.indices(s.span)))
	}
	if s.foreign {
		f.settled, f.scout = false, nil
	}
	return s
}

// size is how many indices the next chunk should have.
func (f *feeder) size() int {
	rate := f.p.rate.Load()
	if rate == 0 {
		return min(max(growth*f.last, f.r.firstChunk()), f.most)
	}
	if f.allT > 0 {
		// A stretch of cheap indices may be short, and three chunks are cut
		// before its end is seen: they are sized by what indices cost so far.
		rate = min(rate, f.allN/f.allT)
	}
	n := rate * longest
	if f.last == 0 && !f.p.alone {
		n = min(n, rate*f.r.remaining()/shrink/caution)
	}
	switch left := f.r.remaining(); {
	case f.p.alone && f.m.info.Caps.HostCores:
		// Nobody steals, and transfers are copies by the same cores.
	case f.p.alone:
		// Pieces only serve to overlap transfers with work.
		n = min(n, float64(f.r.l.N())/(2*inFlight))
	default:
		t := left / shrink
		if least := worthwhile * f.p.start; t < least {
			t = min(least, max(left/4, f.p.start))
		}
		n = min(n, rate*t)
	}
	if f.last > 0 {
		n = min(n, float64(growth*f.last))
	}
	return max(1, min(int(n), f.most))
}

// complete waits for the oldest chunk and puts it into the result.
func (f *feeder) complete() error {
	s := f.flying[0]
	if err := f.waitFor(s); err != nil {
		return err
	}
	f.uploading = false // the chunk's kernel came after it
	f.flying = f.flying[1:]
	f.idle = append(f.idle, s)
	n := f.r.indices(s.span)
	f.measure(s, n)
	value, err := f.store(s)
	if err != nil {
		return err
	}
	f.r.finish(f.p, s.span, s.start, value)
	return nil
}

// waitFor waits until the chunk is done, the launch is to be left, or the
// device has been silent for too long.
func (f *feeder) waitFor(s *slot) error {
	select {
	case <-s.done.Done():
		return s.done.Err()
	default:
	}
	deadline := f.r.s.cfg.deadline
	if rate := f.p.rate.Load(); rate > 0 {
		deadline = max(deadline, time.Duration(10e9*float64(f.p.taken.Load())/rate))
	}
	if f.p.trial && !f.r.updates {
		deadline = time.Duration(2e9 * f.r.trialBudget)
	}
	t := time.NewTimer(deadline)
	defer t.Stop()
	ended := f.ctx.Done()
	for {
		select {
		case <-s.done.Done():
			return s.done.Err()
		case <-ended:
			// The chunk is about to end: leaving it behind would cost more
			// than waiting. A device that hangs is left to its deadline.
			ended = nil
			t.Reset(min(deadline, cancelPatience))
		case <-f.p.revoke:
			return errRevoked
		case <-t.C:
			if f.p.trial && !f.r.updates {
				return errRevoked
			}
			if f.ctx.Err() != nil {
				return context.Cause(f.ctx)
			}
			return &device.Error{Op: "launch", Device: f.m.info.ID, Err: fmt.Errorf(
				"%w: nothing from kernel %s for %v", device.ErrTimeout, f.r.l.Kernel().Name, deadline)}
		}
	}
}

// cancelPatience is how long a launch whose context has ended waits for what a
// device is doing, before it leaves it alone.
const cancelPatience = 200 * time.Millisecond

// measure learns from a chunk of n indices. Chunks overlap, so what counts is
// the time since the one before was done. The first execution of a program pays
// for the driver's compiler and teaches nothing.
func (f *feeder) measure(s *slot, n int) {
	now := f.r.since().Seconds()
	took := max(now-max(s.start.Seconds(), f.lastDone), 1e-9)
	f.lastDone = now
	if !f.prog.warm.Swap(true) {
		f.p.waited += time.Duration(took * 1e9)
		f.p.cold += n
		f.scout = nil
		return
	}
	if s == f.scout {
		f.settled, f.scout = true, nil
		f.sumN, f.sumT = 0, 0
	}
	f.sumN, f.sumT = f.sumN/2+float64(n), f.sumT/2+took
	f.allN, f.allT = f.allN+float64(n), f.allT+took
	f.p.rate.Store(f.sumN / f.sumT)
	// The fixed cost of a chunk is what the smallest took beyond what its
	// indices should have.
	if f.smallN == 0 || n <= f.smallN {
		f.smallN, f.smallT = n, took
	}
	f.p.start = max(0, f.smallT-float64(f.smallN)*f.sumT/f.sumN)
}

// leave ends the device's part: what is under way is abandoned, and what was not
// finished goes back.
func (f *feeder) leave(err error) {
	if f.lane == nil {
		f.m.done(f.prog)
		return
	}
	if err == nil && len(f.flying) == 0 && f.uploading {
		// No chunk came after the upload, so nobody has waited for it: the
		// next user of these buffers must not find it under way.
		f.m.abandon(f.lane, f.r.s, func() {
			f.m.done(f.prog)
			f.eachBuffer(f.m.memory.drop)
			f.freeHostMemory()
		})
		return
	}
	if err == nil && len(f.flying) == 0 {
		f.m.release(f.lane)
		f.m.done(f.prog)
		f.eachBuffer(f.m.memory.put)
		f.freeHostMemory()
		return
	}
	var spans []span
	for _, s := range f.flying {
		spans = append(spans, s.span)
		f.spoil(s.span)
	}
	recovered := make(chan struct{})
	f.p.recovered = recovered
	f.m.abandon(f.lane, f.r.s, func() {
		close(recovered)
		f.prog.warm.Store(true)
		f.m.done(f.prog)
		f.eachBuffer(f.m.memory.drop)
		f.freeHostMemory()
	})
	f.r.giveBack(f.p, spans...)
}

// spoil tells the resident arguments that a chunk may have been broken off.
func (f *feeder) spoil(s span) {
	lo, hi := f.r.space.Indices(s.first, s.last)
	for k := range f.r.l.Args() {
		a := &f.r.l.Args()[k]
		m := a.Memory()
		if m == nil {
			continue
		}
		m.Distrust(f.m.site)
		if f.r.l.Access(k)&kernels.Out != 0 {
			from, to := a.Window(lo, hi)
			m.Spoil(f.m.site, int64(from*a.Type().Size()), int64(to*a.Type().Size()))
		}
	}
}

func (f *feeder) freeHostMemory() {
	for i := range f.slots {
		s := &f.slots[i]
		for k := range s.outbox {
			s.outbox[k].free()
		}
		for k := range s.staging {
			s.staging[k].free()
		}
	}
}

func (f *feeder) eachBuffer(do func(device.Buffer)) {
	for _, b := range f.whole {
		if b != nil {
			do(b)
		}
	}
	for i := range f.slots {
		for _, b := range f.slots[i].windows {
			if b != nil {
				do(b)
			}
		}
	}
}
