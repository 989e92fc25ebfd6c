package steal

import (
	"sync/atomic"
)

// Range is a part [lo, hi) of a [Space]'s granules. Its owner takes from the
// front, thieves take from the back, and all of it lives in one word:
//
//	 63        32 31         0
//	+------------+------------+
//	|     lo     |     hi     |   empty: lo == hi
//	+------------+------------+
//
// Every change is a compare-and-swap of the whole word, so a granule is taken
// exactly once. A word that changed and came back (ABA) does no harm: equal
// words mean that the same granules are there to be taken. Go's atomics are
// sequentially consistent, which also makes everything that was written before
// a Put visible to whoever takes the granules.
//
// The zero Range is empty. A Range fills a pair of cache lines, so that the
// words of two owners never share one.
type Range struct {
	word atomic.Uint64
	_    [120]byte
}

func pack(lo, hi uint32) uint64          { return uint64(lo)<<32 | uint64(hi) }
func unpack(word uint64) (lo, hi uint32) { return uint32(word >> 32), uint32(word) }

// Put makes [lo, hi) the content of an empty range and reports whether it was
// empty. Owner only.
func (r *Range) Put(lo, hi uint32) bool {
	old := r.word.Load()
	if have, end := unpack(old); have < end {
		return false
	}
	return r.word.CompareAndSwap(old, pack(lo, hi)) // publishes the granules to thieves
}

// Left is the number of granules that are there to be taken.
func (r *Range) Left() uint32 {
	lo, hi := unpack(r.word.Load())
	return hi - lo
}

// Bounds is the present content [lo, hi).
func (r *Range) Bounds() (lo, hi uint32) { return unpack(r.word.Load()) }

// TakeFront removes up to n granules from the front; n counts as at least 1.
// The result is empty only when the range is.
func (r *Range) TakeFront(n uint32) (lo, hi uint32) {
	for {
		old := r.word.Load()
		lo, hi = unpack(old)
		if lo == hi {
			return lo, lo
		}
		cut := lo + min(max(1, n), hi-lo)
		if r.word.CompareAndSwap(old, pack(cut, hi)) {
			return lo, cut
		}
	}
}

// TakeBack removes up to n granules from the back; n counts as at least 1. The
// result is empty only when the range is.
func (r *Range) TakeBack(n uint32) (lo, hi uint32) {
	for {
		old := r.word.Load()
		lo, hi = unpack(old)
		if lo == hi {
			return hi, hi
		}
		cut := hi - min(max(1, n), hi-lo)
		if r.word.CompareAndSwap(old, pack(lo, cut)) {
			return cut, hi
		}
	}
}

// StealHalf removes the back half, rounded up.
func (r *Range) StealHalf() (lo, hi uint32) {
	for {
		old := r.word.Load()
		lo, hi = unpack(old)
		if lo == hi {
			return hi, hi
		}
		cut := lo + (hi-lo)/2
		if r.word.CompareAndSwap(old, pack(lo, cut)) {
			return cut, hi
		}
	}
}

// Drain removes everything.
func (r *Range) Drain() (lo, hi uint32) { return r.TakeBack(MaxGranules) }
