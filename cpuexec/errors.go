package cpuexec

import (
	"errors"
	"fmt"
)

// Errors of a pool.
var (
	ErrClosed = errors.New("cpuexec: pool is closed")
	// ErrGoexit is work that ended its goroutine with runtime.Goexit.
	ErrGoexit = errors.New("cpuexec: work called runtime.Goexit")
	// ErrQueueFull is as many waiting tasks as the queue limit allows.
	ErrQueueFull = errors.New("cpuexec: the queue is full: wait with Spawn, or raise QueueLimit")
)

// PriorityError is a priority that does not exist.
type PriorityError struct{ Priority Priority }

// Error implements error.
func (e *PriorityError) Error() string {
	return fmt.Sprintf("cpuexec: priority %d: want High, Normal or Low", int(e.Priority))
}

// PanicError is a panic in work that a pool ran.
type PanicError struct {
	Value  any    // what was passed to panic
	Stack  []byte // of the goroutine that panicked
	Waiter []byte // of the goroutine that waited for it and to which it was carried, if that is another
}

// Error implements error. It includes the stacks: a panic is a mistake in the
// program, and the place is what one needs to mend it.
func (e *PanicError) Error() string {
	if len(e.Waiter) > 0 {
		return fmt.Sprintf("cpuexec: panic: %v\n\n%s\nwaited for by\n\n%s", e.Value, e.Stack, e.Waiter)
	}
	return fmt.Sprintf("cpuexec: panic: %v\n\n%s", e.Value, e.Stack)
}

// Unwrap returns the value of the panic if that is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
