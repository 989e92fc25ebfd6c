package hybridblas

import (
	"sync/atomic"
	"time"
)

const (
	// leastProbe and mostProbe bound how long a processor is asked for: the least is
	// several times as long as waking a worker takes, and within the most a kernel's
	// scheduler has shared a processor out among all who want it (its slices are some
	// milliseconds).
	leastProbe = 200 * time.Microsecond
	mostProbe  = 5 * time.Millisecond
	// disturbed is how much longer than alone the workers may take for as much each.
	// If one of them has to wait for another to end it is 2.
	disturbed = 1.5
	// wake is the time to wake a worker.
	wake = 50 * time.Microsecond
	// turnsTimed is how many turns tell the time of one, in about 20 µs.
	turnsTimed = 1 << 14
)

// probe tells whether a processor is free for every worker. What others have, be it
// programs, other goroutines of this one, or another machine on the same hardware,
// makes measured times longer, most of all those of work that wants all processors.
type probe struct {
	turn time.Duration // shortest time for turnsTimed; 0 is unknown
}

// quiet has every worker count for as long as a measurement takes that begins or has
// ended, so that what would disturb the one disturbs the other.
func (p *probe) quiet(workers int, loop func(n int, body func(lo, hi int)) error, d time.Duration) bool {
	for range 3 {
		start := time.Now()
		count(turnsTimed)
		if took := max(time.Since(start), 1); p.turn == 0 || took < p.turn {
			p.turn = took
		}
	}
	d = min(max(d, leastProbe), mostProbe)
	turns := int(turnsTimed * d / p.turn)
	start := time.Now()
	err := loop(workers, func(lo, hi int) {
		for range hi - lo {
			count(turns)
		}
	})
	return err == nil && time.Since(start) <= time.Duration(disturbed*float64(d))+wake
}

var counted atomic.Uint64

// count takes time in which nothing but registers is used, each turn after the other:
// so two that share a core's units don't slow each other.
func count(turns int) {
	x := counted.Load()
	for range turns {
		x = x*6364136223846793005 + 1442695040888963407
	}
	counted.Store(x)
}
