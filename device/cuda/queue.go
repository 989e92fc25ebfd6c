//go:build cuda && linux && cgo

package cuda

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
	"unsafe"

	"github.com/tandem-go/tandem/device"
)

// spin is how long a goroutine that waits in the driver asks for its event
// before it sleeps: as long as the sleep's own end takes, an interrupt and a
// wake-up of 10 to 30 µs, so that it costs at most twice what knowing the time in
// advance would (Karlin et al., 1990, on spinning and blocking).
const spin = 20 * time.Microsecond

// tidyAt is how many marks a stream keeps before it looks which are passed. A
// look is one call into C, so events that nobody waits for cost a fraction of
// one each.
const tidyAt = 16

// queue is what a stream has been given and is not known to have done: marks,
// in the order of their numbers, which count from 1. A mark is an event of the
// driver; an event of the device fires with its mark.
//
// Nobody needs to watch a queue. Who wants an event's channel has a goroutine
// watch it until the event has fired; all others look when they need to know.
// Rejected: host functions enqueued in the stream, which stop it for the time of
// a round trip to the host and are left out when the context dies; a watcher for
// the whole device, to which streams that overtake each other have no first event.
type queue struct {
	mu      sync.Mutex // guards the rest
	marks   []mark
	debts   []debt
	last    uint64 // the newest mark
	done    uint64 // the newest one known to be passed
	failed  error  // why nothing is waited for any more: the device is lost
	watched bool   // a goroutine runs watch
}

type mark struct {
	number uint64
	h      handle
	event  *event // fires with the mark; may be nil
	wanted bool   // somebody waits for the event
	held   bool   // watch is in the driver with h and gives it back
}

// copyOut is the rest of a download: bytes of staging memory that go to the
// host's place for them.
type copyOut struct {
	mu       sync.Mutex // guards over
	over     bool       // copied, or never to be
	dst, src []byte
}

// finish copies, unless that has been done or given up.
func (c *copyOut) finish() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.over {
		copy(c.dst, c.src)
		c.over = true
	}
}

// giveUp makes sure that the host's memory is not written any more.
func (c *copyOut) giveUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
}

// debt is what is to be done when a mark is passed: a download to be ended, or
// memory of Go's to be let go that the device reads until then. A stream that
// waits for another takes over its downloads: whoever has seen the later event may
// rely on what came before the earlier one.
type debt struct {
	number uint64
	copy   *copyOut        // or nil
	pin    *runtime.Pinner // or nil
}

// keep pins memory of Go's that commands read which the next mark ends. Where
// none is passed any more, the device being lost, it stays pinned until that ends.
func (q *queue) keep(host []byte) {
	pin := new(runtime.Pinner)
	pin.Pin(unsafe.SliceData(host))
	q.mu.Lock()
	defer q.mu.Unlock()
	q.debts = append(q.debts, debt{number: q.last + 1, pin: pin})
}

// pay does what is owed.
func (d debt) pay() {
	if d.copy != nil {
		d.copy.finish()
	}
	if d.pin != nil {
		d.pin.Unpin()
	}
}

// owe adds a download that the next mark ends.
func (q *queue) owe(c *copyOut) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.oweLocked(c)
}

func (q *queue) oweLocked(c *copyOut) {
	if q.failed != nil {
		c.giveUp()
		return
	}
	q.debts = append(q.debts, debt{number: q.last + 1, copy: c})
}

// takeOver adds downloads of another stream that the next mark ends too, but for
// those that the queue has already: streams that wait for each other by turns
// would hand the same ones round, more of them each time.
func (q *queue) takeOver(owed []*copyOut) {
	if len(owed) == 0 {
		return
	}
	has := make(map[*copyOut]struct{}, len(owed))
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, d := range q.debts {
		if d.copy != nil {
			has[d.copy] = struct{}{}
		}
	}
	for _, c := range owed {
		if _, found := has[c]; !found {
			q.oweLocked(c)
		}
	}
}

// mark puts a mark behind everything enqueued so far and lets e, unless it is
// nil, fire with it. The stream's lock is held.
func (s *stream) mark(e *event) error {
	d, q := s.dev, &s.queue
	if !s.dirty && s.settle(e) {
		return nil
	}
	h, err := d.events.take(d.ctx)
	if err != nil {
		return err
	}
	if err := d.ctx.record(h, s.h); err != nil {
		d.events.give(h)
		return err
	}
	s.dirty = false
	q.mu.Lock()
	q.last++
	if e != nil {
		e.number = q.last
	}
	if q.failed != nil {
		q.done = q.last
		d.events.give(h)
		if e != nil {
			e.fire(q.failed)
		}
		q.mu.Unlock()
		return nil
	}
	q.marks = append(q.marks, mark{number: q.last, h: h, event: e})
	if len(q.marks) >= tidyAt {
		err = s.retireLocked()
	}
	q.mu.Unlock()
	if err != nil {
		d.lose(err)
	}
	return nil
}

// settle fires e if all marks are passed; nothing was enqueued since the last.
func (s *stream) settle(e *event) bool {
	q := &s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.done != q.last {
		return false
	}
	if e != nil {
		e.number = q.last
		e.fire(q.failed)
	}
	return true
}

// want makes sure that e fires by itself. If only looking has been asked for
// before, one look does.
func (s *stream) want(e *event, watched bool) {
	q := &s.queue
	q.mu.Lock()
	err := s.retireLocked()
	if i, found := q.find(e.number); err == nil && found && !watched {
		q.marks[i].wanted = true
		if !q.watched {
			q.watched = true
			s.dev.watchers.Go(s.watch)
		}
	}
	q.mu.Unlock()
	if err != nil {
		s.dev.lose(err)
	}
}

// find is where the mark of a number is.
func (q *queue) find(number uint64) (int, bool) {
	return slices.BinarySearchFunc(q.marks, number, func(m mark, number uint64) int {
		return int(int64(m.number - number))
	})
}

// unfollowed is why nobody can be told any more what a stream's device has done.
func unfollowed(err error) error {
	lost := fmt.Errorf("%w: a stream cannot be followed: %w", device.ErrLost, err)
	if code, ok := codeOf(err); ok && code.fatal() {
		return contextGone(lost)
	}
	return lost
}

// retireLocked takes the marks that the device has passed: it ends downloads and
// fires events. An error means that nobody can be told any more what is done.
func (s *stream) retireLocked() error {
	q, n := &s.queue, 0
	var err error
	for ; n < len(q.marks); n++ {
		var passed bool
		if passed, err = s.dev.ctx.passed(q.marks[n].h); err != nil {
			err = unfollowed(err)
		}
		if !passed {
			break
		}
	}
	s.passLocked(n)
	return err
}

// passLocked takes the first n marks.
func (s *stream) passLocked(n int) {
	if n == 0 {
		return
	}
	q := &s.queue
	q.done = q.marks[n-1].number
	paid := 0
	for ; paid < len(q.debts) && q.debts[paid].number <= q.done; paid++ {
		q.debts[paid].pay()
	}
	q.debts = slices.Delete(q.debts, 0, paid)
	for _, m := range q.marks[:n] {
		if !m.held {
			s.dev.events.give(m.h)
		}
		if m.event != nil {
			m.event.fire(nil)
		}
	}
	q.marks = slices.Delete(q.marks, 0, n)
	s.dev.progress.Add(1)
}

// watch waits for the marks that somebody wants, oldest first, and ends when
// there are none.
func (s *stream) watch() {
	q := &s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		err := s.retireLocked()
		i := slices.IndexFunc(q.marks, func(m mark) bool { return m.wanted })
		if i < 0 {
			q.watched = false
		}
		if err == nil && i < 0 {
			return
		}
		var m mark
		if err == nil {
			m = q.marks[i]
			q.marks[i].held = true
			q.mu.Unlock()
			err = s.dev.ctx.await(m.h)
			q.mu.Lock()
			if i, found := q.find(m.number); found {
				q.marks[i].held = false
			} else {
				s.dev.events.give(m.h)
			}
			if err != nil {
				err = unfollowed(err)
			}
		}
		if err != nil {
			q.mu.Unlock()
			s.dev.lose(err)
			q.mu.Lock()
		}
	}
}

// fail fires all events with the reason why the device is lost. Downloads that
// have not ended never will.
func (s *stream) fail(reason error) {
	q := &s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.failed != nil {
		return
	}
	q.failed = reason
	// Before anybody is told, so that nobody's memory is written afterwards;
	// another stream may have taken the debts over.
	for _, owed := range q.debts {
		if owed.copy != nil {
			owed.copy.giveUp()
		}
	}
	for _, m := range q.marks {
		if !m.held {
			s.dev.events.give(m.h)
		}
		if m.event != nil {
			m.event.fire(reason)
		}
	}
	// Nobody knows whether it still reads what it was given to read.
	q.debts = slices.DeleteFunc(q.debts, func(d debt) bool { return d.pin == nil })
	q.marks, q.done = nil, q.last
}

// letGo unpins what a lost device was reading, when it is done for.
func (q *queue) letGo() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, owed := range q.debts {
		owed.pay()
	}
	q.debts = nil
}

// passed reports whether the stream is done with everything up to a mark.
func (s *stream) passed(number uint64) bool {
	q := &s.queue
	q.mu.Lock()
	if q.done >= number {
		q.mu.Unlock()
		return true
	}
	err := s.retireLocked()
	passed := q.done >= number
	q.mu.Unlock()
	if err != nil {
		s.dev.lose(err)
		return true
	}
	return passed
}

// eventPool keeps the driver's events that no mark uses.
type eventPool struct {
	mu   sync.Mutex // guards idle
	idle []handle
}

func (p *eventPool) take(ctx context) (handle, error) {
	p.mu.Lock()
	if n := len(p.idle); n > 0 {
		h := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return h, nil
	}
	p.mu.Unlock()
	return ctx.newEvent()
}

func (p *eventPool) give(h handle) {
	p.mu.Lock()
	p.idle = append(p.idle, h)
	p.mu.Unlock()
}

// destroy destroys them when the device ends.
func (p *eventPool) destroy(ctx context) {
	for _, h := range p.idle {
		_ = ctx.destroyEvent(h) // what is lost is gone already
	}
	p.idle = nil
}
