package cpuexec

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Fork runs f(lane, arg) on the calling goroutine. f may divide its work in halves,
// by [Lane.Both] or, if they are not alike, by [Lane.Fork] and [Lane.Join].
//
//	func fib(l *cpuexec.Lane[int, int], n int) int {
//		if n < 2 {
//			return n
//		}
//		a, b := l.Both(fib, n-1, n-2)
//		return a + b
//	}
//
//	sum, err := cpuexec.Fork(ctx, pool, fib, 32)
//
// Halves that are worth it are taken by the pool's workers; the others cost
// little more than a call, so there is no need for a cut-off. A panic in any of
// them is returned as a [*PanicError]. ctx is looked at before the computation
// begins; f has to look itself if it should end early.
//
// Of a computation inside a task, only what workers have stolen gives up its
// place while it waits.
func Fork[A, R any](ctx context.Context, p *Pool, f func(*Lane[A, R], A) R, arg A) (res R, err error) {
	if ctx.Err() != nil {
		return res, context.Cause(ctx)
	}
	if p.closed() {
		return res, ErrClosed
	}
	c := crewOf[A, R](p)
	root := c.begin()
	defer func() {
		if v := recover(); v != nil {
			err = panicked(v)
		}
		root.unwind(0) // nothing to do but after a panic or runtime.Goexit
		c.end(root)
	}()
	return f(root, arg), nil
}

// crew is the lanes of one fork-join computation after the other.
type crew[A, R any] struct {
	pool  *Pool
	lanes []atomic.Pointer[Lane[A, R]] // the first ones, in the order of their making
	over  atomic.Bool                  // the computation has ended; written under mu
	// asleep is how many of those inside wait for a stolen half.
	asleep atomic.Int32
	// calls is how many more workers the first forks and thefts may call.
	calls atomic.Int32

	mu     sync.Mutex
	free   []*Lane[A, R] // guarded by mu
	made   int           // lanes; guarded by mu
	inside int           // goroutines that have a lane; guarded by mu
}

// crewKey is what crews of one type are kept under.
type crewKey[A, R any] struct{}

// lanesPerWorker bounds the lanes of a crew: workers that wait keep theirs while
// others, in their places, get new ones.
const lanesPerWorker = 4

func crewOf[A, R any](p *Pool) *crew[A, R] {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := any(crewKey[A, R]{})
	if kits := p.kits[key]; len(kits) > 0 {
		c := kits[len(kits)-1].(*crew[A, R])
		p.kits[key] = kits[:len(kits)-1]
		return c
	}
	c := &crew[A, R]{pool: p, lanes: make([]atomic.Pointer[Lane[A, R]], 1+lanesPerWorker*p.workers)}
	c.over.Store(true)
	return c
}

// begin takes a lane for the caller, and shows the crew to workers.
func (c *crew[A, R]) begin() *Lane[A, R] {
	c.mu.Lock()
	c.over.Store(false)
	root := c.take(nil)
	c.mu.Unlock()
	p := c.pool
	p.mu.Lock()
	p.crews = append(p.crews, c)
	p.watched.Add(1)
	p.mu.Unlock()
	if p.workers > 1 {
		c.calls.Store(int32(p.workers - 1))
		root.beEager()
	} else {
		root.deque.Waive()
	}
	return root
}

// end lets no more workers in. The last to go puts the crew away for reuse; the
// caller doesn't wait for that, since a worker that is still in has nothing left
// to do.
func (c *crew[A, R]) end(root *Lane[A, R]) {
	p := c.pool
	p.mu.Lock()
	at := slices.Index(p.crews, party(c))
	p.crews = slices.Delete(p.crews, at, at+1)
	p.watched.Add(-1)
	p.mu.Unlock()
	c.mu.Lock()
	c.over.Store(true)
	c.mu.Unlock()
	c.leave(root)
}

// take returns a free lane or a new one, or nil if there are enough. mu is held.
func (c *crew[A, R]) take(w *Worker) *Lane[A, R] {
	var l *Lane[A, R]
	switch last := len(c.free) - 1; {
	case last >= 0:
		l, c.free = c.free[last], c.free[:last]
	case c.made < len(c.lanes):
		l = &Lane[A, R]{crew: c, frames: new([room]frame[A, R]), wake: make(chan struct{}, 1)}
		l.deque.Open(room)
		c.lanes[c.made].Store(l) // shows it to thieves
		c.made++
	default:
		return nil
	}
	l.worker = w
	c.inside++
	return l
}

// leave gives a lane back. Nothing is left in it, and nobody steals from it what
// is not there, but thieves may look at it for as long as the crew exists.
func (c *crew[A, R]) leave(l *Lane[A, R]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l.forget()
	c.free = append(c.free, l)
	if c.inside--; c.inside > 0 || !c.over.Load() {
		return
	}
	c.pool.mu.Lock()
	defer c.pool.mu.Unlock()
	key := any(crewKey[A, R]{})
	if kits := c.pool.kits[key]; len(kits) < c.pool.workers {
		c.pool.kits[key] = append(kits, c)
	}
}

// callNext calls one more worker, before the computation's first fork or a worker's
// work on what it has stolen, so that all come soon. They are called no more than
// once: workers that find only small halves would call each other for ever.
func (c *crew[A, R]) callNext() {
	if c.calls.Load() > 0 && c.calls.Add(-1) >= 0 {
		c.pool.call(c)
	}
}

// join is a worker's side: it steals until it has found nothing for a while.
func (c *crew[A, R]) join(w *Worker) (worthIt bool) {
	c.mu.Lock()
	if c.over.Load() || c.inside-int(c.asleep.Load()) >= c.pool.workers {
		c.mu.Unlock()
		return false
	}
	l := c.take(w)
	c.mu.Unlock()
	if l == nil {
		return false
	}
	defer c.leave(l)
	var idle patience
	for !c.over.Load() && w.seat != nil {
		start := time.Since(epoch)
		if l.stealAny() {
			if time.Since(epoch)-start > worthStealing {
				if c.pool.lot.Len() > 0 {
					c.pool.call(c) // where there was something, there may be more
				}
				idle.found()
				worthIt = true
				continue
			}
		}
		if idle.over(workerPatience) {
			c.waive()
			break
		}
	}
	return worthIt
}

// waive tells the lanes that nobody waits for what they could share.
func (c *crew[A, R]) waive() {
	for i := range c.lanes {
		l := c.lanes[i].Load()
		if l == nil {
			return
		}
		l.deque.Waive()
	}
}
