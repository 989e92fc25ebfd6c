package hybrid_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/residency"
)

// updates adds x to a resident y again and again on two devices, of which one is
// late at times, and returns what is wrong with y in the end. Nobody reads y before,
// so each device has the only copy of what it has written.
func updates(t *testing.T, seed uint64) (err error) {
	const n, rounds = 4096, 12
	rng := rand.New(rand.NewPCG(seed, 0))
	opts := []hybrid.Option{hybrid.WithDevices("none:*"), hybrid.WithChunkDeadline(2 * time.Second)}
	for i := range 2 {
		cfg := sim.Config{
			ID: fmt.Sprintf("sim:%d", i), Rate: 1e5, LaunchLatency: 10 * time.Microsecond,
			UploadBandwidth: 1e8, DownloadBandwidth: 1e8, Seed: seed,
		}
		if i == 0 {
			// Together less than the chunk deadline, should they all fall on one chunk.
			for range 1 + rng.IntN(3) {
				cfg.Faults = append(cfg.Faults, sim.Fault{
					Kind: sim.Delay, At: 20 + rng.IntN(1000), Count: 1 + rng.IntN(3),
					Delay: time.Duration(30+rng.IntN(170)) * time.Millisecond,
				})
			}
		}
		opts = append(opts, hybrid.WithDevice(simulated(t, cfg)))
	}
	s := open(t, opts...)
	defer func() { err = errors.Join(err, s.Close()) }()
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(1 + i)
	}
	x, y := residency.From(values), residency.New[float32](n)
	got := make([]float32, n)
	for round := 1; round <= rounds; round++ {
		l := kernels.NewLaunch(addTwice, n)
		l.AddArg(kernels.Of[float32](x), kernels.Elementwise)
		l.AddArg(kernels.Of[float32](y), kernels.Elementwise)
		cost(&l)
		if err := s.Launch(t.Context(), l, hybrid.EveryDevice()); err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
	}
	if err := y.CopyTo(t.Context(), got); err != nil {
		return err
	}
	for i, v := range got {
		if v != rounds*values[i] {
			return fmt.Errorf("y[%d] is %v, want %v", i, v, rounds*values[i])
		}
	}
	return nil
}

// TestLateDeviceKeepsItsOnlyCopy has devices change in place what only they have: a
// device that is merely late must not be made to give it up.
func TestLateDeviceKeepsItsOnlyCopy(t *testing.T) {
	count := 300
	if testing.Short() {
		count = 50
	}
	for _, seed := range seeds(t, count) {
		var err error
		ok := t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { err = updates(t, seed) })
		})
		if err != nil || !ok {
			t.Fatalf("%v\nreplay with %s=%d", err, EnvSeed, seed)
		}
	}
}

// TestBlame has a launch on one device need what only another has, whose downloads
// fail: the other one is at fault.
func TestBlame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 1024
		s := open(t, hybrid.WithDevices("none:*"),
			hybrid.WithDevice(simulated(t, sim.Config{ID: "sim:0", Rate: 1e5, Faults: []sim.Fault{{Kind: sim.FailDownload, At: 1, Count: 2}}})),
			hybrid.WithDevice(simulated(t, sim.Config{ID: "sim:1", Rate: 1e5})))
		x, y := residency.New[float32](n), residency.New[float32](n)
		launch := func(id string) error {
			l := kernels.NewLaunch(addTwice, n)
			l.AddArg(kernels.Of[float32](x), kernels.Elementwise)
			l.AddArg(kernels.Of[float32](y), kernels.Elementwise)
			cost(&l)
			return s.Launch(t.Context(), l, hybrid.On(id))
		}
		if err := launch("sim:0"); err != nil {
			t.Fatal(err)
		}
		var e *hybrid.DeviceError
		if err := launch("sim:1"); !errors.As(err, &e) || e.Device != "sim:0" {
			t.Errorf("a launch that needs what can't be had: %v", err)
		}
		for _, d := range s.Stats().Devices {
			if sound := d.Quarantined == nil; sound != (d.ID == "sim:1") {
				t.Errorf("%s: in quarantine: %v", d.ID, d.Quarantined)
			}
		}
		_ = s.Close() // says what has failed
	})
}
