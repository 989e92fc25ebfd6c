//go:build opengl && linux && cgo

package opengl

import (
	"fmt"
	"time"

	"github.com/go-gl/gl/v4.3-core/gl"

	"github.com/tandem-go/tandem/device"
)

// fences tell how far the device has come. Fences are numbered from 1; done is
// the number of the last one that the device has passed. What waits for the
// device is kept in order, each entry with the number of its fence.
type fences struct {
	unfenced  bool // commands were issued since the last fence
	unflushed bool // commands may still sit in the driver's buffer
	last      uint64
	done      uint64
	waiting   []fence
	then      []completion
}

type fence struct {
	number uint64
	sync   uintptr
}

// completion is what happens once a fence is passed: an event fires, or a
// download's bytes go from the staging memory to the host.
type completion struct {
	number uint64
	event  *event
	dst    []byte
	src    []byte
}

// completed reports whether the device has executed everything issued.
func (f *fences) completed() bool { return !f.unfenced && len(f.waiting) == 0 && len(f.then) == 0 }

// outstanding reports whether there is a fence to wait for.
func (f *fences) outstanding() bool { return len(f.waiting) > 0 }

// fence marks this place among the commands and returns its number.
func (x *executor) fence() (uint64, error) {
	if !x.unfenced {
		return x.last, nil
	}
	sync := gl.FenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
	if sync == 0 {
		// Without fences nobody could be told when anything is done.
		return 0, x.fenceError("no fence could be set")
	}
	x.last++
	x.waiting = append(x.waiting, fence{x.last, sync})
	x.unfenced = false
	return x.last, nil
}

// whenDone has e fired once everything issued so far is executed.
func (x *executor) whenDone(e *event) error {
	number, err := x.fence()
	if err != nil {
		return err
	}
	x.then = append(x.then, completion{number: number, event: e})
	return x.retire(0)
}

// retire waits up to timeout for the oldest fence, and takes all that are
// passed. An error means that the context is gone.
func (x *executor) retire(timeout time.Duration) error {
	passed := 0
	for passed < len(x.waiting) {
		f := x.waiting[passed]
		status := x.waitSync(f.sync, gl.SYNC_FLUSH_COMMANDS_BIT, uint64(timeout))
		x.unflushed = false
		if status == gl.TIMEOUT_EXPIRED {
			break
		}
		if status == gl.WAIT_FAILED {
			return x.fenceError("a fence could not be waited for")
		}
		gl.DeleteSync(f.sync)
		x.done = f.number
		passed++
		timeout = 0
	}
	if passed == 0 {
		return nil
	}
	x.waiting = append(x.waiting[:0], x.waiting[passed:]...)
	x.dev.progress.Add(1)
	// A reset context passes all its fences: ask before anybody is told.
	if err := x.checkReset(); err != nil {
		return err
	}
	x.complete()
	return nil
}

// fenceError is the loss of the device, with what the driver says about it.
func (x *executor) fenceError(what string) error {
	if err := x.check(); err != nil {
		return fmt.Errorf("%w: %s: %w", device.ErrLost, what, err)
	}
	return fmt.Errorf("%w: %s", device.ErrLost, what)
}

// complete does what was to be done after the fences passed.
func (x *executor) complete() {
	n := 0
	for n < len(x.then) && x.then[n].number <= x.done {
		c := &x.then[n]
		if c.event == nil {
			copy(c.dst, c.src)
		} else {
			x.dev.mu.Lock()
			c.event.fireLocked()
			x.dev.mu.Unlock()
		}
		n++
	}
	x.then = append(x.then[:0], x.then[n:]...)
	clear(x.then[len(x.then):cap(x.then)])
}

// finish waits until the device has executed everything issued.
func (x *executor) finish() error {
	number, err := x.fence()
	if err != nil {
		return err
	}
	return x.finishTo(number)
}

// finishTo waits until the device has passed the fence of that number, or the
// device is given up.
func (x *executor) finishTo(number uint64) error {
	for x.done < number {
		before := x.done
		if err := x.retire(fenceSlice); err != nil {
			return err
		}
		if x.done != before {
			continue
		}
		select {
		case <-x.dev.givenUp:
			return device.ErrLost
		default:
		}
	}
	return nil
}

// flush sends the commands to the device that the driver may have kept back.
func (x *executor) flush() error {
	gl.Flush()
	x.unflushed = false
	return nil
}

// drop forgets every fence of a context that is gone. The events have been
// answered by the loss.
func (x *executor) drop() {
	x.fences = fences{last: x.last, done: x.last}
}
