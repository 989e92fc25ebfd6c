package steal

import (
	"sync"
	"sync/atomic"
)

// Lanes is the number of priorities of an Injector. Lane 0 goes first.
const Lanes = 3

// patience is how many items of other lanes may leave before the first of a
// lane that is waiting. Go's own scheduler looks at its global queue every 61st
// time, for the same reason.
const patience = 61

// Injector is a bounded queue of items with priorities, for any number of
// producers and consumers.
//
// Within a lane, items leave in the order in which they came. Between lanes the
// first that holds any goes first, but no lane starves: after 61 items of other
// lanes it is its turn. So an item with k before it in its lane leaves after at
// most (61+Lanes)(k+1) items, whatever else arrives.
//
// Items are held by value: a queued one costs its own size and little more.
//
// Producers take turns by a lock. Consumers need it only while several lanes hold
// something, when they have to agree whose turn it is. A lane that holds all there
// is, or would if there were anything, is open: consumers take from it by
// compare-and-swap. All others are shut. An item for another lane than the open
// one shuts that first, so that whoever takes from an open lane knows that all
// others are empty at that moment.
type Injector[T any] struct {
	limit int
	open  atomic.Int32 // the lane that is open, or none; written under mu
	_     [52]byte
	lanes [Lanes]lane[T]

	mu      sync.Mutex
	room    int        // so many more fit, if not more; guarded by mu
	skipped [Lanes]int // items of other lanes that left since it was this waiting lane's turn; guarded by mu
	opened  uint64     // where the open lane began when it was opened; guarded by mu
	closed  bool       // guarded by mu

	inversions atomic.Uint64
}

// none is instead of the open lane.
const none = -1

// NewInjector makes an injector for up to limit items.
func NewInjector[T any](limit int) *Injector[T] {
	q := &Injector[T]{limit: limit}
	for i := range q.lanes {
		q.lanes[i].shut()
	}
	q.openLane(0)
	return q
}

// Len is the number of items.
func (q *Injector[T]) Len() int {
	n := 0
	for i := range q.lanes {
		n += q.lanes[i].len()
	}
	return n
}

// Urgent is the number of items of lane 0.
func (q *Injector[T]) Urgent() int { return q.lanes[0].len() }

// LenOf is the number of items of a lane.
func (q *Injector[T]) LenOf(lane int) int { return q.lanes[lane].len() }

// Inversions is how many items have left while a lane before theirs held some,
// because it was their turn.
func (q *Injector[T]) Inversions() uint64 { return q.inversions.Load() }

// Close lets no further item in. Those that are in may still be popped.
func (q *Injector[T]) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
}

// Push adds v to a lane, and reports false if the injector is full or closed.
func (q *Injector[T]) Push(lane int, v T) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	if q.room == 0 {
		if q.room = max(0, q.limit-q.Len()); q.room == 0 {
			return false
		}
	}
	q.room--
	if int(q.open.Load()) != lane {
		q.admit(lane)
	}
	q.lanes[lane].put(v)
	return true
}

// admit prepares for an item in a lane that is not open. mu is held.
func (q *Injector[T]) admit(lane int) {
	open := int(q.open.Load())
	if open == none {
		return
	}
	l := &q.lanes[open]
	if l.shut() != q.opened {
		q.skipped[open] = 0 // it has had its turn since
	}
	if l.len() == 0 {
		q.openLane(lane)
	} else {
		q.open.Store(none)
	}
}

// openLane opens a lane, all being shut. mu is held.
func (q *Injector[T]) openLane(lane int) {
	q.opened = q.lanes[lane].open()
	q.open.Store(int32(lane))
}

// Pop removes the item whose turn it is.
func (q *Injector[T]) Pop() (v T, ok bool) {
	if v, outcome := q.takeOpen(); outcome != Lost {
		return v, outcome == Stolen
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if v, outcome := q.takeOpen(); outcome != Lost {
		return v, outcome == Stolen
	}
	return q.takeTurn(q.turn()), true
}

// takeOpen removes the first item of the open lane. If that is Empty, all are; if
// there is none, the outcome is Lost.
func (q *Injector[T]) takeOpen() (v T, outcome Outcome) {
	open := q.open.Load()
	if open == none {
		return v, Lost
	}
	return q.lanes[open].take()
}

// PopFrom removes the first item of a lane, whether or not it is that lane's
// turn.
func (q *Injector[T]) PopFrom(lane int) (v T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case int(q.open.Load()) == lane:
		v, outcome := q.lanes[lane].take()
		return v, outcome == Stolen
	case q.lanes[lane].len() == 0:
		return v, false
	}
	return q.takeTurn(lane), true
}

// turn is the lane whose turn it is. mu is held, and no lane is open.
func (q *Injector[T]) turn() int {
	first := none
	for lane := range Lanes {
		if q.lanes[lane].len() == 0 {
			continue
		}
		if first == none {
			first = lane
		} else if q.skipped[lane] >= patience {
			q.inversions.Add(1)
			return lane
		}
	}
	return first
}

// takeTurn removes the first item of a lane that holds one. mu is held, and no
// lane is open; one is opened if no other holds anything any more.
func (q *Injector[T]) takeTurn(lane int) T {
	v := q.lanes[lane].takeShut()
	holding, last := 0, lane
	for other := range q.lanes {
		waiting := q.lanes[other].len() > 0
		if waiting {
			holding, last = holding+1, other
		}
		if other == lane || !waiting {
			q.skipped[other] = 0
		} else {
			q.skipped[other]++
		}
	}
	if holding < 2 {
		q.openLane(last)
	}
	return v
}
