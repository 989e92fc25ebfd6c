package tasks

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
)

// room bounds how many tasks wait. It is a semaphore whose two sides don't meet as
// long as there is room: who takes a place takes it from free, and who gives one
// back adds to a tally, which is looked at only when free has run out. Those that
// wait are served in their order.
type room struct {
	limit  int64
	ledger *ledger
	// free may be taken without a look at the tallies. It is 0 while anybody waits.
	free atomic.Int64
	_    [64]byte // what those who give look at lies apart from what those who take write

	waiting atomic.Int64 // len(queue), for who gives a place back; written under mu
	mu      sync.Mutex
	granted int64           // places that there ever were in free or were handed over; guarded by mu
	queue   []chan struct{} // of those that wait, closed to hand a place over; guarded by mu
}

func newRoom(limit int, l *ledger) *room { return &room{limit: int64(limit), ledger: l} }

// tryTake takes a place if there is one.
func (r *room) tryTake() bool {
	for n := r.free.Load(); n > 0; n = r.free.Load() {
		if r.free.CompareAndSwap(n, n-1) {
			return true
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.takeNext()
}

// takeNext takes a place unless others wait for it. mu is held, so that nobody else
// adds to free.
func (r *room) takeNext() bool {
	r.serve()
	for n := r.free.Load(); n > 0; n = r.free.Load() {
		if r.free.CompareAndSwap(n, n-1) {
			return true
		}
	}
	return false
}

// take waits for a place until ctx ends, and returns its cause then.
func (r *room) take(ctx context.Context) error {
	r.mu.Lock()
	if r.takeNext() {
		r.mu.Unlock()
		return nil
	}
	place := make(chan struct{})
	r.queue = append(r.queue, place)
	// Who gives a place back adds it and then looks at waiting; here it is the other
	// way round, so one of the two sees the other.
	r.waiting.Add(1)
	r.serve()
	r.mu.Unlock()
	select {
	case <-place:
		return nil
	case <-ctx.Done():
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := slices.Index(r.queue, place); i >= 0 {
		r.queue = slices.Delete(r.queue, i, i+1)
		r.waiting.Add(-1)
	} else {
		r.granted-- // it was handed over meanwhile: the next may have it
	}
	r.serve()
	return context.Cause(ctx)
}

// give gives a place back.
func (r *room) give(at *tally) {
	at.freed.Add(1)
	if r.waiting.Load() > 0 {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.serve()
	}
}

// serve hands what was given back to those that wait, and puts the rest into free.
// mu is held.
func (r *room) serve() {
	places := r.limit + r.ledger.sum(freed) - r.granted
	r.granted += places
	for places > 0 && len(r.queue) > 0 {
		close(r.queue[0])
		r.queue = slices.Delete(r.queue, 0, 1)
		r.waiting.Add(-1)
		places--
	}
	r.free.Add(places)
}
