package hybrid

import (
	"fmt"
	"time"

	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/hybrid/internal/tasks"
)

// TaskOption configures one task.
type TaskOption interface {
	applyTask(*tasks.Options) error
}

type taskOptionFunc func(*tasks.Options) error

func (f taskOptionFunc) applyTask(o *tasks.Options) error { return f(o) }

// plain is a task without options.
var plain = tasks.Options{
	Priority: cpuexec.Normal,
	Retry:    tasks.Retry{First: tasks.DefaultFirst, Max: tasks.DefaultMax},
}

// Priority is the order in which waiting tasks are begun. It is a [TaskOption];
// Normal is the default. All that wait at a higher priority go first, except that
// after 61 tasks of other priorities it is the turn of one that waits.
type Priority int

// The priorities.
const (
	High   = Priority(cpuexec.High)
	Normal = Priority(cpuexec.Normal)
	Low    = Priority(cpuexec.Low)
)

// String implements fmt.Stringer.
func (p Priority) String() string { return cpuexec.Priority(p).String() }

func (p Priority) applyTask(o *tasks.Options) error {
	if p < High || p > Low {
		return fmt.Errorf("hybrid: Priority: %w: %d, want High, Normal or Low", ErrInvalid, int(p))
	}
	o.Priority = cpuexec.Priority(p)
	return nil
}

// Name names a task in its errors.
func Name(name string) TaskOption {
	return taskOptionFunc(func(o *tasks.Options) error {
		o.Name = name
		return nil
	})
}

// Deadline ends a task that has not ended by then: one that waits is resolved with
// context.DeadlineExceeded, of one that runs the context ends.
func Deadline(at time.Time) TaskOption {
	return taskOptionFunc(func(o *tasks.Options) error {
		if at.IsZero() {
			return fmt.Errorf("hybrid: Deadline: %w: the zero time", ErrInvalid)
		}
		o.Deadline = at
		return nil
	})
}

// Timeout is a [Deadline] so long after the submission.
func Timeout(d time.Duration) TaskOption {
	return taskOptionFunc(func(o *tasks.Options) error {
		o.Deadline = time.Now().Add(d)
		return nil
	})
}

// Dependency is a future of any type.
type Dependency interface{ dependency() *tasks.Task }

// After has a task wait until all these futures are resolved. It needs no worker
// while it waits. If one of them fails or is cancelled, the task fails with a
// [*DependencyError] without being run.
func After(futures ...Dependency) TaskOption {
	return taskOptionFunc(func(o *tasks.Options) error {
		for i, f := range futures {
			if f == nil || f.dependency() == nil {
				return fmt.Errorf("hybrid: After: %w: future %d is nil", ErrInvalid, i)
			}
			o.After = append(o.After, f.dependency())
		}
		return nil
	})
}

// Retry has a failed task tried again up to so many times, after pauses: see
// [Backoff]. Unless [RetryIf] says otherwise, every error is worth another attempt
// but panics and ends of contexts. A task whose own context has ended, or that was
// cancelled, is never tried again.
func Retry(times int) TaskOption {
	return taskOptionFunc(func(o *tasks.Options) error {
		if times < 0 {
			return fmt.Errorf("hybrid: Retry: %w: %d times", ErrInvalid, times)
		}
		o.Retry.Times = times
		return nil
	})
}

// Backoff sets the pauses between the attempts of a task. The first takes up to
// first, each further one up to twice as long as the one before, and none longer
// than longest; the upper half of each is random. The default is 10 ms and 1 s.
func Backoff(first, longest time.Duration) TaskOption {
	return taskOptionFunc(func(o *tasks.Options) error {
		if first < 0 || longest < first {
			return fmt.Errorf("hybrid: Backoff: %w: from %v to %v", ErrInvalid, first, longest)
		}
		o.Retry.First, o.Retry.Max = first, longest
		return nil
	})
}

// RetryIf says which errors are worth another attempt.
func RetryIf(worth func(err error) bool) TaskOption {
	return taskOptionFunc(func(o *tasks.Options) error {
		o.Retry.If = worth
		return nil
	})
}
