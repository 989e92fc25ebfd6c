package device_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/tandem-go/tandem/device"
)

func TestErrorText(t *testing.T) {
	for want, err := range map[string]error{
		"device: opengl:0: alloc: out of device memory": &device.Error{Op: "alloc", Device: "opengl:0", Err: device.ErrOutOfMemory},
		"device: sim:1: compile: kernel k, line 7: no such name": &device.Error{
			Op: "compile", Device: "sim:1",
			Err: &device.CompileError{Kernel: "k", Line: 7, Log: "\n no such name \n"},
		},
		"kernel k: it does not please": &device.CompileError{Kernel: "k", Log: "it does not please"},
		"kernel k panicked: 42":        &device.PanicError{Kernel: "k", Value: 42},
	} {
		if got := err.Error(); got != want {
			t.Errorf("the text is %q, want %q", got, want)
		}
	}
}

func TestErrorChain(t *testing.T) {
	cause := errors.New("the cause")
	compile := &device.CompileError{Kernel: "k"}
	for name, c := range map[string]struct{ err, want error }{
		"sentinel": {&device.Error{Err: fmt.Errorf("%w: so much", device.ErrOutOfMemory)}, device.ErrOutOfMemory},
		"compile":  {&device.Error{Err: compile}, compile},
		"panic":    {&device.Error{Err: &device.PanicError{Value: cause}}, cause},
	} {
		if !errors.Is(fmt.Errorf("above: %w", c.err), c.want) {
			t.Errorf("%s: %v does not wrap %v", name, c.err, c.want)
		}
	}
	if err := errors.Unwrap(&device.PanicError{Value: "no error"}); err != nil {
		t.Errorf("a panic with a text unwraps to %v", err)
	}
}

// firing is an event under the test's control.
type firing struct {
	done chan struct{}
	err  error
}

func (f firing) Done() <-chan struct{} { return f.done }
func (f firing) Err() error            { return f.err }

func TestWait(t *testing.T) {
	why, failure := errors.New("the test ended it"), errors.New("the event failed")
	ended, cancel := context.WithCancelCause(context.Background())
	cancel(why)
	fired := make(chan struct{})
	close(fired)
	for name, c := range map[string]struct {
		ctx   context.Context
		event firing
		want  error
	}{
		"fired":               {context.Background(), firing{done: fired}, nil},
		"failed":              {context.Background(), firing{done: fired, err: failure}, failure},
		"fired, ctx ended":    {ended, firing{done: fired}, nil},
		"failed, ctx ended":   {ended, firing{done: fired, err: failure}, failure},
		"silent, ctx ended":   {ended, firing{done: make(chan struct{})}, why},
		"silent, ctx expired": {expired(t), firing{done: make(chan struct{})}, context.DeadlineExceeded},
	} {
		for range 20 { // a select between two ready cases would choose at random
			if err := device.Wait(c.ctx, c.event); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
	}
}

func expired(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 0)
	t.Cleanup(cancel)
	return ctx
}
