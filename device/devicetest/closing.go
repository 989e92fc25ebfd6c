package devicetest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/tandem-go/tandem/device"
)

func checkStreamClose(x *env) {
	slow := x.compile(x.programs.Slow)
	b := x.alloc(4)
	s, err := x.dev.NewStream()
	x.ok(err)
	got := make([]byte, 4)
	x.ok(s.Launch(slow, x.slow(b, 41)))
	x.ok(s.Download(got, b, 0))
	done := x.record(s)
	x.ok(s.Close())
	select {
	case <-done.Done():
		x.ok(done.Err())
	default:
		x.Error("Close returned before the stream's commands were done")
	}
	if v := int32s(got)[0]; v != 41 {
		x.Errorf("what was enqueued before Close left %d, want 41", v)
	}
	x.ok(s.Close())
	x.wantClosed(s, b, slow, done)

	unused, err := x.dev.NewStream()
	x.ok(err)
	x.ok(unused.Close())
}

// wantClosed uses a closed stream in every way.
func (x *env) wantClosed(s device.Stream, b device.Buffer, slow device.Program, e device.Event) {
	x.Helper()
	x.wantError(s.Upload(b, 0, make([]byte, 4)), "upload", device.ErrClosed)
	x.wantError(s.Download(make([]byte, 4), b, 0), "download", device.ErrClosed)
	x.wantError(s.Launch(slow, x.slow(b, 1)), "launch", device.ErrClosed)
	x.wantError(s.WaitEvent(e), "", device.ErrClosed)
	x.wantError(s.Synchronize(x.ctx), "", device.ErrClosed)
	_, err := s.Record()
	x.wantError(err, "", device.ErrClosed)
}

func checkDeviceClose(x *env) {
	closed, open := x.stream(), x.stream()
	slow := x.compile(x.programs.Slow)
	b := x.alloc(4)
	e := x.record(open)
	x.ok(closed.Close())
	x.ok(x.dev.Close())
	x.ok(x.dev.Close())
	x.forget()

	_, err := x.dev.Alloc(1)
	x.wantError(err, "alloc", device.ErrClosed)
	_, err = x.dev.Compile(x.programs.Fill)
	x.wantError(err, "compile", device.ErrClosed)
	_, err = x.dev.NewStream()
	x.wantError(err, "", device.ErrClosed)
	x.wantError(b.Free(), "free", device.ErrClosed)
	x.wantError(slow.Close(), "", device.ErrClosed)
	x.wantClosed(open, b, slow, e)
	x.wantError(open.Close(), "", device.ErrClosed)
	x.ok(closed.Close()) // once closed, a stream stays so
	x.ok(device.Wait(x.ctx, e))
	x.wantIdle()
}

// checkDeviceCloseBusy closes a device, from several goroutines, that still has
// commands to execute and much that was never freed.
func checkDeviceCloseBusy(x *env) {
	slow := x.compile(x.programs.Slow)
	const width = 3
	var got [width][]byte
	var last [width]device.Event
	for i := range width {
		s, b := x.stream(), x.alloc(4)
		if i > 0 {
			x.ok(s.WaitEvent(last[i-1]))
		}
		got[i] = make([]byte, 4)
		x.ok(s.Launch(slow, x.slow(b, int32(i))))
		x.ok(s.Download(got[i], b, 0))
		last[i] = x.record(s)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := x.dev.Close(); err != nil {
				x.Error(err)
			}
		})
	}
	all.Wait()
	x.forget()
	for i := range width {
		select {
		case <-last[i].Done():
			x.ok(last[i].Err())
		default:
			x.Fatalf("Close returned before stream %d was done", i)
		}
		if v := int32s(got[i])[0]; v != int32(i) {
			x.Errorf("stream %d left %d", i, v)
		}
	}
}

// checkDeviceCloseRace closes a device while many goroutines use it. Each of
// them is refused in the end, and nothing stays behind.
func checkDeviceCloseRace(x *env) {
	fill := x.compile(x.programs.Fill)
	var all sync.WaitGroup
	var started sync.WaitGroup
	for range 8 {
		started.Add(1)
		all.Go(func() {
			for round := 0; ; round++ {
				err := useOnce(x, fill)
				if round == 0 {
					started.Done()
				}
				if err != nil {
					x.wantError(err, "", device.ErrClosed)
					return
				}
			}
		})
	}
	started.Wait()
	x.ok(x.dev.Close())
	all.Wait()
	x.forget()
}

// useOnce does a little of everything and stops at the first error.
func useOnce(x *env, fill device.Program) error {
	s, err := x.dev.NewStream()
	if err != nil {
		return err
	}
	b, err := x.dev.Alloc(64)
	if err != nil {
		return err
	}
	for _, do := range []func() error{
		func() error { return s.Upload(b, 0, make([]byte, 64)) },
		func() error { return s.Launch(fill, x.fill(b, 16, 0, 1)) },
		func() error { return s.Synchronize(x.ctx) },
		b.Free,
		s.Close,
	} {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// checkContextEnds lets contexts end while the device works; the work goes on.
func checkContextEnds(x *env) {
	s := x.stream()
	slow := x.compile(x.programs.Slow)
	b := x.alloc(4)
	why := errors.New("the test lost patience")
	got := make([]byte, 4)
	seen := map[string]bool{}
	// interrupted is true when a wait was cut short by its context.
	interrupted := func(what string, err error) {
		switch {
		case errors.Is(err, why):
			seen[what] = true
		case err != nil:
			x.Errorf("%s gives %v, want the context's cause", what, err)
		}
	}
	// A round in which the device is done before the waits begin shows nothing.
	for i := int32(0); i < 10 && len(seen) < 4; i++ {
		for range 5 { // so that the work outlasts the contexts
			x.ok(s.Launch(slow, x.slow(b, i)))
		}
		x.ok(s.Download(got, b, 0))
		e := x.record(s)

		ended, cancel := context.WithCancelCause(x.ctx)
		cancel(why)
		interrupted("Synchronize with an ended context", s.Synchronize(ended))
		interrupted("Wait with an ended context", device.Wait(ended, e))
		ending, stop := context.WithTimeoutCause(x.ctx, time.Millisecond, why)
		interrupted("Synchronize with a context that ends", s.Synchronize(ending))
		interrupted("Wait with a context that ends", device.Wait(ending, e))
		stop()

		x.sync(s)
		x.ok(device.Wait(ended, e)) // fired in the meantime
		if v := int32s(got)[0]; v != i {
			x.Errorf("round %d left %d: the commands did not go on", i, v)
		}
	}
	if len(seen) < 4 && !x.programs.Immediate {
		x.Errorf("contexts that ended cut short only %v", seen)
	}
}
