package tasks

import (
	"context"
	"errors"
	"fmt"
)

// Errors of submissions and tasks.
var (
	ErrClosed    = errors.New("hybrid: scheduler is closed")
	ErrQueueFull = errors.New("hybrid: the queue is full: use Submit, which waits for room, or raise WithQueueLimit")
	// ErrCancelled is a task that Cancel ended. It is a context.Canceled.
	ErrCancelled = fmt.Errorf("hybrid: task was cancelled: %w", context.Canceled)
)

// Error is a failed task that has a name or was tried more than once.
type Error struct {
	Name     string // as given to the task, or empty
	Attempts int    // how often it was begun
	Err      error  // of the last attempt
}

// Error implements error.
func (e *Error) Error() string {
	switch {
	case e.Attempts <= 1:
		return fmt.Sprintf("task %q: %v", e.Name, e.Err)
	case e.Name == "":
		return fmt.Sprintf("task failed %d times: %v", e.Attempts, e.Err)
	}
	return fmt.Sprintf("task %q failed %d times: %v", e.Name, e.Attempts, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// DependencyError is a task that was not run because one that it depends on,
// maybe through others, failed or was cancelled.
type DependencyError struct {
	Name string // of the one that failed, or empty
	Err  error  // its error
}

// failureOf is the error of a task that depends on t, which has failed. Down a
// chain it stays that of the first: what it says would else grow with each link.
func failureOf(t *Task) *DependencyError {
	err := t.err
	if e, ok := err.(*Error); ok && e.Attempts == 0 { //nolint:errorlint // finish has put it around
		err = e.Err
	}
	if e, ok := err.(*DependencyError); ok { //nolint:errorlint // one that a function has wrapped is its own failure
		return e
	}
	return &DependencyError{Name: t.Name(), Err: t.err}
}

// Error implements error.
func (e *DependencyError) Error() string {
	if e.Name == "" {
		return fmt.Sprintf("hybrid: a task that this one depends on failed: %v", e.Err)
	}
	return fmt.Sprintf("hybrid: task %q, that this one depends on, failed: %v", e.Name, e.Err)
}

// Unwrap returns the error of the dependency.
func (e *DependencyError) Unwrap() error { return e.Err }
