package sim_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/sim"
)

// TestRandomFaults runs random commands under random faults. Whatever happens,
// every event fires, what was downloaded with success is right, every error is
// of the device, and Close leaves nothing.
func TestRandomFaults(t *testing.T) {
	first, schedules := rand.Uint64(), 3000
	if testing.Short() {
		schedules = 300
	}
	if text := os.Getenv("TANDEM_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 0, 64)
		if err != nil {
			t.Fatalf("TANDEM_SEED: %v", err)
		}
		first, schedules = seed, 1
	}
	kinds := map[sim.FaultKind]int{}
	for i := range uint64(schedules) {
		r := rand.New(rand.NewPCG(first+i, 0))
		cfg := randomConfig(r)
		inBubble(t, cfg, func(rig *rig) {
			u := &user{rig: rig, rand: r}
			u.work()
			if rig.dev.Stats().Faults > 0 {
				for _, f := range cfg.Faults {
					kinds[f.Kind]++
				}
			}
		})
		if t.Failed() {
			t.Fatalf("replay with TANDEM_SEED=%d; the faults are %+v", first+i, cfg.Faults)
		}
	}
	t.Logf("faults that may have struck: %v", kinds)
}

func randomConfig(r *rand.Rand) sim.Config {
	cfg := sim.Config{
		Rate: 1e3, LaunchLatency: time.Millisecond, TransferLatency: time.Millisecond,
		UploadBandwidth: 1e6, DownloadBandwidth: 1e6, Jitter: 0.5, Seed: r.Uint64(),
		Patience: []time.Duration{0, time.Second}[r.IntN(2)],
	}
	for range r.IntN(4) {
		f := sim.Fault{Kind: sim.FaultKind(1 + r.IntN(int(sim.Delay)))}
		if r.IntN(3) == 0 {
			f.After = time.Duration(1 + r.IntN(int(time.Second)))
		} else {
			f.At = 1 + r.IntN(40)
		}
		switch f.Kind {
		case sim.Lose, sim.Hang:
		case sim.Slow:
			f.Factor = 1 + 100*r.Float64()
		case sim.Delay:
			f.Delay = time.Duration(r.IntN(int(time.Hour)) + 1)
		default:
			f.Refuse = r.IntN(2) == 0
			f.Count = r.IntN(3)
		}
		cfg.Faults = append(cfg.Faults, f)
	}
	return cfg
}

// user works with a device as a careful program would.
type user struct {
	*rig
	rand   *rand.Rand
	events []device.Event
	checks []func() // that what was downloaded is right
}

// lane is a stream with a buffer that holds the same byte everywhere.
type lane struct {
	stream device.Stream
	buffer device.Buffer
	value  byte
	dead   bool
}

const laneSize = 16

// failed reports err if it is none that a device may answer.
func (u *user) failed(err error) bool {
	u.Helper()
	e, ok := errors.AsType[*device.Error](err)
	if err != nil && (!ok || e.Op == "" || e.Device != "sim:0" || !errors.Is(err, sim.ErrInjected) && !errors.Is(err, device.ErrLost)) {
		u.Errorf("the error %v was never injected", err)
	}
	return err != nil
}

func (u *user) work() {
	var lanes []*lane
	for range 40 {
		switch {
		case len(lanes) == 0 || u.rand.IntN(8) == 0:
			if l := u.newLane(); l != nil {
				lanes = append(lanes, l)
			}
		default:
			l := lanes[u.rand.IntN(len(lanes))]
			if !l.dead {
				l.dead = u.step(l)
			}
		}
	}
	for _, l := range lanes {
		if u.rand.IntN(2) == 0 {
			u.failed(l.stream.Close()) // on a device that hangs, after its patience
			u.failed(l.buffer.Free())
		}
	}
	u.ok(u.dev.Close())
	for _, e := range u.events {
		select {
		case <-e.Done():
			u.failed(e.Err())
		default:
			u.Error("an event has not fired although the device is closed")
		}
	}
	for _, check := range u.checks {
		check()
	}
}

func (u *user) newLane() *lane {
	s, err := u.dev.NewStream()
	if u.failed(err) {
		return nil
	}
	b, err := u.dev.Alloc(laneSize)
	if u.failed(err) {
		u.failed(s.Close())
		return nil
	}
	l := &lane{stream: s, buffer: b}
	l.dead = u.failed(s.Upload(b, 0, make([]byte, laneSize)))
	return l
}

// step enqueues something on a lane and tells whether that was refused.
func (u *user) step(l *lane) (refused bool) {
	switch u.rand.IntN(6) {
	case 0:
		l.value = byte(u.rand.Uint32())
		return u.failed(l.stream.Upload(l.buffer, 0, bytes.Repeat([]byte{l.value}, laneSize)))
	case 1, 2:
		if u.program == nil {
			return false
		}
		l.value++
		return u.failed(u.launch(l.stream, l.buffer, 0, laneSize))
	case 3:
		host, want := make([]byte, laneSize), bytes.Repeat([]byte{l.value}, laneSize)
		if u.failed(l.stream.Download(host, l.buffer, 0)) {
			return true
		}
		e, err := l.stream.Record()
		if u.failed(err) {
			return true
		}
		u.events = append(u.events, e)
		u.checks = append(u.checks, func() {
			if e.Err() == nil && !bytes.Equal(host, want) {
				u.Errorf("the event says that all is well, and the download left %v, want %v", host, want)
			}
		})
	case 4:
		if len(u.events) > 0 {
			return u.failed(l.stream.WaitEvent(u.events[u.rand.IntN(len(u.events))]))
		}
	case 5:
		ctx, cancel := context.WithTimeout(u.Context(), time.Duration(u.rand.IntN(int(100*time.Millisecond))))
		defer cancel()
		if err := l.stream.Synchronize(ctx); !errors.Is(err, context.DeadlineExceeded) {
			return u.failed(err)
		}
	}
	return false
}
