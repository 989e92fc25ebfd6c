package soft

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tandem-go/tandem/device"
)

// Config is what a device is made of.
type Config struct {
	Info device.Info
	// Model may be nil: then commands are executed as they come.
	Model Model
	// Bare buffers have no memory: transfers and launches have no effect.
	Bare bool
	// Poison fills fresh and freed memory, so that reading it shows.
	Poison bool
	// Patience is how long the Close of a stream waits while no stream of
	// the device finishes anything; then the device counts as lost. Zero
	// means for ever.
	Patience time.Duration
}

// Device implements device.Device.
type Device struct {
	cfg       Config
	account   *device.Account
	isLost    chan struct{} // closed with mu held
	isClosing chan struct{} // closed with mu held

	mu       sync.Mutex // guards what follows, and what says so elsewhere
	changed  sync.Cond  // broadcast when a stream runs dry or the device has closed
	streams  map[*stream]struct{}
	buffers  map[*buffer]struct{} // not yet released
	opened   int                  // streams so far
	progress int                  // commands finished
	lost     error                // why the device is lost
	closing  bool
	closed   bool
}

var _ device.Device = (*Device)(nil)

// New returns a device.
func New(cfg Config) *Device {
	d := &Device{
		cfg: cfg, account: device.NewAccount(cfg.Info.Memory),
		isLost: make(chan struct{}), isClosing: make(chan struct{}),
		streams: map[*stream]struct{}{}, buffers: map[*buffer]struct{}{},
	}
	d.changed.L = &d.mu
	return d
}

// Info implements device.Device.
func (d *Device) Info() device.Info { return d.cfg.Info }

// Memory implements device.Device.
func (d *Device) Memory() device.MemoryStats { return d.account.Stats() }

// Alloc implements device.Device.
func (d *Device) Alloc(nbytes int64) (device.Buffer, error) {
	b, err := d.alloc(nbytes)
	if err != nil {
		return nil, d.error(Alloc, err)
	}
	return b, nil
}

func (d *Device) alloc(nbytes int64) (*buffer, error) {
	if err := d.reserve(nbytes); err != nil {
		return nil, err
	}
	b := &buffer{dev: d, size: nbytes}
	if !d.cfg.Bare {
		b.data = aligned(nbytes)
	}
	if d.cfg.Poison {
		poison(b.data)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing {
		d.account.Release(nbytes)
		return nil, device.ErrClosed
	}
	d.buffers[b] = struct{}{}
	return b, nil
}

func (d *Device) reserve(nbytes int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.usableLocked(); err != nil {
		return err
	}
	if nbytes >= 0 {
		if _, err := d.admitLocked(Alloc); err != nil {
			return err
		}
	}
	return d.account.Reserve(nbytes)
}

// Compile implements device.Device.
func (d *Device) Compile(src device.Source) (device.Program, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.compileLocked(src); err != nil {
		return nil, d.error(Compile, err)
	}
	return &program{dev: d, src: src}, nil
}

func (d *Device) compileLocked(src device.Source) error {
	if err := d.usableLocked(); err != nil {
		return err
	}
	if src.Language != device.Go {
		return fmt.Errorf("%w: kernel %s is in %q, the device takes %q", device.ErrUnsupported, src.Name, src.Language, device.Go)
	}
	if src.Func == nil {
		return &device.CompileError{Kernel: src.Name, Log: "the source has no Go function"}
	}
	if src.Buffers < 0 || src.Scalars < 0 {
		return &device.CompileError{Kernel: src.Name, Log: fmt.Sprintf(
			"the function cannot take %d buffers and %d scalar words", src.Buffers, src.Scalars)}
	}
	_, err := d.admitLocked(Compile)
	return err
}

// NewStream implements device.Device.
func (d *Device) NewStream() (device.Stream, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.usableLocked(); err != nil {
		return nil, d.error("new stream", err)
	}
	s := &stream{dev: d, number: d.opened}
	d.opened++
	d.streams[s] = struct{}{}
	return s, nil
}

// Close implements device.Device. Each of several callers waits for the end.
func (d *Device) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.closing {
		d.closing = true
		close(d.isClosing)
	}
	for d.busyLocked() {
		d.changed.Wait()
	}
	if !d.closed {
		d.closed = true
		for b := range d.buffers {
			d.releaseLocked(b)
		}
		clear(d.streams)
	}
	return nil
}

func (d *Device) busyLocked() bool {
	for s := range d.streams {
		if s.running {
			return true
		}
	}
	return false
}

// usableLocked is nil while the device takes calls.
func (d *Device) usableLocked() error {
	if d.closing {
		return device.ErrClosed
	}
	return d.lost
}

// admitLocked asks the model about an operation.
func (d *Device) admitLocked(op Op) (mark any, err error) {
	if d.cfg.Model == nil {
		return nil, nil
	}
	if mark, err = d.cfg.Model.Admit(op); errors.Is(err, device.ErrLost) {
		d.loseLocked(err)
	}
	return mark, err
}

// loseLocked declares the device lost. Only the first cause counts.
func (d *Device) loseLocked(cause error) {
	if d.lost == nil {
		d.lost = cause
		close(d.isLost)
	}
}

// watchLocked loses the device when nothing is finished for as long as its
// patience, until stop is called with the lock held.
func (d *Device) watchLocked() (stop func()) {
	if d.cfg.Patience <= 0 {
		return func() {}
	}
	seen, stopped := d.progress, false
	var timer *time.Timer
	timer = time.AfterFunc(d.cfg.Patience, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		switch {
		case stopped:
		case d.progress != seen:
			seen = d.progress
			timer.Reset(d.cfg.Patience)
		default:
			d.loseLocked(fmt.Errorf("%w: %w for %v", device.ErrLost, device.ErrTimeout, d.cfg.Patience))
		}
	})
	return func() {
		stopped = true
		timer.Stop()
	}
}

// error is err as an error of this device. An error of a stream keeps the
// operation that failed.
func (d *Device) error(op Op, err error) error {
	if e, ok := err.(*device.Error); ok { //nolint:errorlint // Only an error of our own, not one that wraps it.
		return e
	}
	return wrapped(op, d.cfg.Info.ID, err)
}
