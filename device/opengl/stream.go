//go:build opengl && linux && cgo

package opengl

import (
	"context"
	"fmt"

	"github.com/tandem-go/tandem/device"
)

// stream is a queue of commands. Its owner fills next; the thread executes run.
type stream struct {
	dev *glDevice

	// Guarded by dev.mu.
	next      batch
	scheduled bool  // known to the thread: in dev.ready, being executed, or parked
	closed    bool  // takes no more commands
	err       error // what failed; stays

	// The thread's alone. Swapping next and run takes dev.mu.
	run batch
	at  int // the next command of run
}

var _ device.Stream = (*stream)(nil)

// Upload implements device.Stream.
func (s *stream) Upload(dst device.Buffer, offset int64, src []byte) error {
	return s.transfer(opUpload, "dst", dst, offset, src)
}

// Download implements device.Stream.
func (s *stream) Download(dst []byte, src device.Buffer, offset int64) error {
	return s.transfer(opDownload, "src", src, offset, dst)
}

func (s *stream) transfer(op opcode, arg string, given device.Buffer, offset int64, host []byte) error {
	d := s.dev
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := s.usableLocked(); err != nil {
		return d.error(op.String(), err)
	}
	b, err := d.ownLocked(arg, given)
	if err == nil {
		err = b.span(offset, len(host))
	}
	if err != nil {
		return d.error(op.String(), err)
	}
	if len(host) > 0 {
		s.pushLocked(command{op: op, buffer: b, offset: offset, host: host})
	}
	return nil
}

// Launch implements device.Stream.
func (s *stream) Launch(p device.Program, dispatch device.Dispatch) error {
	d := s.dev
	d.mu.Lock()
	defer d.mu.Unlock()
	c, err := s.launchLocked(p, &dispatch)
	if err != nil {
		return d.error("launch", err)
	}
	s.pushLocked(c)
	return nil
}

// launchLocked checks a dispatch and copies its lists into the next batch.
func (s *stream) launchLocked(given device.Program, dispatch *device.Dispatch) (command, error) {
	if err := s.usableLocked(); err != nil {
		return command{}, err
	}
	d := s.dev
	p, ok := given.(*program)
	if !ok || p == nil || p.dev != d {
		return command{}, fmt.Errorf("%w: the program is none of this device", device.ErrInvalid)
	}
	if p.closed {
		return command{}, fmt.Errorf("%w: program %s", device.ErrClosed, p.name)
	}
	c := command{op: opLaunch, program: p}
	for i, n := range dispatch.Groups {
		if limit := d.info.Caps.MaxGroups[i]; n < 1 || n > limit {
			return command{}, fmt.Errorf("%w: kernel %s: Groups[%d] is %d, want 1 to %d", device.ErrInvalid, p.name, i, n, limit)
		}
		c.groups[i] = uint32(n)
	}
	if len(dispatch.Buffers) != p.buffers || len(dispatch.Scalars) != p.scalars {
		return command{}, fmt.Errorf("%w: kernel %s takes %d buffers and %d scalar words, was given %d and %d", device.ErrInvalid,
			p.name, p.buffers, p.scalars, len(dispatch.Buffers), len(dispatch.Scalars))
	}
	first := len(s.next.buffers)
	for i, given := range dispatch.Buffers {
		b, err := d.ownLocked("a buffer of the dispatch", given)
		if err == nil && b.size > d.info.Caps.MaxBuffer {
			err = fmt.Errorf("%w: a kernel can see %d bytes of a buffer, this has %d", device.ErrInvalid, d.info.Caps.MaxBuffer, b.size)
		}
		if err != nil {
			s.next.buffers = s.next.buffers[:first]
			return command{}, fmt.Errorf("kernel %s, slot %d: %w", p.name, i, err)
		}
		s.next.buffers = append(s.next.buffers, b)
	}
	c.buffers = stretch{first, len(s.next.buffers)}
	c.words.from = len(s.next.words)
	s.next.words = append(s.next.words, dispatch.Scalars...)
	c.words.to = len(s.next.words)
	return c, nil
}

// Record implements device.Stream.
func (s *stream) Record() (device.Event, error) {
	e, err := s.record()
	if err != nil {
		return nil, s.dev.error("record", err)
	}
	return e, nil
}

func (s *stream) record() (*event, error) {
	d := s.dev
	e := &event{dev: d, done: make(chan struct{})}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := s.usableLocked(); err != nil {
		return nil, err
	}
	s.recordLocked(e)
	return e, nil
}

func (s *stream) recordLocked(e *event) {
	s.dev.unfired.add(e)
	s.pushLocked(command{op: opRecord, event: e})
}

// WaitEvent implements device.Stream.
func (s *stream) WaitEvent(given device.Event) error {
	d := s.dev
	e, ok := given.(*event)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := s.usableLocked(); err != nil {
		return d.error("wait", err)
	}
	if !ok || e == nil || e.dev != d {
		return d.error("wait", fmt.Errorf("%w: the event is none of this device", device.ErrInvalid))
	}
	s.pushLocked(command{op: opWait, event: e})
	return nil
}

// Synchronize implements device.Stream.
func (s *stream) Synchronize(ctx context.Context) error {
	e, err := s.record()
	if err != nil {
		return s.dev.error("synchronize", err)
	}
	return device.Wait(ctx, e)
}

// Close implements device.Stream.
func (s *stream) Close() error {
	d := s.dev
	e := &event{dev: d, done: make(chan struct{})}
	d.mu.Lock()
	switch {
	case s.closed:
		defer d.mu.Unlock()
		return s.err
	case d.closing:
		defer d.mu.Unlock()
		return d.error("close stream", device.ErrClosed)
	case d.failed != nil:
		e.err = s.err
		close(e.done)
	default:
		s.recordLocked(e)
	}
	s.closed = true
	d.mu.Unlock()
	if err := d.await(e.done); err != nil {
		return d.error("close stream", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.streams, s)
	return s.err
}

// usableLocked is nil while the stream takes commands.
func (s *stream) usableLocked() error {
	switch {
	case s.closed || s.dev.closing:
		return device.ErrClosed
	case s.err != nil:
		return s.err
	}
	return s.dev.failed
}

// pushLocked queues a command and, if the thread does not know of the stream,
// tells it.
func (s *stream) pushLocked(c command) {
	s.next.commands = append(s.next.commands, c)
	s.next.useLocked(&c, +1)
	if !s.scheduled {
		s.scheduled = true
		s.dev.ready = append(s.dev.ready, s)
		s.dev.wake.Signal()
	}
}
