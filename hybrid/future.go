package hybrid

import (
	"context"
	"fmt"
	"iter"

	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/hybrid/internal/tasks"
)

// Future is the result to come of a task. It is resolved exactly once: with the
// value and error that the task's function returned, with a [*PanicError], with
// [ErrCancelled], with the cause of the context that the task was submitted with,
// with [context.DeadlineExceeded] after its deadline, with a [*DependencyError], or
// with [ErrClosed]. Any number of goroutines may use it.
type Future[T any] struct {
	task  tasks.Task
	f     func(ctx context.Context) (T, error)
	value T
}

// Wait waits for the result. If ctx ends before, Wait returns its cause, and the
// task goes on.
//
// Inside a task, ctx must be that task's context or come from it: then its worker's
// place is meanwhile taken by another goroutine, so tasks that wait for tasks
// can't use up the workers.
func (f *Future[T]) Wait(ctx context.Context) (T, error) {
	if err := f.task.Wait(ctx); err != nil {
		var none T
		return none, err
	}
	return f.value, f.task.Err()
}

// Done is closed when the future is resolved. Inside a task, prefer Wait.
func (f *Future[T]) Done() <-chan struct{} { return f.task.Done() }

// Cancel resolves the future with ErrCancelled if the task has not begun.
// Otherwise it ends the context of the task's function, and the future is resolved
// when that returns: with what it returns, but for errors that say that the
// context has ended, which become ErrCancelled.
func (f *Future[T]) Cancel() { f.task.Cancel() }

// Name is what [Name] has called the task.
func (f *Future[T]) Name() string { return f.task.Name() }

func (f *Future[T]) dependency() *tasks.Task {
	if f == nil {
		return nil
	}
	return &f.task
}

// body is a future as the dispatcher sees it.
type body[T any] Future[T]

// Run implements tasks.Body.
func (b *body[T]) Run(w *cpuexec.Worker) { b.task.Run(w, b) }

// Do implements tasks.Body.
func (b *body[T]) Do(ctx context.Context) (err error) {
	b.value, err = b.f(ctx)
	return err
}

// Drop implements tasks.Body.
func (b *body[T]) Drop() { b.f = nil }

// WaitAny waits for the first of the futures to be resolved, and returns its index
// and its result. If ctx ends before, or there are no futures, the index is -1.
// See [Future.Wait] for ctx.
func WaitAny[T any](ctx context.Context, futures ...*Future[T]) (int, T, error) {
	for i, f := range AsCompleted(ctx, futures...) {
		return i, f.value, f.task.Err()
	}
	var none T
	if ctx.Err() != nil {
		return -1, none, context.Cause(ctx)
	}
	return -1, none, fmt.Errorf("hybrid: WaitAny: %w: no futures", ErrInvalid)
}

// AsCompleted yields the futures with their indices in the order in which they
// are resolved. It ends early when ctx ends. See [Future.Wait] for ctx.
func AsCompleted[T any](ctx context.Context, futures ...*Future[T]) iter.Seq2[int, *Future[T]] {
	return func(yield func(int, *Future[T]) bool) {
		resolved := make(chan int, len(futures))
		for i, f := range futures {
			f.task.Done() // so that it is resolved soon after its own context ends
			f.task.OnDone(func() { resolved <- i })
		}
		for range futures {
			if len(resolved) == 0 {
				tasks.StandUp(ctx)
			}
			select {
			case i := <-resolved:
				if !yield(i, futures[i]) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

// Block runs f, which may wait for long, for what is not a future: a channel, a
// lock, a network. In the meantime the worker's place of the task whose context
// ctx is, or comes from, is taken by another goroutine. It returns the cause of
// ctx if that has ended.
func Block(ctx context.Context, f func()) error {
	tasks.StandUp(ctx)
	f()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}
