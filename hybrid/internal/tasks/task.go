package tasks

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tandem-go/tandem/cpuexec"
)

// The states of a task.
const (
	Blocked uint32 = iota // waits for other tasks, or for its next attempt
	Queued
	Running
	Done
)

// Task is the part of a future that knows no types. Its fields are laid out so
// that a queued future of a small result takes 96 bytes.
type Task struct {
	d     *Dispatcher
	ctx   context.Context // that it was submitted with
	done  atomic.Pointer[chan struct{}]
	err   error // valid when done is closed
	extra atomic.Pointer[extra]

	state    atomic.Uint32
	priority uint8
	admitted bool // holds room in the queue; owned by whoever changes the state

	queued time.Duration                  // since the dispatcher's epoch
	worker atomic.Pointer[cpuexec.Worker] // while running, unless it has given up its place
}

// extra is what few tasks have.
type extra struct {
	name     string
	deadline time.Time
	retry    Retry
	attempts int  // begun
	body     Body // to be queued when it is unblocked
	waiting  atomic.Int64

	mu       sync.Mutex // guards the rest
	watchers []watcher
	timer    *time.Timer // of the deadline
	pause    *time.Timer // until the next attempt
	ctx      context.Context
	cancel   context.CancelCauseFunc
	unhook   func() bool
}

// watcher is told when a task has been resolved: a task that depends on it, or a
// function.
type watcher struct {
	dependant *Task
	call      func()
}

// Body is what a task does.
type Body interface {
	// Run calls the task's Run with this body.
	Run(w *cpuexec.Worker)
	// Do runs the task's function, once for each attempt.
	Do(ctx context.Context) error
	// Drop is called when Do will not be called again.
	Drop()
}

// resolved is what done points to when a task has been resolved.
var resolved = func() *chan struct{} {
	c := make(chan struct{})
	close(c)
	return &c
}()

// rare is the task's extra, which is made when it is first needed.
func (t *Task) rare() *extra {
	if x := t.extra.Load(); x != nil {
		return x
	}
	t.extra.CompareAndSwap(nil, &extra{})
	return t.extra.Load()
}

// Resolved reports whether the task has been resolved.
func (t *Task) Resolved() bool { return t.done.Load() == resolved }

// Err is the error of a resolved task.
func (t *Task) Err() error { return t.err }

// Name is what the task was named, or empty.
func (t *Task) Name() string {
	if x := t.extra.Load(); x != nil {
		return x.name
	}
	return ""
}

// channel is closed when the task is resolved.
func (t *Task) channel() <-chan struct{} {
	for {
		if c := t.done.Load(); c != nil {
			return *c
		}
		c := make(chan struct{})
		if t.done.CompareAndSwap(nil, &c) {
			return c
		}
	}
}

// Done is a channel that is closed when the task is resolved. From now on the
// task is resolved at once when its context ends while it waits.
func (t *Task) Done() <-chan struct{} {
	c := t.channel()
	if t.Resolved() {
		return c
	}
	stops := []func() bool{
		context.AfterFunc(t.ctx, func() { t.abort(context.Cause(t.ctx)) }),
		context.AfterFunc(t.d.base, func() { t.abort(ErrClosed) }),
	}
	t.OnDone(func() {
		for _, stop := range stops {
			stop()
		}
	})
	return c
}

// OnDone has f called when the task is resolved, by whoever resolves it: f must
// be quick.
func (t *Task) OnDone(f func()) {
	if !t.watch(watcher{call: f}) {
		f()
	}
}

// watch adds a watcher, unless the task is resolved already. Finish looks for
// watchers after it has resolved the task: who finds the task unresolved under
// the lock comes before that.
func (t *Task) watch(w watcher) bool {
	x := t.rare()
	x.mu.Lock()
	defer x.mu.Unlock()
	if t.Resolved() {
		return false
	}
	x.watchers = append(x.watchers, w)
	return true
}

// Wait returns when the task is resolved, or with the cause of ctx. In a task,
// whose context ctx is or comes from, its worker's place is meanwhile taken by
// another goroutine.
func (t *Task) Wait(ctx context.Context) error {
	if t.Resolved() {
		return nil
	}
	StandUp(ctx)
	done, submitted, closing := t.channel(), t.ctx.Done(), t.d.base.Done()
	for {
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			if t.Resolved() {
				return nil
			}
			return context.Cause(ctx)
		case <-submitted:
			t.abort(context.Cause(t.ctx))
			submitted = nil
		case <-closing:
			t.abort(ErrClosed)
			closing = nil
		}
	}
}

// Cancel resolves the task if it has not begun, and ends its context if it has.
func (t *Task) Cancel() {
	if !t.abort(ErrCancelled) && t.state.Load() == Running {
		t.interrupt(ErrCancelled)
	}
}

// abort resolves a task that has not begun.
func (t *Task) abort(cause error) bool {
	for {
		state := t.state.Load()
		if state >= Running {
			return false
		}
		if !t.state.CompareAndSwap(state, Done) {
			continue
		}
		if state == Blocked {
			t.neverRun()
		}
		at := t.d.ledger.outside()
		at.cancelled.Add(1)
		t.resolve(at, cause)
		return true
	}
}

// neverRun clears up behind a task that was taken from Blocked to Done.
func (t *Task) neverRun() {
	t.d.release(t)
	t.leaveRoom(t.d.ledger.outside())
	t.extra.Load().body.Drop()
}

// leaveRoom gives the task's room in the queue to another.
func (t *Task) leaveRoom(at *tally) {
	if t.admitted {
		t.admitted = false
		t.d.room.give(at)
	}
}

// ended is why the task should not begin, or go on.
func (t *Task) ended() error {
	if t.ctx.Err() != nil {
		return context.Cause(t.ctx)
	}
	if t.d.base.Err() != nil {
		return ErrClosed
	}
	if x := t.extra.Load(); x != nil && !x.deadline.IsZero() && !time.Now().Before(x.deadline) {
		return context.DeadlineExceeded
	}
	return nil
}

// Run is called by a worker when it is the task's turn.
func (t *Task) Run(w *cpuexec.Worker, body Body) {
	at := t.d.ledger.of(w)
	t.leaveRoom(at)
	if !t.state.CompareAndSwap(Queued, Running) {
		body.Drop()
		return // aborted while it was queued
	}
	if cause := t.cause(); cause != nil {
		at.cancelled.Add(1)
		t.end(at, body, cause)
		return
	}
	at.waits[t.priority].Add(time.Since(t.d.epoch) - t.queued)
	at.running.Add(1)
	t.worker.Store(w)
	err := cpuexec.ErrGoexit // unless we come to know better
	defer func() {
		if v := recover(); v != nil {
			err = panicked(v)
		}
		t.settle(at, body, err)
	}()
	err = body.Do((*taskContext)(t))
}

// panicked makes an error of what recover returned. A panic that was carried here
// from another goroutine keeps its own stack, and gets this one in addition.
func panicked(v any) error {
	stack := debug.Stack()
	if p, ok := v.(*cpuexec.PanicError); ok {
		carried := *p
		carried.Waiter = stack
		return &carried
	}
	return &cpuexec.PanicError{Value: v, Stack: stack}
}

// settle ends an attempt: the task is resolved, or tried again.
func (t *Task) settle(at *tally, body Body, err error) {
	t.sitDown()
	at.running.Add(-1)
	x := t.extra.Load()
	if x != nil {
		x.attempts++
	}
	if err == nil {
		at.completed.Add(1)
		t.end(at, body, nil)
		return
	}
	if cause := t.cause(); cause != nil {
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			at.cancelled.Add(1)
			t.end(at, body, cause)
			return
		}
	} else if x != nil {
		if pause, again := x.retry.next(x.attempts, err); again {
			t.tryAgain(at, body, pause)
			return
		}
	}
	at.failed.Add(1)
	t.end(at, body, err)
}

// end resolves a running task.
func (t *Task) end(at *tally, body Body, err error) {
	t.state.Store(Done)
	body.Drop()
	t.resolve(at, err)
}

// cause is why the context of a running task has ended, or nil.
func (t *Task) cause() error {
	if ctx := t.derived(); ctx != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return t.ended()
}

// tryAgain queues the task anew after a pause. It was admitted before: it needs
// no room.
func (t *Task) tryAgain(at *tally, body Body, pause time.Duration) {
	x := t.extra.Load()
	at.retried.Add(1)
	x.forgetContext()
	x.body = body
	x.waiting.Store(1)
	t.d.hold(t)
	t.state.Store(Blocked) // from here on it may be aborted
	x.mu.Lock()
	if !t.Resolved() {
		x.pause = time.AfterFunc(pause, t.unblock)
	}
	x.mu.Unlock()
	t.d.heldUntilClosed(t)
}

// unblock counts down what a blocked task waits for, and queues it when that is
// nothing more.
func (t *Task) unblock() {
	x := t.extra.Load()
	if x.waiting.Add(-1) == 0 && t.state.CompareAndSwap(Blocked, Queued) {
		t.d.release(t)
		t.d.enqueue(t, x.body)
	}
}

// resolve makes err the task's error, lets everybody know who waits for it, and
// fails those that depend on it if it has failed. The caller has taken the task
// to Done, and counts at a place of the task's dispatcher.
func (t *Task) resolve(at *tally, err error) {
	type failure struct {
		t   *Task
		at  *tally
		err error
	}
	// A chain of dependants may be long: a list, not recursion.
	for work := []failure{{t, at, err}}; len(work) > 0; {
		f := work[len(work)-1]
		work = work[:len(work)-1]
		for _, w := range f.t.finish(f.at, f.err) {
			switch {
			case w.call != nil:
				w.call()
			case f.t.err == nil:
				w.dependant.unblock()
			case w.dependant.state.CompareAndSwap(Blocked, Done):
				w.dependant.neverRun()
				at := w.dependant.d.ledger.outside() // which may be another dispatcher's
				at.failed.Add(1)
				work = append(work, failure{w.dependant, at, failureOf(f.t)})
			}
		}
	}
}

// finish resolves the task and returns its watchers.
func (t *Task) finish(at *tally, err error) (watchers []watcher) {
	x := t.extra.Load()
	if err != nil && x != nil && (x.name != "" || x.attempts > 1) {
		err = &Error{Name: x.name, Attempts: x.attempts, Err: err}
	}
	t.err = err
	if c := t.done.Swap(resolved); c != nil {
		close(*c)
	}
	if x = t.extra.Load(); x != nil { // else who makes one finds the task resolved
		x.forgetContext()
		x.mu.Lock()
		watchers, x.watchers = x.watchers, nil
		for _, timer := range []*time.Timer{x.timer, x.pause} {
			if timer != nil {
				timer.Stop()
			}
		}
		x.mu.Unlock()
	}
	t.d.gate.leave(at)
	return watchers
}

// leaving is where worker points while a task's place is being given away.
var leaving = new(cpuexec.Worker)

// StandUp gives away the place in the pool of the task whose context ctx is, or
// comes from, if there is one: its caller is going to wait.
func StandUp(ctx context.Context) {
	t := FromContext(ctx)
	if t == nil {
		return
	}
	w := t.worker.Load()
	if w == nil || w == leaving || !t.worker.CompareAndSwap(w, leaving) {
		return // it has no place any more
	}
	// The task's function has not returned, or sitDown waits: nobody else uses w.
	w.Block(func() {})
	t.worker.Store(nil)
}

// sitDown makes sure that no goroutine to which the task's function has handed
// its context uses the worker any more.
func (t *Task) sitDown() {
	for {
		w := t.worker.Load()
		if w == nil || w != leaving && t.worker.CompareAndSwap(w, nil) {
			return
		}
		runtime.Gosched()
	}
}
