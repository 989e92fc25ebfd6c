//go:build opengl && linux && cgo

package opengl

import (
	"errors"
	"runtime"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/opengl/internal/egl"
)

// sliceCommands is how many commands of one stream are executed before the next
// stream has its turn.
const sliceCommands = 32

// fenceSlice bounds one wait for the device, after which the thread looks for
// new commands. While it waits the device has work, so the delay costs nothing;
// and 5,000 looks a second cost 1 % of a core.
const fenceSlice = 200 * time.Microsecond

// thread is the goroutine that owns a device's context.
type thread struct {
	dev *glDevice
	x   *executor
}

// runThread makes the context, answers on started, and executes the device's
// commands until the device is closed.
func runThread(d *glDevice, display *egl.Display, started chan<- error) {
	// Never unlocked: the thread ends with the goroutine, and with it
	// whatever the driver has set up in it.
	runtime.LockOSThread()
	ctx, err := makeContext(display)
	if err != nil {
		started <- err
		return
	}
	t := &thread{dev: d, x: newExecutor(d, ctx.Robust())}
	// In this order: gone says that nothing is left.
	defer close(d.gone)
	defer dropContext(ctx)
	started <- nil
	t.loop()
}

// loop looks for the most urgent thing to do until there is nothing left to do
// and never will be. The lock is free while the driver works.
func (t *thread) loop() {
	d, x := t.dev, t.x
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.deserted {
		switch {
		case len(d.trash) > 0:
			ids := d.trash
			d.trash = nil
			t.unlocked(func() error {
				for _, id := range ids {
					x.delete(id)
				}
				return nil
			})
		case len(d.calls) > 0:
			c := d.calls[0]
			d.calls = append(d.calls[:0], d.calls[1:]...)
			t.unlocked(func() error {
				c.err = c.run(x)
				return c.err
			})
			d.progress.Add(1)
			close(c.done)
		case len(d.ready) > 0:
			s := d.ready[0]
			d.ready = append(d.ready[:0], d.ready[1:]...)
			t.step(s)
			if x.outstanding() {
				t.unlocked(func() error { return x.retire(0) })
			}
		case x.outstanding():
			t.unlocked(func() error { return x.retire(fenceSlice) })
		case d.closing:
			t.end()
			return
		case x.unflushed:
			t.unlocked(x.flush)
		default:
			d.wake.Wait()
		}
	}
}

// unlocked runs f without the lock, and ends the device when f found it lost.
func (t *thread) unlocked(f func() error) {
	d := t.dev
	d.mu.Unlock()
	err := f()
	d.mu.Lock()
	t.noticeLocked(err)
}

// noticeLocked ends the device if err says that it is lost.
func (t *thread) noticeLocked(err error) {
	if errors.Is(err, device.ErrLost) {
		t.x.drop()
		t.dev.loseLocked(err)
	}
}

// step executes the next few commands of a stream. It is called and returns
// with the lock held.
func (t *thread) step(s *stream) {
	if s.at == len(s.run.commands) {
		s.run.reset()
		s.run, s.next = s.next, s.run
		s.at = 0
	}
	first := s.at
	last := min(len(s.run.commands), first+sliceCommands)
	parked := false
	settle := func() {
		for ; first < s.at; first++ {
			t.settle(&s.run, &s.run.commands[first])
		}
	}
	for s.at < last {
		c := &s.run.commands[s.at]
		switch c.op {
		case opRecord:
			settle() // whoever waits for the event finds freed memory free
			t.record(s, c.event)
		case opWait:
			parked = t.wait(s, c.event)
		default:
			t.execute(s, c)
		}
		if parked {
			break // the command is looked at again
		}
		s.at++
	}
	settle()
	switch {
	case parked: // the event puts it back
	case s.at < len(s.run.commands) || len(s.next.commands) > 0:
		t.dev.ready = append(t.dev.ready, s)
	default:
		s.scheduled = false
		s.run.reset()
		s.at = 0
	}
}

// execute runs one command, unless the stream has failed.
func (t *thread) execute(s *stream, c *command) {
	if s.err != nil {
		return
	}
	d := t.dev
	d.mu.Unlock()
	err := t.x.execute(c, &s.run)
	d.mu.Lock()
	d.progress.Add(1)
	if err != nil {
		t.noticeLocked(err)
		if s.err == nil {
			s.err = d.error(c.op.String(), err)
		}
	}
}

// record issues an event and has it fired once the device is through with what
// was issued before.
func (t *thread) record(s *stream, e *event) {
	if e.fired {
		return // by the loss of the device
	}
	e.err = s.err
	e.issueLocked()
	if t.x.completed() {
		e.fireLocked()
		return
	}
	t.unlocked(func() error { return t.x.whenDone(e) })
}

// wait passes an event's failure on, or answers that the stream has to be put
// aside because the event has not been issued.
func (t *thread) wait(s *stream, e *event) (parked bool) {
	if !e.issued {
		e.waiters = append(e.waiters, s)
		return true
	}
	if e.err != nil && s.err == nil {
		s.err = e.err
	}
	return false
}

// settle lets go of what a command used.
func (t *thread) settle(b *batch, c *command) {
	b.useLocked(c, -1)
	if c.buffer != nil {
		t.dev.disposeLocked(c.buffer)
	}
	for _, used := range b.buffers[c.buffers.from:c.buffers.to] {
		t.dev.disposeLocked(used)
	}
}

// end frees what the callers have left. The objects go with the context.
func (t *thread) end() {
	d := t.dev
	t.unlocked(t.x.finish)
	d.releaseAllLocked()
	clear(d.streams)
	clear(d.cache)
}
