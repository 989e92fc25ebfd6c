package hybrid

import (
	"math"
	"time"

	"github.com/tandem-go/tandem/steal"
)

// How chunks are sized. R is the time that all devices together still need for
// what nobody has taken yet.
const (
	// A device that is one of several takes chunks of R/shrink: large while
	// much is left, then smaller and smaller, so that all end together
	// (guided self-scheduling, Polychronopoulos & Kuck 1987). With three
	// chunks in flight an eighth of R is out of the reach of thieves.
	shrink = 24
	// A chunk is not made shorter than so many times the fixed cost of one,
	// unless what is left is shorter still.
	worthwhile = 8
	// While a device's rate is unknown its chunks grow by this factor.
	growth = 8
	// The first chunk of a device without a rate is this part of the index
	// space: so little that even a device a thousand times slower than the
	// others is soon done with it.
	firstShare = 1 << 20
	// Where a device comes to a new part of the index space, its first chunk
	// is so many times smaller than its rate would allow: indices may cost a
	// hundred times more there.
	caution = 50
	// The longest chunk; bounds how long a launch takes to notice its
	// context, and how often progress is shown.
	longest = 50e-3
)

// What a CPU worker takes at once (seconds): long enough that the atomic
// operation and the look at the clock are below 0.1 %, short enough that
// workers end together.
const (
	cpuShortest = 20e-6
	cpuLongest  = 200e-6
)

// remaining is R.
func (r *run) remaining() float64 {
	var left, rate float64
	for _, p := range r.parts {
		left += float64(p.own.Left())
		if !p.dead.Load() {
			rate += p.rate.Load()
		}
	}
	if rate == 0 {
		return math.Inf(1)
	}
	return left * float64(r.space.GranuleSize()) / rate
}

// granules is n indices in granules, at least one.
func (r *run) granules(n float64) uint32 {
	return uint32(min(max(1, n/float64(r.space.GranuleSize())), steal.MaxGranules))
}

// taking is what a device that asks for work gets.
type taking struct {
	span
	// foreign is set when the chunk is not where the one before ended.
	foreign bool
	// patience, where there is nothing to take, is how long the device should
	// wait before it looks again, unless it is woken before.
	patience time.Duration
}

// next takes a chunk of up to want granules for p: from its own range, or
// cautiously from what failed devices have returned or from a victim.
func (r *run) next(p *part, want uint32) (s taking) {
	if s.first, s.last = p.own.TakeFront(want); !s.empty() {
		return s
	}
	want = max(1, want/caution)
	s.foreign = true
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.finished || p.dead.Load() {
		return taking{}
	}
	// Another worker of the same device may have refilled the range.
	if s.first, s.last = p.own.TakeFront(want); !s.empty() {
		return s
	}
	switch n := len(r.returned); {
	case n > 0 && p.trial: // its range is measured by what it leaves there
		s.span = r.returned[n-1]
		s.last = min(s.last, s.first+want)
		if r.returned[n-1].first = s.last; r.returned[n-1].empty() {
			r.returned = r.returned[:n-1]
		}
		return s
	case n > 0:
		back := r.returned[n-1]
		r.returned = r.returned[:n-1]
		p.own.Put(back.first, back.last)
	case p.trial:
		return taking{}
	default:
		s.patience = r.stealLocked(p)
	}
	s.first, s.last = p.own.TakeFront(want)
	return s
}

// Where arguments live on devices, a victim is stolen from only if it would need
// longer than this part of the whole launch for the rest.
const residentPatience = 0.25

// A device that finds nothing to steal looks again after this part of the time
// that the launch has taken so far, within bounds.
const (
	waitShare    = 0.01
	shortestWait = 50 * time.Microsecond
	longestWait  = 250 * time.Millisecond
)

// stealLocked moves work from the device with the most time left into p's empty
// range, as much as lets both end together. When there is nothing worth taking
// it answers when to look again: a victim can become slower than it was.
func (r *run) stealLocked(p *part) (patience time.Duration) {
	loads := make([]steal.Load, len(r.parts))
	now := r.since().Seconds()
	for i, v := range r.parts {
		loads[i] = r.load(v, now)
	}
	patience = min(max(time.Duration(waitShare*now*1e9), shortestWait), longestWait)
	i := steal.Choose(loads, func(i int) bool { return r.parts[i] != p && !r.parts[i].dead.Load() })
	if i < 0 {
		r.revokeLocked(now)
		return patience
	}
	victim, left := r.parts[i], loads[i]
	amount := steal.Amount(left, p.rate.Load(), p.start)
	if p.rate.Load() == 0 {
		// A device that has yet to show what it can takes a first chunk.
		amount = float64(r.firstChunk())
	}
	if r.resident && left.Time() < r.expected*residentPatience {
		amount = 0 // moving the data would cost more than it gains
	}
	if amount < 1 {
		r.revokeLocked(now)
		return patience
	}
	first, last := victim.own.TakeBack(r.granules(amount))
	if first == last {
		return shortestWait
	}
	p.own.Put(first, last)
	p.stolen[victim.m.info.ID]++
	return 0
}

// A device is late when what it has in flight will keep it busy for this part of
// the time that the launch has taken so far, while others have nothing to do.
// Guided chunks are far smaller by then.
const (
	lateness         = 0.03
	shortestLateness = 1e-3 // seconds; a busy machine's goroutines are held up for that long
)

// revokeLocked is called when a device finds nothing to take. Devices that are
// late are told to give back what they have in flight, if the others would have
// done it in half the time: their indices turned out far more expensive than
// those before, a compiler or somebody else's work is in the way, or they hang.
// They finish what they do, and nobody looks at it.
func (r *run) revokeLocked(now float64) {
	if r.updates {
		return
	}
	var all float64
	for _, p := range r.parts {
		if !p.dead.Load() {
			all += p.rate.Load()
		}
	}
	for _, v := range r.parts {
		taken := float64(v.taken.Load())
		if v.dead.Load() || v.m.isCPU() || taken == 0 {
			continue
		}
		busy, others := r.load(v, now).Busy, all-v.rate.Load()
		if busy > max(lateness*now, shortestLateness) && busy*others > 2*taken {
			select {
			case v.revoke <- struct{}{}:
			default: // it has been told already
			}
		}
	}
}

// load is what p still has to do, seen from outside at the given time. A device
// that says nothing for longer than expected is taken to need as long again.
func (r *run) load(p *part, now float64) steal.Load {
	l := steal.Load{Left: float64(p.own.Left()) * float64(r.space.GranuleSize()), Rate: p.rate.Load()}
	taken, silent := float64(p.taken.Load()), now-p.since.Load()
	switch {
	case l.Rate == 0 && silent > 0:
		l.Rate = max(taken, 1) / silent // it can't have been faster
		l.Busy = silent
	case l.Rate > 0:
		expected := taken / l.Rate
		if expected > silent {
			l.Busy = expected - silent
		} else if taken > 0 {
			l.Busy = silent
			l.Rate = min(l.Rate, taken/silent)
		}
	}
	return l
}

// firstChunk is how many indices a device without a rate takes.
func (r *run) firstChunk() int {
	return max(r.l.Grain(), r.l.N()/firstShare)
}
