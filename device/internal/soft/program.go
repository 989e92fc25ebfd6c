package soft

import (
	"fmt"
	"math"
	"runtime/debug"

	"github.com/tandem-go/tandem/device"
)

// program is a Go function with the sizes of its lists.
type program struct {
	dev    *Device
	src    device.Source
	closed bool // guarded by dev.mu
}

var _ device.Program = (*program)(nil)

// Close implements device.Program. Launches already enqueued are not affected.
func (p *program) Close() error {
	d := p.dev
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing || p.closed {
		return d.error("close program", device.ErrClosed)
	}
	p.closed = true
	return nil
}

// ownProgramLocked checks that p can be launched as given.
func (d *Device) ownProgramLocked(given device.Program, dispatch *device.Dispatch) (*program, error) {
	p, ok := given.(*program)
	if !ok || p == nil || p.dev != d {
		return nil, fmt.Errorf("%w: the program is none of this device", device.ErrInvalid)
	}
	if p.closed {
		return nil, fmt.Errorf("%w: program %s", device.ErrClosed, p.src.Name)
	}
	for i, n := range dispatch.Groups {
		if limit := d.cfg.Info.Caps.MaxGroups[i]; n < 1 || n > limit {
			return nil, fmt.Errorf("%w: kernel %s: Groups[%d] is %d, want 1 to %d", device.ErrInvalid, p.src.Name, i, n, limit)
		}
	}
	if len(dispatch.Buffers) != p.src.Buffers || len(dispatch.Scalars) != p.src.Scalars {
		return nil, fmt.Errorf("%w: kernel %s takes %d buffers and %d scalar words, was given %d and %d", device.ErrInvalid,
			p.src.Name, p.src.Buffers, p.src.Scalars, len(dispatch.Buffers), len(dispatch.Scalars))
	}
	return p, nil
}

// call runs the program's function and turns its panic into an error. A
// function that ends its goroutine has call not return at all.
func (p *program) call(c device.HostCall) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &device.PanicError{Kernel: p.src.Name, Value: v, Stack: debug.Stack()}
		}
	}()
	p.src.Func(c)
	return nil
}

// Caps are the abilities of a device of this kind.
func Caps(memory int64) device.Caps {
	return device.Caps{
		Language:     device.Go,
		Float64:      true,
		Int64:        true,
		MaxGroups:    [3]int{math.MaxInt32, math.MaxInt32, math.MaxInt32},
		MaxGroupSize: math.MaxInt32,
		MaxBuffer:    memory,
	}
}
