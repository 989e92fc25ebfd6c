package sim_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/sim"
)

// wantFault checks an injected error.
func (r *rig) wantFault(err error, op string, want error) {
	r.Helper()
	e, ok := errors.AsType[*device.Error](err)
	if !ok || e.Op != op || e.Device != "sim:0" || !errors.Is(err, sim.ErrInjected) || want != nil && !errors.Is(err, want) {
		r.Errorf("the error is %v, want an injected %v of %q", err, want, op)
	}
}

func TestFailAlloc(t *testing.T) {
	cfg := sim.Config{Faults: []sim.Fault{{Kind: sim.FailAlloc, At: 2, Count: 2}}}
	inBubble(t, cfg, func(r *rig) {
		r.alloc(1)
		for range 2 {
			b, err := r.dev.Alloc(1)
			if b != nil {
				r.Error("a failed Alloc gave a buffer")
			}
			r.wantFault(err, "alloc", device.ErrOutOfMemory)
		}
		r.alloc(1)
		if got := r.dev.Memory(); got.Buffers != 2 || got.InUse != 2 || got.Peak != 2 {
			r.Errorf("the accounts are %+v, want two buffers of a byte", got)
		}
		if n := r.dev.Stats().Faults; n != 2 {
			r.Errorf("%d faults are counted, want 2", n)
		}
	})
}

func TestFailCompile(t *testing.T) {
	cfg := sim.Config{Faults: []sim.Fault{{Kind: sim.FailCompile, At: 2}}}
	inBubble(t, cfg, func(r *rig) {
		_, err := r.dev.Compile(addOne)
		r.wantFault(err, "compile", nil)
		if e, ok := errors.AsType[*device.CompileError](err); !ok || e.Log == "" {
			r.Errorf("the error is %v, want a CompileError with a log", err)
		}
		_, err = r.dev.Compile(addOne)
		r.ok(err)
	})
}

// command is a transfer or a launch for the fault tests.
type command struct {
	kind sim.FaultKind
	op   string
	do   func(r *rig, b device.Buffer, host []byte) error
}

var commands = []command{
	{sim.FailUpload, "upload", func(r *rig, b device.Buffer, host []byte) error { return r.stream.Upload(b, 0, host) }},
	{sim.FailDownload, "download", func(r *rig, b device.Buffer, host []byte) error { return r.stream.Download(host, b, 0) }},
	{sim.FailLaunch, "launch", func(r *rig, b device.Buffer, host []byte) error {
		return r.launch(r.stream, b, 0, uint64(len(host)))
	}},
}

// TestRefuse fails the second of three commands at the call.
func TestRefuse(t *testing.T) {
	cause := errors.New("no luck today")
	for _, c := range commands {
		t.Run(c.op, func(t *testing.T) {
			cfg := sim.Config{Faults: []sim.Fault{{Kind: c.kind, At: 2, Refuse: true, Err: cause}}}
			inBubble(t, cfg, func(r *rig) {
				b, host := r.alloc(4), make([]byte, 4)
				r.ok(c.do(r, b, host))
				r.wantFault(c.do(r, b, host), c.op, cause)
				r.ok(c.do(r, b, host))
				r.ok(r.stream.Synchronize(r.Context()))
				r.ok(r.stream.Close())
				if s := r.dev.Stats(); s.Uploads+s.Downloads+s.Launches != 2 || s.Faults != 1 {
					r.Errorf("the counts are %+v, want two commands and a fault", s)
				}
			})
		})
	}
}

// TestFailCommand fails the second of three commands when its time has come.
func TestFailCommand(t *testing.T) {
	for _, c := range commands {
		t.Run(c.op, func(t *testing.T) {
			cfg := sim.Config{
				LaunchLatency: time.Second, TransferLatency: time.Second,
				Faults: []sim.Fault{{Kind: c.kind, At: 2}},
			}
			inBubble(t, cfg, func(r *rig) {
				b, host, later := r.alloc(4), make([]byte, 4), make([]byte, 4)
				r.ok(c.do(r, b, host))
				before, err := r.stream.Record()
				r.ok(err)
				r.ok(c.do(r, b, host))
				after, err := r.stream.Record()
				r.ok(err)
				r.ok(c.do(r, b, later))
				r.wantFault(r.stream.Synchronize(r.Context()), c.op, nil)
				r.took(2 * time.Second)
				r.ok(device.Wait(r.Context(), before))
				r.wantFault(device.Wait(r.Context(), after), c.op, nil)
				r.wantFault(c.do(r, b, host), c.op, nil)
				r.wantFault(r.stream.Close(), c.op, nil)

				if poison := bytes.Repeat([]byte{0xa5}, 4); c.kind == sim.FailDownload && !bytes.Equal(host, poison) {
					r.Errorf("the failed download left %v, want poison", host)
				}
				if !bytes.Equal(later, make([]byte, 4)) {
					r.Errorf("what came behind the failure left %v", later)
				}
				s, err := r.dev.NewStream()
				r.ok(err)
				r.ok(s.Upload(b, 0, []byte{1, 2, 3, 4}))
				r.ok(s.Download(host, b, 0))
				r.ok(s.Close())
				if !bytes.Equal(host, []byte{1, 2, 3, 4}) {
					r.Errorf("the next stream left %v", host)
				}
			})
		})
	}
}

// TestLose loses the device at the third operation after those of the rig, or
// in the middle of it.
func TestLose(t *testing.T) {
	for name, fault := range map[string]sim.Fault{
		"At":    {Kind: sim.Lose, At: 4},
		"After": {Kind: sim.Lose, After: 1500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := sim.Config{LaunchLatency: time.Second, TransferLatency: time.Second, Faults: []sim.Fault{fault}}
			inBubble(t, cfg, func(r *rig) {
				b := r.alloc(4)
				r.ok(r.stream.Upload(b, 0, make([]byte, 4)))
				r.ok(r.launch(r.stream, b, 0, 4))
				other, err := r.dev.NewStream()
				r.ok(err)
				e, err := r.stream.Record()
				r.ok(err)
				r.ok(other.WaitEvent(e))
				r.wantFault(other.Synchronize(r.Context()), "launch", device.ErrLost)
				r.wantFault(r.stream.Synchronize(r.Context()), "launch", device.ErrLost)
				if fault.At > 0 {
					r.took(2 * time.Second)
				} else {
					r.took(fault.After)
				}
				_, err = r.dev.Alloc(1)
				r.wantFault(err, "alloc", device.ErrLost)
				_, err = r.dev.Compile(addOne)
				r.wantFault(err, "compile", device.ErrLost)
				_, err = r.dev.NewStream()
				r.wantFault(err, "new stream", device.ErrLost)
				r.ok(b.Free())
				r.wantFault(r.stream.Close(), "launch", device.ErrLost)
				if n := r.dev.Memory().Buffers; n != 0 {
					r.Errorf("%d buffers are left", n)
				}
			})
		})
	}
}

// TestLoseWakes loses a device while other streams are in the middle of long
// commands.
func TestLoseWakes(t *testing.T) {
	cfg := sim.Config{
		Cost:            func(lo, hi int) time.Duration { return time.Hour },
		TransferLatency: time.Second, Faults: []sim.Fault{{Kind: sim.Lose, At: 4}},
	}
	inBubble(t, cfg, func(r *rig) {
		b := r.alloc(4)
		r.ok(r.launch(r.stream, b, 0, 4))
		other, err := r.dev.NewStream()
		r.ok(err)
		r.ok(other.Upload(b, 0, make([]byte, 4)))
		if err := r.stream.Synchronize(r.Context()); !errors.Is(err, device.ErrLost) {
			r.Errorf("the stream in the middle of a command answers %v, want ErrLost", err)
		}
		r.took(time.Second)
	})
}

func TestLoseIdle(t *testing.T) {
	cfg := sim.Config{Faults: []sim.Fault{{Kind: sim.Lose, After: time.Second}}}
	inBubble(t, cfg, func(r *rig) {
		b := r.alloc(4)
		time.Sleep(time.Second)
		r.wantFault(r.stream.Upload(b, 0, make([]byte, 4)), "upload", device.ErrLost)
		r.wantFault(r.stream.Synchronize(r.Context()), "synchronize", device.ErrLost)
		r.ok(b.Free())
		r.ok(r.stream.Close())
	})
}

// TestHang never answers: events stay silent until the device is closed.
func TestHang(t *testing.T) {
	for name, fault := range map[string]sim.Fault{
		"At":    {Kind: sim.Hang, At: 4},
		"After": {Kind: sim.Hang, After: 1500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := sim.Config{
				LaunchLatency: time.Second, TransferLatency: time.Second, Patience: -1,
				Faults: []sim.Fault{fault},
			}
			inBubble(t, cfg, func(r *rig) {
				b, host := r.alloc(4), make([]byte, 4)
				r.ok(r.stream.Upload(b, 0, host))
				r.ok(r.launch(r.stream, b, 0, 4))
				r.ok(r.stream.Download(host, b, 0))
				e, err := r.stream.Record()
				r.ok(err)
				ctx, cancel := context.WithTimeout(r.Context(), 1000*time.Hour)
				defer cancel()
				if err := device.Wait(ctx, e); !errors.Is(err, context.DeadlineExceeded) {
					r.Errorf("Wait answers %v", err)
				}
				if err := r.stream.Synchronize(ctx); !errors.Is(err, context.DeadlineExceeded) {
					r.Errorf("Synchronize answers %v", err)
				}
				r.alloc(4) // what needs no stream works
				r.ok(r.dev.Close())
				r.took(1000 * time.Hour)
				r.wantFault(e.Err(), "launch", device.ErrTimeout)
			})
		})
	}
}

// TestHangPatience closes a stream of a device that hangs.
func TestHangPatience(t *testing.T) {
	cfg := sim.Config{
		TransferLatency: 3 * time.Second, Patience: 5 * time.Second,
		Faults: []sim.Fault{{Kind: sim.Hang, At: 5}},
	}
	inBubble(t, cfg, func(r *rig) {
		b := r.alloc(4)
		for range 3 { // the third hangs
			r.ok(r.stream.Upload(b, 0, make([]byte, 4)))
		}
		if err := r.stream.Close(); !errors.Is(err, device.ErrTimeout) {
			r.Errorf("Close answers %v, want ErrTimeout", err)
		}
		// Patience starts again whenever the device has finished something.
		r.took(15 * time.Second)
		_, err := r.dev.Alloc(1)
		if !errors.Is(err, device.ErrLost) || !errors.Is(err, device.ErrTimeout) {
			r.Errorf("after that Alloc answers %v, want ErrLost and ErrTimeout", err)
		}
	})
}

func TestSlow(t *testing.T) {
	t.Run("At", func(t *testing.T) {
		cfg := sim.Config{Rate: 1, Faults: []sim.Fault{{Kind: sim.Slow, At: 4, Count: 2, Factor: 10}}}
		inBubble(t, cfg, func(r *rig) {
			b := r.alloc(1)
			for range 4 { // one is as fast as ever, two are slow, one is not
				r.ok(r.launch(r.stream, b, 0, 1))
			}
			r.ok(r.stream.Close())
			r.took(22 * time.Second)
		})
	})
	t.Run("After", func(t *testing.T) {
		cfg := sim.Config{Rate: 1, Faults: []sim.Fault{{Kind: sim.Slow, After: 1500 * time.Millisecond, Factor: 10}}}
		inBubble(t, cfg, func(r *rig) {
			b := r.alloc(1)
			for range 3 { // half of the second and all of the third are slow
				r.ok(r.launch(r.stream, b, 0, 1))
			}
			r.ok(r.stream.Close())
			r.took(16500 * time.Millisecond)
		})
	})
}

// TestDelay is the zombie: a command that everybody has given up has its effect
// after all.
func TestDelay(t *testing.T) {
	cfg := sim.Config{TransferLatency: time.Second, Faults: []sim.Fault{{Kind: sim.Delay, At: 4, Count: 1, Delay: time.Hour}}}
	inBubble(t, cfg, func(r *rig) {
		b, host := r.alloc(4), make([]byte, 4)
		r.ok(r.stream.Upload(b, 0, []byte{1, 2, 3, 4}))
		r.ok(r.stream.Download(host, b, 0))
		ctx, cancel := context.WithTimeout(r.Context(), time.Minute)
		defer cancel()
		if err := r.stream.Synchronize(ctx); !errors.Is(err, context.DeadlineExceeded) {
			r.Errorf("Synchronize answers %v", err)
		}
		r.ok(r.dev.Close())
		r.took(time.Hour + 2*time.Second)
		if !bytes.Equal(host, []byte{1, 2, 3, 4}) {
			r.Errorf("the delayed download left %v", host)
		}
	})
}

// TestFaultOrder has two faults on one operation: the first is reported.
func TestFaultOrder(t *testing.T) {
	first, second := errors.New("the first"), errors.New("the second")
	cfg := sim.Config{Faults: []sim.Fault{
		{Kind: sim.FailAlloc, At: 1, Err: first}, {Kind: sim.FailAlloc, At: 1, Err: second, Count: 2},
	}}
	inBubble(t, cfg, func(r *rig) {
		for _, want := range []error{first, second, second} {
			_, err := r.dev.Alloc(1)
			r.wantFault(err, "alloc", want)
		}
		r.alloc(1)
	})
}
