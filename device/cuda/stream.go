//go:build cuda && linux && cgo

package cuda

import (
	stdcontext "context"
	"fmt"
	"sync"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/internal/cublas"
)

// stream is a stream of the driver.
type stream struct {
	dev *cudaDevice
	h   handle
	bit uint64 // its mark among the users of a resource

	// mu is held while a command is given to the driver, so that whoever holds
	// it knows that what is enqueued is enqueued whole. It guards the rest.
	mu       sync.Mutex
	dirty    bool // something has been enqueued since the last mark
	closed   bool
	err      error // what the driver refused; stays
	staging  ring
	launches []launch // of the call under way
	args     []uint64
	calls    []libraryCall
	blas     *cublas.Handle // made when it is first needed
	noBLAS   bool           // it could not be made
	graphs   map[*graph]struct{}

	queue queue
}

var (
	_ device.Stream      = (*stream)(nil)
	_ device.BatchStream = (*stream)(nil)
	_ device.PeerStream  = (*stream)(nil)
	_ device.GraphStream = (*stream)(nil)
)

// Upload implements device.Stream.
func (s *stream) Upload(dst device.Buffer, offset int64, src []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.transfer("upload", "dst", dst, offset, src, s.upload)
}

// Download implements device.Stream.
func (s *stream) Download(dst []byte, src device.Buffer, offset int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.transfer("download", "src", src, offset, dst, s.download)
}

func (s *stream) transfer(op, arg string, given device.Buffer, offset int64, host []byte, do func(at handle, host []byte) error) error {
	d := s.dev
	if err := s.usable(); err != nil {
		return d.error(op, err)
	}
	b, err := s.own(arg, given)
	if err == nil {
		err = b.span(offset, int64(len(host)))
	}
	if err != nil {
		return d.error(op, err)
	}
	if len(host) == 0 {
		return nil
	}
	if err := do(b.address+handle(offset), host); err != nil {
		return s.refused(op, err)
	}
	return nil
}

// upload copies from page-locked memory at once, from any other through the ring.
func (s *stream) upload(at handle, src []byte) error {
	if err := s.settleHost(src); err != nil {
		return err
	}
	b := s.dev.pinned.use(src, s.bit)
	if b == nil {
		return s.uploadStaged(at, src)
	}
	if b.heap != nil {
		s.queue.keep(src)
	}
	s.dirty = true
	return s.dev.ctx.upload(s.h, at, src)
}

// download does likewise, but never writes to memory of Go's heap that was
// registered for reading: a device that is given up on might do so later.
func (s *stream) download(at handle, dst []byte) error {
	if b := s.dev.pinned.use(dst, s.bit); b != nil && b.heap == nil {
		s.dirty = true
		return s.dev.ctx.download(s.h, dst, at)
	}
	return s.downloadStaged(at, dst)
}

// Record implements device.Stream.
func (s *stream) Record() (device.Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, err := s.record()
	if err != nil {
		return nil, s.dev.error("record", err)
	}
	return e, nil
}

func (s *stream) record() (*event, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	e := &event{stream: s}
	if err := s.mark(e); err != nil {
		return nil, s.refused("record", err)
	}
	return e, nil
}

// WaitEvent implements device.Stream.
func (s *stream) WaitEvent(given device.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return s.dev.error("wait", err)
	}
	e, ok := given.(*event)
	if !ok || e == nil || e.stream.dev != s.dev {
		return s.dev.error("wait", fmt.Errorf("%w: the event is none of this device", device.ErrInvalid))
	}
	if err := e.Err(); err != nil {
		s.err = s.dev.error("wait", err)
		return s.err
	}
	if e.stream == s {
		return nil
	}
	if err := s.follow(e); err != nil {
		return s.refused("wait", err)
	}
	return nil
}

// follow has the device wait for e, unless it has fired. The other stream's
// queue is locked until the driver knows: the mark's event cannot be used anew
// before, and afterwards it may.
func (s *stream) follow(e *event) error {
	q := &e.stream.queue
	q.mu.Lock()
	i, found := q.find(e.number)
	if !found {
		q.mu.Unlock()
		return nil
	}
	s.dirty = true
	err := s.dev.ctx.waitEvent(s.h, q.marks[i].h)
	var owed []*copyOut
	for _, d := range q.debts {
		if d.number <= e.number && d.copy != nil {
			owed = append(owed, d.copy)
		}
	}
	q.mu.Unlock()
	s.queue.takeOver(owed)
	return err
}

// Synchronize implements device.Stream.
func (s *stream) Synchronize(ctx stdcontext.Context) error {
	s.mu.Lock()
	e, err := s.record()
	s.mu.Unlock()
	if err != nil {
		return s.dev.error("synchronize", err)
	}
	return device.Wait(ctx, e)
}

// Close implements device.Stream.
func (s *stream) Close() error {
	d := s.dev
	s.mu.Lock()
	if s.closed {
		defer s.mu.Unlock()
		return s.err
	}
	if err := d.enter(); err != nil {
		s.mu.Unlock()
		return d.error("close stream", err)
	}
	defer d.ops.Done()
	s.closed = true
	e := &event{stream: s}
	if err := s.mark(e); err != nil {
		// Nobody could tell when the stream is done, or free what it uses.
		d.lose(fmt.Errorf("%w: a stream cannot be followed: %w", device.ErrLost, err))
		e.fire(d.lost())
	}
	s.mu.Unlock()
	if err := d.await(e.Done()); err != nil {
		return d.error("close stream", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := e.Err(); err != nil && s.err == nil {
		s.err = d.error("close stream", err)
	}
	if d.lost() == nil { // otherwise nobody knows that it is done; the end sees to it
		d.forget(s)
		s.destroy()
	}
	return s.err
}

// drain waits for everything enqueued, however long that takes. The events of a
// lost device have fired; what it was given up at may still be under way.
func (s *stream) drain() {
	s.mu.Lock()
	e := &event{stream: s}
	if err := s.mark(e); err != nil {
		s.dev.lose(fmt.Errorf("%w: a stream cannot be followed: %w", device.ErrLost, err))
		e.fire(s.dev.lost())
	}
	s.mu.Unlock()
	<-e.Done()
	if s.dev.lost() != nil {
		_ = s.dev.ctx.synchronize(s.h) // a dead context answers at once
	}
}

// destroy gives up what the stream has of the driver. It is done or lost.
func (s *stream) destroy() {
	if s.h == 0 {
		return
	}
	if s.blas != nil {
		_ = s.blas.Close()
		s.blas = nil
	}
	for g := range s.graphs {
		s.dropGraph(g)
	}
	s.staging.release(s.dev)
	s.queue.letGo()
	_ = s.dev.ctx.destroyStream(s.h) // what is lost is gone already
	s.h = 0
}

// usable is nil while the stream takes commands. The lock is held.
func (s *stream) usable() error {
	switch {
	case s.closed || s.dev.closing.Load():
		return device.ErrClosed
	case s.err != nil:
		return s.err
	}
	return s.dev.lost()
}

// refused ends the stream after a failure of the driver: what comes behind a
// command that was not enqueued must not happen.
func (s *stream) refused(op string, err error) error {
	s.err = s.dev.error(op, s.dev.notice(err))
	return s.err
}
