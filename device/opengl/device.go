//go:build opengl && linux && cgo

package opengl

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tandem-go/tandem/device"
)

// patience is how long a driver may go without finishing a command while
// somebody waits for the thread. Kernels of a hybrid launch take milliseconds;
// what takes longer than this does not end.
const patience = 30 * time.Second

// glDevice is an open device: the part that callers see. The thread in
// thread.go does the work. Lock order: mu is the only lock.
type glDevice struct {
	info    device.Info
	limits  limits
	account *device.Account

	patience time.Duration
	progress atomic.Uint64 // things the thread has finished; waiters read it
	gone     chan struct{} // closed by the thread when it has freed everything
	givenUp  chan struct{} // closed when the thread is not waited for any more

	mu   sync.Mutex // guards everything below, and what says so elsewhere
	wake sync.Cond  // signalled for the thread, when it has something to do

	calls    []*call
	trash    []uint32 // buffer objects that nothing uses any more
	ready    []*stream
	streams  map[*stream]struct{}
	buffers  map[*buffer]struct{} // not yet released
	cache    map[string]*translation
	unfired  eventList
	closing  bool
	failed   error // why the device is lost
	deserted bool  // givenUp is closed
}

var _ device.Device = (*glDevice)(nil)

// call is work that its caller waits for.
type call struct {
	run  func(x *executor) error
	err  error // valid once done is closed
	done chan struct{}
}

// open starts the thread of a device and waits until its context is current.
func open(a adapter) (*glDevice, error) {
	d := &glDevice{
		info: a.info, limits: a.limits, account: device.NewAccount(a.info.Memory), patience: patience,
		gone: make(chan struct{}), givenUp: make(chan struct{}),
		streams: map[*stream]struct{}{}, buffers: map[*buffer]struct{}{}, cache: map[string]*translation{},
	}
	d.wake.L = &d.mu
	started := make(chan error, 1)
	go runThread(d, a.display, started)
	timer := time.NewTimer(discoverPatience)
	defer timer.Stop()
	select {
	case err := <-started:
		if err != nil {
			return nil, err
		}
		return d, nil
	case <-timer.C:
		d.giveUp()
		return nil, d.failed
	}
}

// Info implements device.Device.
func (d *glDevice) Info() device.Info { return d.info }

// Memory implements device.Device.
func (d *glDevice) Memory() device.MemoryStats { return d.account.Stats() }

// Alloc implements device.Device.
func (d *glDevice) Alloc(nbytes int64) (device.Buffer, error) {
	if err := d.usable(); err != nil {
		return nil, d.error("alloc", err)
	}
	if err := d.account.Reserve(nbytes); err != nil {
		return nil, d.error("alloc", err)
	}
	b := &buffer{dev: d, size: nbytes}
	if err := d.call(func(x *executor) error { return d.adopt(x, b) }); err != nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.settleLocked(b)
		return nil, d.error("alloc", err)
	}
	return b, nil
}

// Compile implements device.Device.
func (d *glDevice) Compile(src device.Source) (device.Program, error) {
	if err := d.usable(); err != nil {
		return nil, d.error("compile", err)
	}
	if src.Language != device.GLSL {
		return nil, d.error("compile", fmt.Errorf("%w: kernel %s is in %q, OpenGL takes %q",
			device.ErrUnsupported, src.Name, src.Language, device.GLSL))
	}
	if src.Buffers > d.info.Caps.MaxBuffers {
		return nil, d.error("compile", fmt.Errorf("%w: kernel %s has %d buffers, the driver binds %d",
			device.ErrUnsupported, src.Name, src.Buffers, d.info.Caps.MaxBuffers))
	}
	t, err := d.translate(src.Text)
	if err != nil {
		if refused, ok := errors.AsType[*device.CompileError](err); ok {
			refused.Kernel = src.Name
		}
		return nil, d.error("compile", err)
	}
	return &program{dev: d, t: t, name: src.Name, buffers: src.Buffers, scalars: src.Scalars}, nil
}

// NewStream implements device.Device.
func (d *glDevice) NewStream() (device.Stream, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.usableLocked(); err != nil {
		return nil, d.error("new stream", err)
	}
	s := &stream{dev: d}
	d.streams[s] = struct{}{}
	return s, nil
}

// Close implements device.Device. It is safe to call from several goroutines,
// each of which waits for the end.
func (d *glDevice) Close() error {
	d.mu.Lock()
	d.closing = true
	d.wake.Signal()
	d.mu.Unlock()
	if err := d.await(d.gone); err != nil {
		return d.error("close", err)
	}
	return nil
}

// call has the thread run f and waits for it.
func (d *glDevice) call(f func(x *executor) error) error {
	c := &call{run: f, done: make(chan struct{})}
	d.mu.Lock()
	if err := d.usableLocked(); err != nil {
		d.mu.Unlock()
		return err
	}
	d.calls = append(d.calls, c)
	d.wake.Signal()
	d.mu.Unlock()
	if err := d.await(c.done); err != nil {
		return err
	}
	return c.err
}

// await waits until the thread closes done. A thread that finishes nothing for
// as long as d.patience is given up.
func (d *glDevice) await(done <-chan struct{}) error {
	timer := time.NewTimer(d.patience)
	defer timer.Stop()
	for seen := d.progress.Load(); ; {
		select {
		case <-done:
			return nil
		case <-d.givenUp:
			d.mu.Lock()
			defer d.mu.Unlock()
			return d.failed
		case <-timer.C:
			if now := d.progress.Load(); now != seen {
				seen = now
			} else {
				d.giveUp()
			}
			timer.Reset(d.patience)
		}
	}
}

// giveUp declares the device lost and its thread not worth waiting for.
func (d *glDevice) giveUp() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.deserted {
		return
	}
	d.deserted = true
	d.loseLocked(fmt.Errorf("%w: %w: the driver finished nothing for %v", device.ErrLost, device.ErrTimeout, d.patience))
	d.releaseAllLocked()
	close(d.givenUp)
	d.wake.Signal()
}

// loseLocked fails everything that is under way and everything to come. The
// first reason is kept.
func (d *glDevice) loseLocked(reason error) {
	if d.failed == nil {
		d.failed = reason
	}
	for s := range d.streams {
		if s.err == nil {
			s.err = d.error("execute", d.failed)
		}
	}
	for _, c := range d.calls {
		c.err = d.failed
		close(c.done)
	}
	d.calls = nil
	for e := d.unfired.first; e != nil; e = d.unfired.first {
		e.err = d.error("execute", d.failed)
		e.issueLocked()
		e.fireLocked()
	}
}

// usable is nil while the device takes work.
func (d *glDevice) usable() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.usableLocked()
}

func (d *glDevice) usableLocked() error {
	if d.closing {
		return device.ErrClosed
	}
	return d.failed
}

// error wraps a cause, once.
func (d *glDevice) error(op string, err error) error {
	if _, ok := errors.AsType[*device.Error](err); ok {
		return err
	}
	return &device.Error{Op: op, Device: d.info.ID, Err: err}
}
