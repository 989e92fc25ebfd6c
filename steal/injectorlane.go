package steal

import "sync/atomic"

// block is the number of items that are allocated together.
const block = 128

// lane is a queue of an [Injector], in blocks. Positions are counted from the
// first item that there ever was.
//
// A block is not used again: consumers that have taken an item may still be about
// to read it. It goes when they have gone on to the next.
type lane[T any] struct {
	// taken is the position of the next item to leave, times 2, plus 1 while the
	// lane is shut. Consumers move it on while it is open; who holds the lock,
	// while it is shut, and it alone shuts and opens it.
	taken atomic.Uint64
	first atomic.Pointer[blockOf[T]] // holds that position, or ends there; written under the lock
	_     [112]byte

	filled atomic.Uint64 // position of the next item to come; written under the lock
	last   *blockOf[T]   // of the last item; under the lock
	_      [112]byte
}

type blockOf[T any] struct {
	start uint64 // position of the first item
	items [block]T
	next  *blockOf[T] // under the lock
}

// len is the number of items, exact if nobody takes any.
func (l *lane[T]) len() int {
	taken := l.taken.Load() // before filled, which it never overtakes
	return int(l.filled.Load() - taken/2)
}

// put adds an item. The lock is held.
func (l *lane[T]) put(v T) {
	pos := l.filled.Load()
	if l.last == nil || pos-l.last.start == block {
		b := &blockOf[T]{start: pos}
		if l.last == nil {
			l.first.Store(b)
		} else {
			l.last.next = b
		}
		l.last = b
	}
	l.last.items[pos-l.last.start] = v
	l.filled.Store(pos + 1) // publishes the item
}

// take removes the first item if the lane is open: if not, or if its first block
// is used up, the outcome is Lost. Anybody may call it.
func (l *lane[T]) take() (v T, outcome Outcome) {
	for {
		taken := l.taken.Load()
		if taken%2 != 0 {
			return v, Lost
		}
		// filled only grows: if it is no further now, there was nothing then.
		if l.filled.Load() == taken/2 {
			return v, Empty
		}
		b := l.first.Load()
		if taken/2-b.start >= block { // or b is the next one already
			return v, Lost
		}
		if l.taken.CompareAndSwap(taken, taken+2) {
			return b.remove(taken / 2), Stolen
		}
	}
}

// takeNext removes the first item, if any, of a lane that is open. The lock is
// held, but others may take from the lane meanwhile.
func (l *lane[T]) takeNext() (v T, ok bool) {
	for {
		l.advance()
		if v, outcome := l.take(); outcome != Lost {
			return v, outcome == Stolen
		}
	}
}

// takeShut removes the first item of a lane that is shut and holds one. The lock
// is held.
func (l *lane[T]) takeShut() T {
	l.advance()
	taken := l.taken.Load()
	l.taken.Store(taken + 2)
	return l.first.Load().remove(taken / 2)
}

// advance goes on to the next block if nothing is left of the first and there is
// one. The lock is held.
func (l *lane[T]) advance() {
	if b := l.first.Load(); b != nil && b.next != nil && l.taken.Load()/2-b.start == block {
		l.first.Store(b.next)
	}
}

// shut shuts the lane, and returns its next position. The lock is held.
func (l *lane[T]) shut() uint64 {
	for {
		if taken := l.taken.Load(); l.taken.CompareAndSwap(taken, taken|1) {
			return taken / 2
		}
	}
}

// open opens the lane, which is shut, and returns its next position. The lock is
// held.
func (l *lane[T]) open() uint64 {
	pos := l.taken.Load() / 2
	l.taken.Store(2 * pos)
	return pos
}

// remove returns the item at a position, and lets go of it.
func (b *blockOf[T]) remove(pos uint64) T {
	var none T
	slot := &b.items[pos-b.start]
	v := *slot
	*slot = none
	return v
}
