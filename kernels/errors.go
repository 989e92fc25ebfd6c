package kernels

import (
	"errors"
	"fmt"
)

// Sentinel errors, wrapped by every [*ArgumentError].
var (
	ErrNil     = errors.New("nil")
	ErrOverlap = errors.New("memory overlaps")
	ErrShape   = errors.New("wrong shape")
)

// ArgumentError is a mistake in an argument of a launch, found before any work.
type ArgumentError struct {
	Kernel string
	Arg    string
	Err    error // wraps one of the sentinels
}

// Error implements error.
func (e *ArgumentError) Error() string {
	return fmt.Sprintf("kernels: %s: argument %s: %v", e.Kernel, e.Arg, e.Err)
}

// Unwrap returns the cause.
func (e *ArgumentError) Unwrap() error { return e.Err }
