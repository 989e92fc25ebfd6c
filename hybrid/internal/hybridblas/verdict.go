package hybridblas

import (
	"math"
	"time"
)

// verdict is what is believed of a cell, and how firmly. What was measured may be wrong:
// the machine was busy, or is another one by now, or a file of years ago says so. So
// every verdict is looked at again, at first when the calls of its cell have taken a
// hundred times what the look before has, then twice as long after each quiet look that
// says the same. Looks thus take a hundredth of the time of the calls that they are
// for, at most, and the one that is under way. What a file says has not been confirmed by
// anything, of whatever age it is: each process that has enough such calls looks anew.
type verdict struct {
	way       way
	confirmed int           // by so many looks since it was last in doubt
	givenUp   int           // how often its calls were late
	cost      time.Duration // of the last look
}

const (
	// share is the part of the time of a cell's calls that looks may take.
	share = 1.0 / 100
	// mostConfirmed and mostGivenUp end the doubling of the time between looks. A
	// way that is given up costs calls that were late, so it comes back four times as
	// seldom each time.
	mostConfirmed = 6
	mostGivenUp   = 3
)

// wait is for how long calls go on until the next look.
func (v *verdict) wait() time.Duration {
	return time.Duration(float64(v.cost) / share * math.Exp2(float64(v.confirmed+2*v.givenUp)))
}

// take changes what is believed after a look. Others' load makes the ways that need
// several processors look worse than they are, so that a busy look may speak for
// them, but not against them: should they be slower, then their calls are late, and
// that is seen without a look.
func (v *verdict) take(l look) {
	switch {
	case l.best == v.way:
		if l.quiet {
			v.confirmed = min(v.confirmed+1, mostConfirmed)
		}
	case v.way > wrapped && l.best == wrapped && !l.quiet:
		v.confirmed = max(v.confirmed-1, 0)
	default:
		v.way, v.confirmed = l.best, 0
	}
	v.cost = l.took
}

// recall fills a cell from the model, if that knows all ways.
func (ch *choices) recall(r request, p *place) (w way, known bool) {
	w, alone, each, known := ch.known(r)
	if !known {
		return unknown, false
	}
	ch.mu.Lock()
	defer ch.mu.Unlock()
	v := ch.verdicts[r.cell]
	if v == nil {
		v = &verdict{way: w, cost: ch.expense(r)}
		ch.verdicts[r.cell] = v
		ch.publish(r, p, v, alone, each)
	}
	return v.way, true
}

// publish has the calls of a cell follow its verdict. The lock is held.
func (ch *choices) publish(r request, p *place, v *verdict, alone, each float64) {
	if len(ch.ways(r.call)) == 1 {
		each = 0 // there is nothing to look at
	}
	work := r.call.work()
	p.alone.Store(math.Float64bits(alone / work))
	p.each.Store(math.Float64bits(each / work * 1e9))
	p.late.Store(0)
	p.left.Store(int64(v.wait()))
	p.way.Store(uint32(v.way)) // publishes the rest
}

// look measures a cell, whether for the first time or again, and has its calls go the
// way that was the fastest. It reports false if the end came before.
func (ch *choices) look(r request) bool {
	ch.looking.Lock()
	defer ch.looking.Unlock()
	p := ch.place(r.cell)
	believed, ok := ch.gaveUp(r, p)
	if !ok {
		return true
	}
	l, ok := ch.measure(r, believed)
	if !ok {
		return false
	}
	ch.mu.Lock()
	defer ch.mu.Unlock()
	v := ch.verdicts[r.cell]
	if v == nil {
		v = &verdict{way: l.best, cost: l.took}
		ch.verdicts[r.cell] = v
	} else {
		v.take(l)
	}
	ch.publish(r, p, v, l.seconds[wrapped], l.seconds[v.way])
	return true
}

// gaveUp is what is believed of a cell before a look, unless its calls have turned out
// to be late since the last: then it stays with the wrapped routine for a while.
func (ch *choices) gaveUp(r request, p *place) (believed way, look bool) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	v := ch.verdicts[r.cell]
	if v == nil {
		return unknown, true
	}
	if way(p.way.Load()) == wrapped && v.way > wrapped {
		v.way, v.confirmed, v.givenUp = wrapped, 0, min(v.givenUp+1, mostGivenUp)
		alone := math.Float64frombits(p.alone.Load()) * r.call.work()
		ch.publish(r, p, v, alone, alone)
		return wrapped, false
	}
	return v.way, true
}
