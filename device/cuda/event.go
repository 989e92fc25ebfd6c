//go:build cuda && linux && cgo

package cuda

import (
	"sync"

	"github.com/tandem-go/tandem/device"
)

// event is a place in a stream: behind the mark of its number. It has no
// channel until somebody asks for it.
type event struct {
	stream *stream
	number uint64

	mu    sync.Mutex // guards the rest; the innermost lock
	fired bool
	err   error // final once fired
	done  chan struct{}
}

var _ device.Event = (*event)(nil)

// fired is what Done answers when the event has fired before anybody asked.
var fired = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// Done implements device.Event.
func (e *event) Done() <-chan struct{} {
	e.mu.Lock()
	asked := e.done != nil
	if !asked {
		if e.fired {
			e.done = fired
		} else {
			e.done = make(chan struct{})
		}
	}
	done, over := e.done, e.fired
	e.mu.Unlock()
	if !over {
		// Also for those who asked before: they may look again instead of
		// waiting, and then find the event fired as soon as it has.
		e.stream.want(e, asked)
	}
	return done
}

// Err implements device.Event.
func (e *event) Err() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}

// fire answers whoever waits for e. Only the first call counts.
func (e *event) fire(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fired {
		return
	}
	e.fired, e.err = true, err
	if e.done != nil {
		close(e.done)
	}
}
