package device

import (
	"errors"
	"fmt"
	"strings"
)

// Sentinel errors, wrapped by every [*Error].
var (
	ErrClosed      = errors.New("already closed")
	ErrInvalid     = errors.New("invalid argument")
	ErrLost        = errors.New("device lost")
	ErrNoDevice    = errors.New("no such device")
	ErrOutOfMemory = errors.New("out of device memory")
	ErrTimeout     = errors.New("device does not answer")
	ErrUnsupported = errors.New("not supported")
)

// Error is a failed operation of a device.
type Error struct {
	Op     string // "alloc", "compile", "upload", "download", "launch", "open", ...
	Device string // Info.ID, or the backend's name where no device was reached
	Err    error  // wraps one of the sentinels, a [*CompileError] or a [*PanicError]
}

// Error implements error.
func (e *Error) Error() string {
	return fmt.Sprintf("device: %s: %s: %v", e.Device, e.Op, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// CompileError is a program that the device's compiler rejected.
type CompileError struct {
	Kernel string // Source.Name
	Line   int    // line of Source.Text the compiler points at, from 1; 0 if it names none
	Log    string // what the compiler said, unchanged
}

// Error implements error.
func (e *CompileError) Error() string {
	log := strings.TrimSpace(e.Log)
	if e.Line > 0 {
		return fmt.Sprintf("kernel %s, line %d: %s", e.Kernel, e.Line, log)
	}
	return fmt.Sprintf("kernel %s: %s", e.Kernel, log)
}

// PanicError is a Go program that panicked while a device executed it.
type PanicError struct {
	Kernel string // Source.Name
	Value  any    // what it panicked with
	Stack  []byte // of the goroutine that executed it
}

// Error implements error.
func (e *PanicError) Error() string { return fmt.Sprintf("kernel %s panicked: %v", e.Kernel, e.Value) }

// Unwrap returns what the program panicked with if that is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
