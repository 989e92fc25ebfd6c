//go:build opengl && linux && cgo

package opengl

import (
	"errors"
	"testing"
	"time"

	"github.com/go-gl/gl/v4.3-core/gl"

	"github.com/tandem-go/tandem/device"
)

func TestLostContextAnswersEverybody(t *testing.T) {
	eachMode(t, func(t *testing.T, d *glDevice) {
		p := must(d.Compile(addSource))(t)
		b := must(d.Alloc(64))(t)
		s, idle := must(d.NewStream())(t), must(d.NewStream())(t)
		// The driver resets the device in the second dispatch.
		err := d.call(func(x *executor) error {
			dispatch, count := x.dispatch, 0
			x.dispatch = func(a, b, c uint32) {
				if count++; count == 2 {
					x.resetStatus = func() uint32 { return gl.INNOCENT_CONTEXT_RESET }
					x.getError = func() uint32 { return gl.CONTEXT_LOST }
				}
				dispatch(a, b, c)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		add(t, s, p, b, 1, 1)
		before := must(s.Record())(t)
		<-before.Done()
		if err := before.Err(); err != nil {
			t.Fatal(err)
		}
		release := make(chan struct{})
		stall(t, d, release)
		add(t, s, p, b, 1, 1)
		after := must(s.Record())(t)
		other := must(idle.Record())(t)
		if err := idle.WaitEvent(after); err != nil {
			t.Fatal(err)
		}
		close(release)
		<-after.Done()
		<-other.Done()
		if err := after.Err(); !errors.Is(err, device.ErrLost) {
			t.Errorf("the event after the loss answers %v", err)
		}
		if err := idle.Synchronize(t.Context()); !errors.Is(err, device.ErrLost) {
			t.Errorf("the other stream answers %v", err)
		}
		if err := s.Upload(b, 0, make([]byte, 1)); !errors.Is(err, device.ErrLost) {
			t.Errorf("Upload answers %v", err)
		}
		if _, err := d.Alloc(1); !errors.Is(err, device.ErrLost) {
			t.Errorf("Alloc answers %v", err)
		}
		if _, err := d.NewStream(); !errors.Is(err, device.ErrLost) {
			t.Errorf("NewStream answers %v", err)
		}
		if err := s.Close(); !errors.Is(err, device.ErrLost) {
			t.Errorf("Stream.Close answers %v", err)
		}
		if err := b.Free(); err != nil {
			t.Errorf("Free answers %v", err)
		}
		if err := d.Close(); err != nil {
			t.Errorf("Close answers %v", err)
		}
		if stats := d.Memory(); stats.InUse != 0 {
			t.Errorf("leaked: %+v", stats)
		}
	})
}

func TestFailedCommandFailsOnlyItsStream(t *testing.T) {
	d := openFirst(t)
	p := must(d.Compile(addSource))(t)
	b := must(d.Alloc(4))(t)
	bad, good, follower := must(d.NewStream())(t), must(d.NewStream())(t), must(d.NewStream())(t)
	if err := bad.Upload(b, 0, make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	if err := bad.Synchronize(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := d.call(func(x *executor) error {
		dispatch := x.dispatch
		x.dispatch = func(uint32, uint32, uint32) {
			x.dispatch = dispatch
			gl.DispatchCompute(1<<20, 1, 1) // more than the driver takes
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	release := make(chan struct{})
	stall(t, d, release)
	add(t, bad, p, b, 1, 1) // fails
	add(t, bad, p, b, 1, 1) // has no effect
	e := must(bad.Record())(t)
	if err := follower.WaitEvent(e); err != nil {
		t.Fatal(err)
	}
	close(release)
	if err := bad.Synchronize(t.Context()); !errors.Is(err, device.ErrInvalid) {
		t.Errorf("the failed stream answers %v", err)
	}
	if <-e.Done(); !errors.Is(e.Err(), device.ErrInvalid) {
		t.Errorf("its event answers %v", e.Err())
	}
	if err := follower.Synchronize(t.Context()); !errors.Is(err, device.ErrInvalid) {
		t.Errorf("the stream that waited for it answers %v", err)
	}
	got := make([]byte, 4)
	if err := errors.Join(good.Download(got, b, 0), good.Synchronize(t.Context())); err != nil {
		t.Errorf("another stream answers %v", err)
	}
	if words(got)[0] != 0 {
		t.Error("a command after the failure had an effect")
	}
}

func TestStuckDriverIsGivenUp(t *testing.T) {
	a := found(t)
	d := must(open(a))(t)
	d.patience = 50 * time.Millisecond
	p := must(d.Compile(addSource))(t)
	b := must(d.Alloc(4))(t)
	s := must(d.NewStream())(t)
	release := make(chan struct{})
	stuck := make(chan struct{})
	err := d.call(func(x *executor) error {
		x.dispatch = func(uint32, uint32, uint32) {
			close(stuck)
			<-release
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	add(t, s, p, b, 1, 1)
	e := must(s.Record())(t)
	<-stuck
	if err := d.Close(); !errors.Is(err, device.ErrTimeout) || !errors.Is(err, device.ErrLost) {
		t.Errorf("Close answers %v", err)
	}
	if <-e.Done(); !errors.Is(e.Err(), device.ErrTimeout) {
		t.Errorf("the event answers %v", e.Err())
	}
	if stats := d.Memory(); stats.InUse != 0 {
		t.Errorf("leaked: %+v", stats)
	}
	close(release)
	<-d.gone // the thread cleans up even so
}

// TestEndlessKernelIsGivenUp has a device that never passes a fence while its
// driver goes on answering, as a GPU does whose driver has no watchdog.
func TestEndlessKernelIsGivenUp(t *testing.T) {
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			a := found(t)
			if mode != direct && !a.limits.storage {
				t.Skip("the driver has no GL_ARB_buffer_storage")
			}
			d := must(open(a))(t)
			d.patience = 50 * time.Millisecond
			err := d.call(func(x *executor) error {
				x.transfers = mode
				x.waitSync = func(uintptr, uint32, uint64) uint32 {
					time.Sleep(fenceSlice)
					return gl.TIMEOUT_EXPIRED
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			p := must(d.Compile(addSource))(t)
			b := must(d.Alloc(4))(t)
			s := must(d.NewStream())(t)
			add(t, s, p, b, 1, 1)
			e := must(s.Record())(t)
			if err := s.Download(make([]byte, 4), b, 0); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); !errors.Is(err, device.ErrTimeout) {
				t.Errorf("Stream.Close answers %v", err)
			}
			if <-e.Done(); !errors.Is(e.Err(), device.ErrLost) {
				t.Errorf("the event answers %v", e.Err())
			}
			if err := d.Close(); !errors.Is(err, device.ErrTimeout) && err != nil {
				t.Errorf("Close answers %v", err)
			}
			<-d.gone
		})
	}
}

func TestFencesThatFail(t *testing.T) {
	d := openMode(t, direct)
	p := must(d.Compile(addSource))(t)
	b := must(d.Alloc(4))(t)
	s := must(d.NewStream())(t)
	err := d.call(func(x *executor) error {
		x.waitSync = func(uintptr, uint32, uint64) uint32 { return gl.WAIT_FAILED }
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	add(t, s, p, b, 1, 1)
	if err := s.Synchronize(t.Context()); !errors.Is(err, device.ErrLost) {
		t.Errorf("Synchronize answers %v", err)
	}
}

func TestDriverOutOfMemory(t *testing.T) {
	d := openFirst(t)
	d.account = device.NewAccount(1 << 62)
	if _, err := d.Alloc(1 << 50); !errors.Is(err, device.ErrOutOfMemory) {
		t.Errorf("Alloc answers %v", err)
	}
	if stats := d.Memory(); stats.InUse != 0 || stats.Buffers != 0 {
		t.Errorf("a failed Alloc was charged: %+v", stats)
	}
	if b, err := d.Alloc(64); err != nil {
		t.Errorf("the device does not recover: %v", err)
	} else if err := b.Free(); err != nil {
		t.Error(err)
	}
}
