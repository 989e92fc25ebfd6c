package steal

import "sync/atomic"

// Outcome tells what became of an attempt to steal.
type Outcome int

// The outcomes of a theft. Only a full round of Empty means that there is
// nothing to do: after Lost the victim may hold more.
const (
	Empty  Outcome = iota // there was nothing to steal
	Lost                  // somebody else was faster
	Stolen                // the thief has it
)

// smallest is the number of slots that a Deque begins with. A power of two.
const smallest = 64

// Deque is the work-stealing deque of Chase and Lev (SPAA 2005). Its owner
// pushes and pops at the bottom, last in first out; any number of thieves take
// the oldest at the top. It grows as needed, and shrinks never.
//
// Positions only ever increase and are compared by difference, so that their
// wrap-around does no harm. The items from top up to bottom are in the ring at
// their position modulo its length.
//
// The zero Deque is empty and ready for use. It must not be copied.
type Deque[T any] struct {
	top    atomic.Uint64 // next to be stolen; changed by whoever takes that item
	_      [120]byte
	bottom atomic.Uint64           // next to be pushed; written by the owner
	ring   atomic.Pointer[ring[T]] // replaced by the owner when it is full
	_      [112]byte
}

// ring's slots are atomic because a thief reads one before it knows that it may
// have it: the owner could be overwriting it. Such a thief's claim then fails.
type ring[T any] struct {
	slots []atomic.Pointer[T]
}

func (r *ring[T]) at(pos uint64) *atomic.Pointer[T] {
	return &r.slots[pos&uint64(len(r.slots)-1)]
}

// Len is the number of items, exact only for the owner while nobody steals.
func (d *Deque[T]) Len() int {
	bottom, top := d.bottom.Load(), d.top.Load()
	return int(max(0, int64(bottom-top)))
}

// Push adds v, which is not nil, at the bottom. Owner only.
func (d *Deque[T]) Push(v *T) {
	bottom := d.bottom.Load()
	r := d.ring.Load()
	if r == nil || bottom-d.top.Load() >= uint64(len(r.slots)) {
		r = d.grow(r, bottom)
	}
	r.at(bottom).Store(v)
	d.bottom.Store(bottom + 1) // publishes the slot: a thief that sees the new bottom sees v
}

// grow copies what is there to a ring of twice the size. Thieves may go on with
// the old ring, whose slots no longer change: they find the same items at the
// same positions, and their claim is decided at top.
func (d *Deque[T]) grow(old *ring[T], bottom uint64) *ring[T] {
	if old == nil {
		old = &ring[T]{}
	}
	r := &ring[T]{slots: make([]atomic.Pointer[T], max(smallest, 2*len(old.slots)))}
	for pos := d.top.Load(); pos != bottom; pos++ {
		r.at(pos).Store(old.at(pos).Load())
	}
	d.ring.Store(r)
	return r
}

// Pop removes the item at the bottom, or returns nil if there is none. Owner
// only.
func (d *Deque[T]) Pop() *T {
	r := d.ring.Load()
	if r == nil {
		return nil
	}
	bottom := d.bottom.Load() - 1
	if int64(bottom-d.top.Load()) < 0 {
		return nil // nobody else adds anything
	}
	// The owner announces its claim before it looks at top, as a thief moves top
	// only after it has looked at bottom. Sequential consistency lets at least
	// one of them see the other, so only the last item is ever disputed.
	d.bottom.Store(bottom)
	top := d.top.Load()
	if int64(bottom-top) < 0 {
		d.bottom.Store(top)
		return nil
	}
	v := r.at(bottom).Load()
	if bottom != top {
		r.at(bottom).Store(nil) // no thief comes this far: the slot must not keep v alive
		return v
	}
	// The last item: whoever moves top has it.
	if !d.top.CompareAndSwap(top, top+1) {
		v = nil
	} else {
		r.at(bottom).Store(nil)
	}
	d.bottom.Store(top + 1)
	return v
}

// Mark is a position such that PopAbove(Mark()) removes only what is pushed from
// now on. Owner only.
func (d *Deque[T]) Mark() uint64 { return d.bottom.Load() }

// PopAbove is Pop for items that were pushed since mark was taken. Owner only.
func (d *Deque[T]) PopAbove(mark uint64) *T {
	if int64(d.bottom.Load()-mark) <= 0 {
		return nil
	}
	return d.Pop()
}

// Steal removes the item at the top. Any goroutine may call it.
func (d *Deque[T]) Steal() (*T, Outcome) {
	// top before bottom: with the opposite order, the owner could pop and push
	// in between, and the thief would take what it pops for stealable.
	top := d.top.Load()
	if int64(d.bottom.Load()-top) <= 0 {
		return nil, Empty
	}
	r := d.ring.Load()
	slot := r.at(top)
	v := slot.Load()
	// v is what was at top only if top has not moved: the owner overwrites this
	// slot, or leaves this ring, only with top elsewhere than here.
	if !d.top.CompareAndSwap(top, top+1) {
		return nil, Lost
	}
	// So that the slot doesn't keep v alive. The owner may have pushed a later
	// item here meanwhile, which must stay.
	slot.CompareAndSwap(v, nil)
	return v, Stolen
}

// StealHalf moves up to half of the victim's items, and at most len(into), to
// into, oldest first, and returns their number. The outcome is that of the last
// attempt; Stolen if there were enough.
func (d *Deque[T]) StealHalf(into []*T) (n int, last Outcome) {
	last = Empty
	for want := min((d.Len()+1)/2, len(into)); n < want; n++ {
		if into[n], last = d.Steal(); last != Stolen {
			break
		}
	}
	return n, last
}
