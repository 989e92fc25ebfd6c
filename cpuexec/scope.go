package cpuexec

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Scope is a set of tasks that are waited for together. Any of its tasks may
// spawn further ones into it.
type Scope struct {
	pool    *Pool
	ctx     context.Context // of the call that the scope lives in
	pending atomic.Int64    // tasks that have not ended, one for the scope's own function, and credits
	over    chan struct{}   // closed when pending is 0
	skipped atomic.Bool     // a task was not run
	failed  atomic.Bool     // failure is not nil

	mu      sync.Mutex
	failure error // the first; guarded by mu
}

// Scope runs f, which may spawn tasks into the scope, waits for all of them, and
// returns the first failure: a [*PanicError], or ErrGoexit. It is called from
// outside; a task uses [Worker.Scope]. After Close it returns ErrClosed.
//
// After a failure, or when ctx has ended, tasks that have not begun are not run.
// In the latter case Scope returns the cause of ctx once the others have ended.
func (p *Pool) Scope(ctx context.Context, f func(s *Scope)) error {
	if p.closed() {
		return ErrClosed
	}
	return p.scope(ctx, nil, f)
}

// Scope is [Pool.Scope] for a task. While it waits, this goroutine runs nothing
// but tasks of the scope; then its place in the pool is taken by another. So
// unrelated work never runs on top of the caller, who may hold locks. A task of
// the scope that calls runtime.Goexit may take the caller with it.
func (w *Worker) Scope(ctx context.Context, f func(s *Scope)) error {
	return w.pool.scope(ctx, w, f)
}

func (p *Pool) scope(ctx context.Context, w *Worker, f func(s *Scope)) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	s := &Scope{pool: p, ctx: ctx, over: make(chan struct{})}
	s.pending.Store(1)
	var mark uint64
	var outer *Scope
	if w != nil && w.seat != nil {
		mark, outer = w.seat.deque.Mark(), w.seat.scope
		w.seat.adopt(s)
	}
	s.runOwn(w, mark, f)
	if w != nil && w.seat != nil {
		w.seat.adopt(outer)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure == nil && s.skipped.Load() {
		return context.Cause(ctx)
	}
	return s.failure
}

// runOwn runs the scope's own function, and waits for its tasks whichever way
// that ends.
func (s *Scope) runOwn(w *Worker, mark uint64, f func(s *Scope)) {
	failure := ErrGoexit // unless we come to know better
	defer func() {
		s.done(failure)
		s.wait(w, mark)
	}()
	failure = protect(func() { f(s) })
}

// Spawn runs f as a task of the scope. w is the worker that the caller was given,
// or nil for a goroutine that is no task; such a goroutine runs f itself, and what
// f spawns, if the queue is full. Spawn must not be called after the scope is over.
func (s *Scope) Spawn(w *Worker, f func(w *Worker)) {
	if w == nil || w.seat == nil || !w.seat.enter(s) {
		s.pending.Add(1)
	}
	t := task{what: Func(f), scope: s}
	switch {
	case w != nil:
		w.spawn(t)
	case s.pool.push(Normal, t) != nil:
		(&Worker{pool: s.pool, outside: true}).run(t)
	}
}

// stopped tells whether tasks of the scope should not begin any more.
func (s *Scope) stopped() bool {
	if s.failed.Load() {
		return true
	}
	if s.ctx.Err() != nil {
		s.skipped.Store(true)
		return true
	}
	return false
}

// done counts a task as ended.
func (s *Scope) done(failure error) {
	if failure != nil {
		s.mu.Lock()
		if s.failure == nil {
			s.failure = failure
			s.failed.Store(true)
		}
		s.mu.Unlock()
	}
	s.settle(1)
}

// creditAtOnce is how many tasks a seat counts into its scope at a time.
const creditAtOnce = 64

// A seat whose task spawns others into the task's own scope, or runs one after
// the other of them, counts them in its credit: a scope's pending would otherwise
// be written by every worker twice for every task, which takes longer than an
// empty task itself. A scope with credits outstanding isn't over, so a seat holds
// credits only of the scope of the task that it is running, which isn't over
// anyway, and settles when it turns to anything else.

// enter counts a task of sc in, and reports false if sc is not the seat's.
func (s *seat) enter(sc *Scope) bool {
	if s.scope != sc {
		return false
	}
	if s.credit == 0 {
		sc.pending.Add(creditAtOnce)
		s.credit = creditAtOnce
	}
	s.credit--
	return true
}

// leave counts a task of sc as ended, and reports false if sc is not the seat's.
func (s *seat) leave(sc *Scope) bool {
	if s.scope != sc {
		return false
	}
	s.credit++
	return true
}

// adopt makes sc, or none if it is nil, the scope that the seat has credits of.
func (s *seat) adopt(sc *Scope) {
	if s.scope == sc {
		return
	}
	if s.credit > 0 {
		s.scope.settle(s.credit)
	}
	s.scope, s.credit = sc, 0
}

// settle counts n tasks as ended.
func (s *Scope) settle(n int64) {
	if s.pending.Add(-n) == 0 {
		close(s.over)
	}
}

// looks is how often a waiting worker looks whether the scope is over before it
// gives its place away, which costs about as much as that.
const looks = 8

// wait returns when the scope is over.
func (s *Scope) wait(w *Worker, mark uint64) {
	for w != nil && w.seat != nil && s.pending.Load() > 0 {
		node := w.seat.deque.PopAbove(mark)
		if node == nil {
			break
		}
		if node.scope != s {
			// Nobody in here waits for it: let the next on this seat run it.
			w.seat.deque.Push(node)
			break
		}
		w.run(w.seat.open(node))
	}
	if w != nil && w.seat != nil {
		w.seat.adopt(nil)
	}
	for range looks {
		if s.pending.Load() == 0 {
			break
		}
		runtime.Gosched()
	}
	if w != nil && s.pending.Load() > 0 {
		w.standUp()
	}
	<-s.over
}
