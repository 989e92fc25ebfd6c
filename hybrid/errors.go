package hybrid

import (
	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/cpuexec/process"
	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/hybrid/internal/tasks"
	"github.com/tandem-go/tandem/kernels"
)

// Errors that are told apart by errors.Is.
var (
	// ErrClosed is the answer of a scheduler that has been closed.
	ErrClosed = tasks.ErrClosed
	// ErrQueueFull is TrySubmit's answer when as many tasks wait as may.
	ErrQueueFull = tasks.ErrQueueFull
	// ErrCancelled is a task that its future's Cancel has ended. It is a
	// context.Canceled too.
	ErrCancelled = tasks.ErrCancelled
	// ErrGoexit is a task that called runtime.Goexit.
	ErrGoexit = cpuexec.ErrGoexit
	// ErrNoDevice is wrapped where no device could do what was asked.
	ErrNoDevice = device.ErrNoDevice
	// ErrInvalid is wrapped where an option or an argument makes no sense.
	ErrInvalid = device.ErrInvalid

	// ErrNotFound, ErrNotPermitted and ErrOutputLimit are programs that
	// don't exist, may not be run, and wrote more than their limit.
	ErrNotFound     = process.ErrNotFound
	ErrNotPermitted = process.ErrNotPermitted
	ErrOutputLimit  = process.ErrOutputLimit
)

// The typed errors of this package's calls, named where users look for them.
type (
	// DeviceError is a failure of a device that no other device could make
	// up for.
	DeviceError = device.Error
	// PanicError is a panic in a kernel or a body, with its stack.
	PanicError = cpuexec.PanicError
	// ArgumentError is a mistake in an argument of a launch.
	ArgumentError = kernels.ArgumentError

	// TaskError is a failed task that has a name or was tried more than once.
	TaskError = tasks.Error
	// DependencyError is a task that was not run because one that it comes
	// after failed or was cancelled.
	DependencyError = tasks.DependencyError
	// ExitError is a program that ended with another code than 0.
	ExitError = process.ExitError
	// SignalError is a program that somebody else's signal ended.
	SignalError = process.SignalError
)
