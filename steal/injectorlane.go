package steal

import "sync/atomic"

// block is the number of items that are allocated together: with the 24 bytes of
// one of cpuexec, its two other words and the word that Go puts before it, a block
// is the 8192 bytes of a size class.
const block = 340

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
	first atomic.Pointer[blockOf[T]] // holds that position, or ends there
	// seen is how far a consumer has seen filled: as long as they are not there yet,
	// they leave the producers their line.
	seen atomic.Uint64
	_    [104]byte

	filled atomic.Uint64 // position of the next item to come; written under the lock
	last   *blockOf[T]   // of the last item; under the lock
	_      [112]byte
}

type blockOf[T any] struct {
	start uint64 // position of the first item
	items [block]T
	next  atomic.Pointer[blockOf[T]] // set before there is an item in it
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
			l.last.next.Store(b)
		}
		l.last = b
	}
	l.last.items[pos-l.last.start] = v
	l.filled.Store(pos + 1) // publishes the item
}

// take removes the first item if the lane is open: if not, the outcome is Lost.
// Anybody may call it.
func (l *lane[T]) take() (v T, outcome Outcome) {
	for {
		taken := l.taken.Load()
		if taken%2 != 0 {
			return v, Lost
		}
		pos := taken / 2
		if l.seen.Load() <= pos {
			// filled only grows: if it is no further now, there was nothing then.
			filled := l.filled.Load()
			if filled == pos {
				return v, Empty
			}
			l.seen.Store(filled) // or less than it is already, which does no harm
		}
		if b := l.holding(pos); b != nil && l.taken.CompareAndSwap(taken, taken+2) {
			return b.remove(pos), Stolen
		}
	}
}

// takeShut removes the first item of a lane that is shut and holds one. The lock
// is held.
func (l *lane[T]) takeShut() T {
	taken := l.taken.Load()
	b := l.holding(taken / 2)
	l.taken.Store(taken + 2)
	return b.remove(taken / 2)
}

// holding returns the block that holds an item at pos, which is the lane's next,
// or nil if it no longer is.
func (l *lane[T]) holding(pos uint64) *blockOf[T] {
	b := l.first.Load()
	if pos-b.start == block {
		next := b.next.Load()
		l.first.CompareAndSwap(b, next) // another may have done it
		b = next
	}
	if pos-b.start >= block {
		return nil
	}
	return b
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
