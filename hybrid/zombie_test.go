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

// zombies adds x to a resident y again and again on two devices, whose commands
// take their effect up to a second late at times. A late chunk is given to the
// other device, and the next launch begins while the first still has the chunk's
// kernel before it. It returns what is wrong with y, which is read after each
// launch, so that the home has a copy when a chunk that changes it is given up.
func zombies(t *testing.T, seed uint64) (err error) {
	const n, rounds = 4096, 12
	rng := rand.New(rand.NewPCG(seed, 0))
	opts := []hybrid.Option{hybrid.WithDevices("none:*"), hybrid.WithChunkDeadline(2 * time.Second)}
	for i := range 2 {
		cfg := sim.Config{
			ID: fmt.Sprintf("sim:%d", i), Rate: 1e5, LaunchLatency: 10 * time.Microsecond,
			UploadBandwidth: 1e8, DownloadBandwidth: 1e8, Seed: seed,
		}
		if i == 0 {
			for range 1 + rng.IntN(3) {
				cfg.Faults = append(cfg.Faults, sim.Fault{
					Kind: sim.Delay, At: 20 + rng.IntN(1000), Count: 1 + rng.IntN(3),
					Delay: time.Duration(30+rng.IntN(900)) * time.Millisecond,
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
		if err := y.CopyTo(t.Context(), got); err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
		for i, v := range got {
			if v != float32(round)*values[i] {
				return fmt.Errorf("round %d: y[%d] is %v, want %v", round, i, v, float32(round)*values[i])
			}
		}
	}
	return nil
}

// TestZombieKernels has kernels that were given up on run while later launches
// use the same buffers on the same device: nothing of theirs may be seen.
func TestZombieKernels(t *testing.T) {
	count := 300
	if testing.Short() {
		count = 50
	}
	for _, seed := range seeds(t, count) {
		var err error
		ok := t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { err = zombies(t, seed) })
		})
		if err != nil || !ok {
			t.Fatalf("%v\nreplay with %s=%d", err, EnvSeed, seed)
		}
	}
}
