package tasks

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/hybrid/internal/histogram"
)

// priorities is the number of priorities.
const priorities = int(cpuexec.Low) + 1

// Dispatcher admits tasks and has a pool run them. It may be used by any number
// of goroutines.
type Dispatcher struct {
	pool   *cpuexec.Pool
	ledger *ledger
	room   *room // for tasks that wait
	gate   *gate
	base   context.Context // ends when what is left is cancelled
	stop   context.CancelCauseFunc
	epoch  time.Time

	_         [64]byte // workers read what is above
	submitted atomic.Int64

	mu   sync.Mutex
	held map[*Task]struct{} // blocked tasks; guarded by mu
}

// New makes a dispatcher for a pool whose own queue has no limit that matters.
// At most limit tasks wait at a time, not counting those that tasks submit.
func New(pool *cpuexec.Pool, limit int) *Dispatcher {
	l := newLedger(pool.Workers())
	d := &Dispatcher{
		pool: pool, ledger: l, room: newRoom(limit, l), gate: newGate(l), epoch: time.Now(),
		held: map[*Task]struct{}{},
	}
	d.base, d.stop = context.WithCancelCause(context.Background())
	return d
}

// Options are what a submission asks for.
type Options struct {
	Priority cpuexec.Priority
	Name     string
	Deadline time.Time // zero is none
	After    []*Task
	Retry    Retry
}

// Submit takes a task in. It waits for room until ctx ends, or not at all, and
// then returns ErrQueueFull. What a task submits, with its own context or one that
// comes from it, needs no room: a worker that waits for room would make none. If
// Submit returns an error the task has not been resolved: see [Task.Refuse].
func (d *Dispatcher) Submit(ctx context.Context, t *Task, body Body, o *Options, wait bool) error {
	t.d, t.ctx, t.priority = d, ctx, uint8(o.Priority)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := d.admit(ctx, t, wait); err != nil {
		return err
	}
	d.submitted.Add(1)
	if o.Name == "" && o.Deadline.IsZero() && len(o.After) == 0 && o.Retry.Times == 0 {
		t.state.Store(Queued)
		d.enqueue(t, body)
		return nil
	}
	x := t.rare()
	x.name, x.deadline, x.retry, x.body = o.Name, o.Deadline, o.Retry, body
	x.waiting.Store(int64(len(o.After)) + 1)
	d.hold(t)
	d.heldUntilClosed(t)
	if !x.deadline.IsZero() {
		x.mu.Lock()
		x.timer = time.AfterFunc(time.Until(x.deadline), func() { t.abort(context.DeadlineExceeded) })
		x.mu.Unlock()
	}
	for _, dep := range o.After {
		t.dependOn(dep)
	}
	t.unblock()
	return nil
}

func (d *Dispatcher) admit(ctx context.Context, t *Task, wait bool) error {
	if self := FromContext(ctx); self != nil && self.d == d {
		if d.base.Err() != nil || !d.gate.enterInside() {
			return ErrClosed
		}
		return nil
	}
	if !d.gate.enter() {
		return ErrClosed
	}
	if !d.room.tryTake() {
		err := ErrQueueFull
		if wait {
			err = d.room.take(ctx)
		}
		if err == nil && d.base.Err() != nil { // closed while it waited
			d.room.give(d.ledger.outside())
			err = ErrClosed
		}
		if err != nil {
			d.gate.leave(d.ledger.outside())
			return err
		}
	}
	t.admitted = true
	return nil
}

// dependOn has t wait for dep.
func (t *Task) dependOn(dep *Task) {
	switch {
	case dep.watch(watcher{dependant: t}):
	case dep.Err() == nil:
		t.unblock()
	case t.state.CompareAndSwap(Blocked, Done):
		t.neverRun()
		at := t.d.ledger.outside()
		at.failed.Add(1)
		t.resolve(at, failureOf(dep))
	}
}

// Refuse resolves a task that was not taken in.
func (t *Task) Refuse(err error) {
	t.err = err
	t.state.Store(Done)
	if c := t.done.Swap(resolved); c != nil {
		close(*c)
	}
}

// enqueue hands a task to the pool.
func (d *Dispatcher) enqueue(t *Task, body Body) {
	t.queued = time.Since(d.epoch)
	if err := d.pool.TrySpawnTask(cpuexec.Priority(t.priority), body); err != nil {
		panic("tasks: the pool refuses a task that was admitted: " + err.Error())
	}
}

// hold puts a task that is going to be blocked on the list of those that nobody
// would find if the dispatcher were closed; release takes it off.
func (d *Dispatcher) hold(t *Task) {
	d.mu.Lock()
	d.held[t] = struct{}{}
	d.mu.Unlock()
}

func (d *Dispatcher) release(t *Task) {
	d.mu.Lock()
	delete(d.held, t)
	d.mu.Unlock()
}

// heldUntilClosed is for a task on the list that is blocked now: who has closed
// the dispatcher may not have found it there.
func (d *Dispatcher) heldUntilClosed(t *Task) {
	if d.base.Err() != nil {
		t.abort(ErrClosed)
	}
}

// Drain lets no task in from outside, and waits until all are resolved. When ctx
// ends before, it cancels what is left and returns the cause of ctx.
func (d *Dispatcher) Drain(ctx context.Context) error {
	d.gate.close()
	select {
	case <-d.gate.empty:
		return nil
	case <-ctx.Done():
		d.cancel()
		return context.Cause(ctx)
	}
}

// Close lets no task in, cancels those that are not resolved, and waits for those
// that run.
func (d *Dispatcher) Close() {
	d.gate.close()
	d.cancel()
	<-d.gate.empty
}

// cancel ends the contexts of running tasks, and resolves the others. Those that
// are queued are passed over as the workers come to them, or sooner if somebody
// waits for them.
func (d *Dispatcher) cancel() {
	d.stop(ErrClosed)
	d.mu.Lock()
	held := make([]*Task, 0, len(d.held))
	for t := range d.held {
		held = append(held, t)
	}
	d.mu.Unlock()
	for _, t := range held {
		t.abort(ErrClosed)
	}
}

// Stats are a dispatcher's counts.
type Stats struct {
	Submitted, Running, Completed, Failed, Retried, Cancelled int64

	Waits [priorities]histogram.Snapshot // from the queue to a worker
}

// Stats returns the counts at this moment.
func (d *Dispatcher) Stats() Stats {
	// In this order the parts never exceed the whole: each task is in one of them,
	// or in none while it goes from one to another.
	var s Stats
	for i := range d.ledger.tallies {
		t := &d.ledger.tallies[i]
		s.Completed += t.completed.Load()
		s.Failed += t.failed.Load()
		s.Cancelled += t.cancelled.Load()
		s.Retried += t.retried.Load()
	}
	s.Running = d.ledger.sum(func(t *tally) *atomic.Int64 { return &t.running })
	s.Submitted = d.submitted.Load()
	for i := range s.Waits {
		for j := range d.ledger.tallies {
			s.Waits[i].Merge(d.ledger.tallies[j].waits[i].Snapshot())
		}
	}
	return s
}
