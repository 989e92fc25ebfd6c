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

// block is the number of items that are allocated together.
const block = 128

// Injector is a bounded queue of items with priorities, for any number of
// producers and consumers.
//
// Within a lane, items leave in the order in which they came. Between lanes the
// first that holds any goes first, but no lane starves: after 61 items of other
// lanes it is its turn. So an item with k before it in its lane leaves after at
// most (61+Lanes)(k+1) items, whatever else arrives.
//
// Items are held by value: a queued one costs its own size and little more.
type Injector[T any] struct {
	limit int
	// Written under mu. Without mu they tell whether a look is worth it.
	total  atomic.Int64
	urgent atomic.Int64 // of lane 0

	mu      sync.Mutex
	lanes   [Lanes]chain[T] // guarded by mu
	length  [Lanes]int      // guarded by mu
	skipped [Lanes]int      // items of other lanes that left since it was this waiting lane's turn; guarded by mu
	spare   *blockOf[T]     // guarded by mu
	closed  bool            // guarded by mu

	inversions atomic.Uint64
}

type blockOf[T any] struct {
	items [block]T
	next  *blockOf[T]
}

// chain is the blocks of a lane. read and write are positions in the first and
// the last of them.
type chain[T any] struct {
	first, last *blockOf[T]
	read, write int
}

// NewInjector makes an injector for up to limit items.
func NewInjector[T any](limit int) *Injector[T] { return &Injector[T]{limit: limit} }

// Len is the number of items.
func (q *Injector[T]) Len() int { return int(q.total.Load()) }

// Urgent is the number of items of lane 0.
func (q *Injector[T]) Urgent() int { return int(q.urgent.Load()) }

// LenOf is the number of items of a lane.
func (q *Injector[T]) LenOf(lane int) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.length[lane]
}

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
	if q.closed || q.Len() >= q.limit {
		return false
	}
	c := &q.lanes[lane]
	if c.last == nil || c.write == block {
		q.extend(c)
	}
	c.last.items[c.write] = v
	c.write++
	q.resize(lane, 1)
	return true
}

// resize counts an item in or out.
func (q *Injector[T]) resize(lane, by int) {
	q.length[lane] += by
	q.total.Add(int64(by))
	if lane == 0 {
		q.urgent.Add(int64(by))
	}
}

func (q *Injector[T]) extend(c *chain[T]) {
	b := q.spare
	q.spare = nil
	if b == nil {
		b = new(blockOf[T])
	}
	if c.last == nil {
		c.first, c.read = b, 0
	} else {
		c.last.next = b
	}
	c.last, c.write = b, 0
}

// Pop removes the item whose turn it is.
func (q *Injector[T]) Pop() (v T, ok bool) {
	if q.Len() == 0 {
		return v, false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	lane := q.turn()
	if lane < 0 {
		return v, false
	}
	return q.take(lane), true
}

// PopFrom removes the first item of a lane, whether or not it is that lane's
// turn.
func (q *Injector[T]) PopFrom(lane int) (v T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.length[lane] == 0 {
		return v, false
	}
	return q.take(lane), true
}

// turn is the lane whose turn it is, or -1.
func (q *Injector[T]) turn() int {
	first := -1
	for lane := range Lanes {
		if q.length[lane] == 0 {
			continue
		}
		if first < 0 {
			first = lane
		} else if q.skipped[lane] >= patience {
			q.inversions.Add(1)
			return lane
		}
	}
	return first
}

func (q *Injector[T]) take(lane int) T {
	var none T
	c := &q.lanes[lane]
	v := c.first.items[c.read]
	c.first.items[c.read] = none // what has left must not be kept alive
	if c.read++; c.read == block || c.first == c.last && c.read == c.write {
		q.shorten(c)
	}
	q.resize(lane, -1)
	for other := range q.skipped {
		if other == lane || q.length[other] == 0 {
			q.skipped[other] = 0
		} else {
			q.skipped[other]++
		}
	}
	return v
}

// shorten drops the first block of a chain, of which nothing is left. One is
// kept for the next time it is needed.
func (q *Injector[T]) shorten(c *chain[T]) {
	b := c.first
	c.first, c.read = b.next, 0
	if c.first == nil {
		c.last, c.write = nil, 0
	}
	b.next = nil
	q.spare = b
}
