package soft

import (
	"context"
	"fmt"

	"github.com/tandem-go/tandem/device"
)

// stream is a queue of commands. Callers fill next; the goroutine in execute.go
// swaps it for run and works that off.
type stream struct {
	dev    *Device
	number int

	// Guarded by dev.mu.
	next    batch
	running bool  // the goroutine exists
	closed  bool  // takes no more commands
	err     error // what failed, a *device.Error; stays

	// The goroutine's alone.
	run     batch
	at      int      // the next command of run
	command Command  // what the model is shown
	views   [][]byte // memory of the buffers of the launch being executed
}

var _ device.Stream = (*stream)(nil)

// Upload implements device.Stream.
func (s *stream) Upload(dst device.Buffer, offset int64, src []byte) error {
	return s.transfer(Upload, "dst", dst, offset, src)
}

// Download implements device.Stream.
func (s *stream) Download(dst []byte, src device.Buffer, offset int64) error {
	return s.transfer(Download, "src", src, offset, dst)
}

func (s *stream) transfer(op Op, arg string, given device.Buffer, offset int64, host []byte) error {
	d := s.dev
	d.mu.Lock()
	defer d.mu.Unlock()
	q, err := s.transferLocked(op, arg, given, offset, host)
	if err != nil {
		return d.error(op, err)
	}
	s.pushLocked(q)
	return nil
}

func (s *stream) transferLocked(op Op, arg string, given device.Buffer, offset int64, host []byte) (queued, error) {
	if err := s.usableLocked(); err != nil {
		return queued{}, err
	}
	b, err := s.dev.ownLocked(arg, given)
	if err != nil {
		return queued{}, err
	}
	if err := b.span(offset, len(host)); err != nil {
		return queued{}, err
	}
	mark, err := s.dev.admitLocked(op)
	return queued{op: op, mark: mark, buffer: b, offset: offset, host: host}, err
}

// Launch implements device.Stream.
func (s *stream) Launch(p device.Program, dispatch device.Dispatch) error {
	d := s.dev
	d.mu.Lock()
	defer d.mu.Unlock()
	buffers, words := len(s.next.buffers), len(s.next.words)
	q, err := s.launchLocked(p, &dispatch)
	if err != nil {
		s.next.buffers, s.next.words = s.next.buffers[:buffers], s.next.words[:words]
		return d.error(Launch, err)
	}
	s.pushLocked(q)
	return nil
}

// launchLocked checks a dispatch and copies its lists into the next batch.
func (s *stream) launchLocked(given device.Program, dispatch *device.Dispatch) (queued, error) {
	if err := s.usableLocked(); err != nil {
		return queued{}, err
	}
	p, err := s.dev.ownProgramLocked(given, dispatch)
	if err != nil {
		return queued{}, err
	}
	q := queued{op: Launch, program: p, groups: dispatch.Groups}
	q.buffers.from = len(s.next.buffers)
	for i, given := range dispatch.Buffers {
		b, err := s.dev.ownLocked("a buffer of the dispatch", given)
		if err != nil {
			return queued{}, fmt.Errorf("kernel %s, slot %d: %w", p.src.Name, i, err)
		}
		s.next.buffers = append(s.next.buffers, b)
	}
	q.buffers.to = len(s.next.buffers)
	q.words.from = len(s.next.words)
	s.next.words = append(s.next.words, dispatch.Scalars...)
	q.words.to = len(s.next.words)
	q.mark, err = s.dev.admitLocked(Launch)
	return q, err
}

// Record implements device.Stream.
func (s *stream) Record() (device.Event, error) {
	s.dev.mu.Lock()
	defer s.dev.mu.Unlock()
	e, err := s.recordLocked()
	if err != nil {
		return nil, s.dev.error(record, err)
	}
	return e, nil
}

func (s *stream) recordLocked() (*event, error) {
	if err := s.usableLocked(); err != nil {
		return nil, err
	}
	e := &event{dev: s.dev, done: make(chan struct{})}
	if s.running {
		s.pushLocked(queued{op: record, event: e})
	} else {
		close(e.done) // an idle stream has executed everything
	}
	return e, nil
}

// WaitEvent implements device.Stream.
func (s *stream) WaitEvent(given device.Event) error {
	d := s.dev
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := s.usableLocked(); err != nil {
		return d.error(waitEvent, err)
	}
	e, ok := given.(*event)
	if !ok || e == nil || e.dev != d {
		return d.error(waitEvent, fmt.Errorf("%w: the event is none of this device", device.ErrInvalid))
	}
	s.pushLocked(queued{op: waitEvent, event: e})
	return nil
}

// Synchronize implements device.Stream.
func (s *stream) Synchronize(ctx context.Context) error {
	s.dev.mu.Lock()
	e, err := s.recordLocked()
	s.dev.mu.Unlock()
	if err != nil {
		return s.dev.error("synchronize", err)
	}
	return device.Wait(ctx, e)
}

// Close implements device.Stream.
func (s *stream) Close() error {
	d := s.dev
	d.mu.Lock()
	defer d.mu.Unlock()
	if !s.closed {
		if d.closing {
			return d.error("close stream", device.ErrClosed)
		}
		s.closed = true
		stop := d.watchLocked()
		for s.running {
			d.changed.Wait()
		}
		stop()
		delete(d.streams, s)
	}
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
	return s.dev.lost
}

// pushLocked queues a command and starts the goroutine if there is none.
func (s *stream) pushLocked(q queued) {
	s.next.commands = append(s.next.commands, q)
	s.next.holdLocked(&q)
	if !s.running {
		s.running = true
		go s.work()
	}
}
