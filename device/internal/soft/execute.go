package soft

import (
	"errors"
	"slices"

	"github.com/tandem-go/tandem/device"
)

var errGoexit = errors.New("the program ended its goroutine (runtime.Goexit)")

// work is a stream's goroutine: it executes commands until there are none.
func (s *stream) work() {
	dry := false
	defer func() {
		if dry {
			return // the stream may have a new goroutine already
		}
		if q := &s.run.commands[s.at]; q.program != nil { // it called runtime.Goexit
			s.finish(q, &device.PanicError{Kernel: q.program.src.Name, Value: errGoexit})
			go s.work()
		}
	}()
	for {
		q, failed := s.take()
		if q == nil {
			dry = true
			return
		}
		var err error
		if !failed {
			err = s.execute(q)
		}
		s.finish(q, err)
	}
}

// take returns the next command, nil if there is none: then the goroutine no
// longer counts as running. It also tells whether the stream has failed.
func (s *stream) take() (q *queued, failed bool) {
	d := s.dev
	d.mu.Lock()
	defer d.mu.Unlock()
	if s.at == len(s.run.commands) {
		s.at = 0
		s.run.reset()
		if len(s.next.commands) == 0 {
			s.running = false
			d.changed.Broadcast()
			return nil, false
		}
		s.run, s.next = s.next, s.run
	}
	q = &s.run.commands[s.at]
	if s.err == nil && d.lost != nil {
		s.err = wrapped(q.op, d.cfg.Info.ID, d.lost)
	}
	return q, s.err != nil
}

// execute carries out a command of a stream that has not failed.
func (s *stream) execute(q *queued) error {
	switch q.op {
	case record:
		return nil
	case waitEvent:
		<-q.event.done
		return q.event.err
	}
	if s.dev.cfg.Model == nil {
		return s.perform(q)
	}
	s.command = Command{
		Op: q.op, Mark: q.mark, Bytes: int64(len(q.host)), Words: s.run.words[q.words.from:q.words.to:q.words.to],
		Stream: s.number, Index: s.command.Index + 1, stream: s, queued: q,
	}
	return s.dev.cfg.Model.Execute(&s.command)
}

// perform has the effect of a transfer or a launch.
func (s *stream) perform(q *queued) error {
	if s.dev.cfg.Bare {
		return nil
	}
	switch q.op {
	case Upload:
		copy(q.buffer.data[q.offset:], q.host)
	case Download:
		copy(q.host, q.buffer.data[q.offset:])
	case Launch:
		s.views = s.views[:0]
		for _, b := range s.run.buffers[q.buffers.from:q.buffers.to] {
			s.views = append(s.views, b.data)
		}
		defer clear(s.views)
		// The program may do with its list of words what it likes.
		words := s.run.words[q.words.from:q.words.to:q.words.to]
		return q.program.call(device.HostCall{Groups: q.groups, Buffers: slices.Clip(s.views), Scalars: words})
	}
	return nil
}

// finish records the outcome of a command.
func (s *stream) finish(q *queued, err error) {
	d := s.dev
	d.mu.Lock()
	defer d.mu.Unlock()
	if errors.Is(err, device.ErrLost) {
		d.loseLocked(err)
	}
	if err != nil && s.err == nil {
		s.err = d.error(q.op, err)
	}
	if q.op == record {
		q.event.err = s.err
		close(q.event.done)
	}
	s.run.dropLocked(d, q)
	d.progress++
	s.at++
}
