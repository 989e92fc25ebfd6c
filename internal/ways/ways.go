// Package ways chooses between two ways to do the same by how long they have taken.
package ways

import (
	"math"
	"sync/atomic"
	"time"
)

// Choice is between a first and a second way, for calls that are alike. Its zero
// value knows nothing. Several goroutines may use it.
type Choice struct {
	calls [2]atomic.Int64
	best  [2]atomic.Uint64 // bits of the shortest time, in seconds; 0 is unknown
}

// The first call of a way compiles, allocates and fills caches: it does not count.
// Once in so many calls the slower way is looked at again: it may have been measured
// at a bad moment. One that is more than mostLoss times as slow is so more seldom, so
// that looking takes no more than mostLoss/lookAgain of the time.
const (
	uncounted = 1
	trials    = 3
	lookAgain = 256
	mostLoss  = 4
)

// Do runs one of the ways and remembers how long it took.
func (c *Choice) Do(first, second func() error) error {
	way := c.pick()
	do := first
	if way == 1 {
		do = second
	}
	start := time.Now()
	err := do()
	if err == nil && c.calls[way].Add(1) > uncounted {
		c.learn(way, time.Since(start).Seconds())
	}
	return err
}

func (c *Choice) pick() int {
	a, b := c.calls[0].Load(), c.calls[1].Load()
	switch {
	case a < trials:
		return 0
	case b < trials:
		return 1
	}
	faster := 0
	if c.seconds(1) < c.seconds(0) {
		faster = 1
	}
	every := int64(lookAgain)
	if loss := c.seconds(1-faster) / c.seconds(faster); loss > mostLoss {
		every = int64(lookAgain * min(loss, 1e6) / mostLoss)
	}
	if (a+b)%every == 0 {
		return 1 - faster
	}
	return faster
}

func (c *Choice) seconds(way int) float64 {
	if bits := c.best[way].Load(); bits != 0 {
		return math.Float64frombits(bits)
	}
	return math.Inf(1)
}

// learn keeps the shortest time, since interruptions only lengthen one, and forgets
// it by and by.
func (c *Choice) learn(way int, seconds float64) {
	const forget = 1.01
	c.best[way].Store(math.Float64bits(min(max(seconds, 1e-9), c.seconds(way)*forget)))
}
