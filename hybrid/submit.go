package hybrid

import (
	"context"
	"fmt"

	"github.com/tandem-go/tandem/hybrid/internal/tasks"
)

// Submit queues f as a task for the CPU workers and returns its future at once,
// or, if as many tasks wait as [WithQueueLimit] allows, when there is room. Tasks
// of one priority that one goroutine submits are begun in order.
//
// f is given a context that ends with ctx, at the task's [Deadline], by
// [Future.Cancel], when the scheduler is closed, and when f has returned: what
// should outlive f is submitted with [context.WithoutCancel]. A task may submit
// others; with its own context, or one that comes from it, it never waits for room.
//
// A future that can't be had, because ctx has ended, the scheduler is closed, or an
// option makes no sense, is returned resolved with that error.
func Submit[T any](ctx context.Context, s *Scheduler, f func(ctx context.Context) (T, error), opts ...TaskOption) *Future[T] {
	future := &Future[T]{f: f}
	if err := submit(ctx, s, future, opts, true); err != nil {
		future.task.Refuse(err)
	}
	return future
}

// TrySubmit is [Submit] without waiting: if there is no room, it returns
// [ErrQueueFull]. Other errors that Submit's future would have are returned as well.
func TrySubmit[T any](ctx context.Context, s *Scheduler, f func(ctx context.Context) (T, error), opts ...TaskOption) (*Future[T], error) {
	future := &Future[T]{f: f}
	if err := submit(ctx, s, future, opts, false); err != nil {
		return nil, err
	}
	return future, nil
}

// SubmitAll is [Submit] for a batch of functions with the same options. The
// futures lie side by side in one allocation, which is freed when none of them is
// referred to any more.
func SubmitAll[T any](ctx context.Context, s *Scheduler, fs []func(ctx context.Context) (T, error), opts ...TaskOption) []*Future[T] {
	batch := make([]Future[T], len(fs))
	futures := make([]*Future[T], len(fs))
	for i, f := range fs {
		futures[i] = &batch[i]
		futures[i].f = f
		if err := submit(ctx, s, futures[i], opts, true); err != nil {
			futures[i].task.Refuse(err)
		}
	}
	return futures
}

func submit[T any](ctx context.Context, s *Scheduler, future *Future[T], opts []TaskOption, wait bool) error {
	if future.f == nil {
		return fmt.Errorf("hybrid: Submit: %w: a nil function", ErrInvalid)
	}
	o := &plain
	if len(opts) > 0 {
		o = new(tasks.Options)
		*o = plain
		for _, opt := range opts {
			if err := opt.applyTask(o); err != nil {
				return err
			}
		}
	}
	return s.tasks.Submit(ctx, &future.task, (*body[T])(future), o, wait)
}
