package cpuexec

import (
	"context"
	"sync"
	"sync/atomic"
)

// broadcast is a function that every worker is to run once. The broadcasts of a
// pool are a list, to the end of which the next is added; each seat holds the last
// that it has attended to, so one that all have attended to is garbage.
type broadcast struct {
	f    func(w *Worker)
	next atomic.Pointer[broadcast]
	over chan struct{} // closed when nobody is in f, and nobody will be

	mu        sync.Mutex // guards the rest
	missing   int        // workers that have not attended to it yet
	inside    int        // workers that are in f
	withdrawn bool       // those that are missing need not run f
	failure   error      // the first
}

// Broadcast has every worker of the pool run f once, each when it has ended the
// task or left the loop that it is in, and returns the first failure: a
// [*PanicError], or ErrGoexit. It waits for all workers, so a task must call
// [Worker.Broadcast] instead. Broadcasts reach every worker in one order. After
// Close it returns ErrClosed.
//
// When ctx ends, workers that have not begun don't run f, and Broadcast returns
// the cause of ctx once the others have ended.
func (p *Pool) Broadcast(ctx context.Context, f func(w *Worker)) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	b := &broadcast{f: f, missing: p.workers, over: make(chan struct{})}
	if !p.announce(b) {
		return ErrClosed
	}
	select {
	case <-b.over:
	case <-ctx.Done():
		if b.withdraw() {
			<-b.over
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failure == nil && b.missing > 0 {
		return context.Cause(ctx)
	}
	return b.failure
}

// Broadcast is [Pool.Broadcast] for a task. While it waits, its place in the pool
// is taken by another goroutine, which runs f for it.
func (w *Worker) Broadcast(ctx context.Context, f func(w *Worker)) error {
	w.standUp()
	return w.pool.Broadcast(ctx, f)
}

// announce adds b to the list, and reports false if the pool is closed. A worker
// looks once more after it has seen that.
func (p *Pool) announce(b *broadcast) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed() {
		return false
	}
	p.latest.next.Store(b)
	p.latest = b
	p.lot.WakeAll()
	return true
}

// withdraw lets no further worker in, and tells whether some are inside.
func (b *broadcast) withdraw() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.withdrawn = true
	return b.inside > 0
}

// called tells whether there is a broadcast that the seat has not attended to.
func (s *seat) called() bool { return s.heard.next.Load() != nil }

// attend runs the next broadcast that this worker has not run.
func (w *Worker) attend() bool {
	b := w.seat.heard.next.Load()
	if b == nil {
		return false
	}
	w.seat.heard = b
	w.seat.adopt(nil)
	b.run(w)
	return true
}

// run is one worker's part.
func (b *broadcast) run(w *Worker) {
	b.mu.Lock()
	if b.withdrawn {
		b.mu.Unlock()
		return
	}
	b.inside++
	b.mu.Unlock()
	failure := ErrGoexit // unless we come to know better
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.failure == nil {
			b.failure = failure
		}
		b.missing--
		if b.inside--; b.inside == 0 && (b.missing == 0 || b.withdrawn) {
			close(b.over)
		}
	}()
	failure = protect(func() { b.f(w) })
}
