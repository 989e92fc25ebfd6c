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
)

// PanicError is a panic in work that a pool ran.
type PanicError struct {
	Value any    // what was passed to panic
	Stack []byte // of the goroutine that panicked
}

// Error implements error. It includes the stack: a panic is a mistake in the
// program, and the place is what one needs to mend it.
func (e *PanicError) Error() string {
	return fmt.Sprintf("cpuexec: panic: %v\n\n%s", e.Value, e.Stack)
}

// Unwrap returns the value of the panic if that is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
