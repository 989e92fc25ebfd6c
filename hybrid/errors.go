package hybrid

import (
	"errors"

	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
)

// ErrClosed is the answer of a scheduler that has been closed.
var ErrClosed = errors.New("hybrid: scheduler is closed")

// ErrNoDevice is wrapped where no device could do what was asked.
var ErrNoDevice = device.ErrNoDevice

// The typed errors of this package's calls, named where users look for them.
type (
	// DeviceError is a failure of a device that no other device could make
	// up for.
	DeviceError = device.Error
	// PanicError is a panic in a kernel or a body, with its stack.
	PanicError = cpuexec.PanicError
	// ArgumentError is a mistake in an argument of a launch.
	ArgumentError = kernels.ArgumentError
)
