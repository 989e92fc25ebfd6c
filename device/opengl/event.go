//go:build opengl && linux && cgo

package opengl

import "github.com/tandem-go/tandem/device"

// event passes two marks. It is issued when the thread has handed everything
// before it to the driver: OpenGL executes a context's commands in that order,
// so a stream that waits for the event may go on. It is fired when the device
// has executed everything before it and downloads have reached the host.
type event struct {
	dev  *glDevice
	done chan struct{}

	// Guarded by dev.mu; err is final once done is closed.
	err        error
	issued     bool
	fired      bool
	waiters    []*stream // parked until the event is issued
	prev, next *event    // among the unfired
}

var _ device.Event = (*event)(nil)

// Done implements device.Event.
func (e *event) Done() <-chan struct{} { return e.done }

// Err implements device.Event.
func (e *event) Err() error {
	select {
	case <-e.done:
		return e.err
	default:
		return nil
	}
}

// issueLocked lets the streams go on that wait for e.
func (e *event) issueLocked() {
	e.issued = true
	if len(e.waiters) > 0 {
		e.dev.ready = append(e.dev.ready, e.waiters...)
		e.waiters = nil
		e.dev.wake.Signal()
	}
}

// fireLocked answers whoever waits for e. Only the first call counts: a device
// may be lost while the thread is about to fire.
func (e *event) fireLocked() {
	if e.fired {
		return
	}
	e.fired = true
	e.dev.unfired.remove(e)
	close(e.done)
}

// eventList holds the events that somebody may be waiting for, so that the loss
// of the device reaches them wherever they are queued.
type eventList struct{ first *event }

func (l *eventList) add(e *event) {
	e.next = l.first
	if l.first != nil {
		l.first.prev = e
	}
	l.first = e
}

func (l *eventList) remove(e *event) {
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		l.first = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	}
	e.prev, e.next = nil, nil
}
