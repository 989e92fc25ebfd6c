package hybrid

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/steal"
)

// Signals within a launch; they never reach the caller.
var (
	// errLaunchOver ends the wait of a device whose launch was finished by
	// others.
	errLaunchOver = errors.New("hybrid: BUG: an internal signal got out: launch over")
	// errRevoked makes a device that is late give its chunks back.
	errRevoked = errors.New("hybrid: BUG: an internal signal got out: chunks revoked")
)

// run is one launch in progress.
type run struct {
	s     *Scheduler
	l     *kernels.Launch
	space steal.Space
	begun time.Time
	parts []*part

	// left counts the granules that are not in the result yet; whoever takes
	// it to 0 closes over.
	left atomic.Int64
	over chan struct{} // closed when the result is complete or the run has failed
	stop atomic.Bool   // over is closed, or the context has ended

	progress func(done, total int)
	resident bool // arguments live on devices
	updates  bool // and some of those are read and written: a chunk can't be done again elsewhere

	trialBudget, trialEnd float64 // seconds that a trial may take, and since begun when it ends

	unassigned uint32  // granules below have been given to parts
	expected   float64 // seconds that the whole should take, 0 if nobody knows

	mu       sync.Mutex // guards the rest; taken for thefts and completions, never while working
	finished bool       // over is closed
	err      error      // why the run has failed
	lastLoss error      // why the last device that was retired failed
	returned []span     // taken from failed devices, to be done by others
	partials []piece
	log      []event
}

// span is granules [first, last).
type span struct{ first, last uint32 }

func (s span) empty() bool { return s.first == s.last }

// piece is the partial value of a reduction over a chunk that begins at lo.
type piece struct {
	lo    int
	value kernels.Partial
}

// event is a finished chunk in the launch's log.
type event struct {
	part       *part
	lo, hi     int
	start, end time.Duration
}

// part is one device's side of a run.
type part struct {
	m     *member
	own   steal.Range
	alone bool // no other device takes part: nothing to balance
	trial bool // only to be measured: steals nothing, waits for nothing
	fixed bool // takes chunks that depend on the size of the launch alone

	// wake tells the device's driver, when it waits, that things have changed.
	wake chan struct{}
	// revoke tells the driver of a late device to give its chunks back.
	revoke chan struct{}
	// recovered is closed when the device is through with what it was told
	// to give back.
	recovered chan struct{}

	// Written by the driver, read by thieves.
	rate  atomicFloat  // indices a second, 0 while unknown
	taken atomic.Int64 // indices taken and not finished
	since atomicFloat  // seconds since the run began at which it last finished something
	dead  atomic.Bool  // failed or not chosen: takes nothing

	// Guarded by run.mu.
	stolen  map[string]int64 // by victim's ID
	retired bool             // failed in this launch

	// The driver's own; read by others when the run is over.
	start                float64       // seconds before the first index of a chunk is done
	waited               time.Duration // for work, or for the driver's compiler
	cold                 int           // indices computed while the driver compiled
	ended                time.Duration // when it finished its last chunk
	uploaded, downloaded int64
	failures             int64
}

func newRun(s *Scheduler, l *kernels.Launch) *run {
	r := &run{s: s, l: l, space: steal.NewSpace(l.N(), l.Grain()), begun: time.Now(), over: make(chan struct{})}
	r.left.Store(int64(r.space.Granules()))
	return r
}

func (r *run) since() time.Duration { return time.Since(r.begun) }

// join adds a device, unless it has a part already. Its range is filled by
// assign.
func (r *run) join(m *member) *part {
	for _, p := range r.parts {
		if p.m == m {
			return p
		}
	}
	p := &part{m: m, wake: make(chan struct{}, 1), revoke: make(chan struct{}, 1), stolen: map[string]int64{}}
	r.parts = append(r.parts, p)
	return p
}

func (p *part) busy() time.Duration { return max(0, p.ended-p.waited) }

func (p *part) steals() int {
	n := 0
	for _, k := range p.stolen {
		n += int(k)
	}
	return n
}

// indices is the number of indices in a span.
func (r *run) indices(s span) int {
	lo, hi := r.space.Indices(s.first, s.last)
	return hi - lo
}

// finish puts a chunk into the result, once it is in the caller's memory.
func (r *run) finish(p *part, s span, start time.Duration, value kernels.Partial) {
	lo, hi := r.space.Indices(s.first, s.last)
	end := r.since()
	p.taken.Add(int64(lo - hi))
	p.since.Store(end.Seconds())
	r.mu.Lock()
	p.ended = max(p.ended, end)
	r.log = append(r.log, event{p, lo, hi, start, end})
	if r.l.Kernel().Reduction != nil {
		r.partials = append(r.partials, piece{lo, value})
	}
	left := r.left.Add(-int64(s.last - s.first))
	if r.progress != nil {
		r.progress(r.l.N()-int(min(left*int64(r.space.GranuleSize()), int64(r.l.N()))), r.l.N())
	}
	if left == 0 {
		r.endLocked(nil)
	}
	r.mu.Unlock()
	r.wakeOthers(p)
}

// end ends the run with an error.
func (r *run) end(err error) {
	r.mu.Lock()
	r.endLocked(err)
	r.mu.Unlock()
}

func (r *run) endLocked(err error) {
	if r.finished {
		return
	}
	r.finished, r.err = true, err
	r.stop.Store(true)
	close(r.over)
}

// wakeOthers lets the drivers that wait look again.
func (r *run) wakeOthers(p *part) {
	for _, other := range r.parts {
		if other != p {
			other.nudge()
		}
	}
}

func (p *part) nudge() {
	select {
	case p.wake <- struct{}{}:
	default: // it has been told already
	}
}

// giveBack returns what a device has taken and not finished to be done by
// others, or by itself.
func (r *run) giveBack(p *part, spans ...span) {
	r.mu.Lock()
	for _, s := range spans {
		p.taken.Add(-int64(r.indices(s)))
		r.returned = append(r.returned, s)
	}
	r.mu.Unlock()
	r.wakeOthers(p)
}

// retire ends a device's part before the launch is over. What it has left goes
// to the others; if there are none, to the devices that were not chosen.
func (r *run) retire(p *part, err error) {
	p.dead.Store(true)
	r.mu.Lock()
	r.drainLocked(p)
	p.retired, r.lastLoss = true, err
	r.mu.Unlock()
	r.wakeOthers(p)
}

func (r *run) drainLocked(p *part) {
	if first, last := p.own.Drain(); first != last {
		r.returned = append(r.returned, span{first, last})
	}
}

// combine joins the partial values in the order of their indices.
func (r *run) combine() {
	red := r.l.Kernel().Reduction
	if red == nil {
		return
	}
	value, index := r.l.Result()
	slices.SortFunc(r.partials, func(a, b piece) int { return a.lo - b.lo })
	sum := r.partials[0].value
	for _, p := range r.partials[1:] {
		sum = red.Combine(sum, p.value)
	}
	red.Finish(value, index, sum)
}

// await waits until there is something new for a driver that found nothing to
// take: the run is over, something has changed, or enough time has passed for a
// victim that was too fast to have become slow.
func (r *run) await(ctx context.Context, p *part, patience time.Duration) {
	begin := r.since()
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-r.over:
	case <-p.wake:
	case <-t.C:
	case <-ctx.Done():
	}
	p.waited += r.since() - begin
}

// atomicFloat is a float64 that one goroutine writes and others read.
type atomicFloat struct{ bits atomic.Uint64 }

func (f *atomicFloat) Load() float64   { return math.Float64frombits(f.bits.Load()) }
func (f *atomicFloat) Store(v float64) { f.bits.Store(math.Float64bits(v)) }
