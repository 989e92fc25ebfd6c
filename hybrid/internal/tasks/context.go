package tasks

import (
	"context"
	"time"
)

// taskContext is the context that a task's function is given. It has no channel
// and no place in its parent until somebody asks for Done: most tasks never do,
// and those are spared an allocation and two locks.
type taskContext Task

type taskKey struct{}

// FromContext is the task to whose function ctx, or an ancestor of ctx, was
// given; nil outside of tasks.
func FromContext(ctx context.Context) *Task {
	t, _ := ctx.Value(taskKey{}).(*Task)
	return t
}

// Deadline implements context.Context.
func (c *taskContext) Deadline() (time.Time, bool) {
	t := (*Task)(c)
	at, ok := t.ctx.Deadline()
	if x := t.extra.Load(); x != nil && !x.deadline.IsZero() && (!ok || x.deadline.Before(at)) {
		return x.deadline, true
	}
	return at, ok
}

// Done implements context.Context.
func (c *taskContext) Done() <-chan struct{} { return (*Task)(c).context().Done() }

// Err implements context.Context.
func (c *taskContext) Err() error {
	t := (*Task)(c)
	if ctx := t.derived(); ctx != nil {
		return ctx.Err()
	}
	if t.Resolved() || t.ended() != nil {
		return t.context().Err()
	}
	return nil
}

// Value implements context.Context. Package context finds in it the channel that
// Done has returned, so contexts derived from this one need no goroutine.
func (c *taskContext) Value(key any) any {
	t := (*Task)(c)
	if key == (taskKey{}) {
		return t
	}
	if ctx := t.derived(); ctx != nil {
		return ctx.Value(key)
	}
	return t.ctx.Value(key)
}

// derived is the real context behind a taskContext, or nil if nobody has needed
// it yet.
func (t *Task) derived() context.Context {
	x := t.extra.Load()
	if x == nil {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.ctx
}

// context is the real context behind a taskContext. It ends with the context
// that the task was submitted with, at its deadline, when it is cancelled, when
// the dispatcher is closed, and when the task's function returns.
func (t *Task) context() context.Context {
	x := t.rare()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ctx == nil {
		x.ctx, x.cancel = context.WithCancelCause(t.ctx)
		if !x.deadline.IsZero() {
			var stop context.CancelFunc
			x.ctx, stop = context.WithDeadline(x.ctx, x.deadline)
			cancel := x.cancel
			x.cancel = func(cause error) { cancel(cause); stop() }
		}
		cancel := x.cancel
		x.unhook = context.AfterFunc(t.d.base, func() { cancel(ErrClosed) })
		if t.Resolved() {
			x.unhook()
			x.cancel(nil)
		}
	}
	return x.ctx
}

// interrupt ends the context of a running task.
func (t *Task) interrupt(cause error) {
	t.context()
	x := t.extra.Load()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.cancel != nil {
		x.cancel(cause)
	}
}

// forgetContext ends the context when the task's function has returned. Another
// attempt gets another one.
func (x *extra) forgetContext() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ctx != nil {
		x.unhook()
		x.cancel(nil)
		x.ctx, x.cancel, x.unhook = nil, nil, nil
	}
}
