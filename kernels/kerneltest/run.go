package kerneltest

import (
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/tandem-go/tandem/device"
)

// All tries every case on a device, which stays the caller's.
func All(t *testing.T, dev device.Device) {
	t.Helper()
	r, err := NewRunner(dev)
	if err != nil {
		t.Fatal(err)
	}
	Try(t, r, Cases()...)
	if err := r.Close(); err != nil {
		t.Errorf("closing the runner: %v", err)
	}
}

// Try tries the cases by a runner, each as a subtest.
func Try(t *testing.T, r *Runner, cases ...Case) {
	t.Helper()
	seed := Seed(t)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			if c.Float64 && !r.caps.Float64 {
				t.Skip("the device has no float64")
			}
			name := fnv.New64a()
			name.Write([]byte(c.Name)) // so that a case alone draws what it draws among others
			rng := rand.New(rand.NewPCG(seed, name.Sum64()))
			for _, n := range sizes(rng, testing.Short()) {
				trial := c.Draw(rng, r.caps, n)
				cuts := RandomCuts(rng, &trial.Launch)
				err := r.Run(&trial.Launch, cuts)
				if err == nil {
					err = trial.Verify()
				}
				if err != nil {
					t.Fatalf("%d elements, cut at %v: %v", n, cuts, errors.Join(err))
				}
			}
		})
	}
}

// Seed is the seed of a test's random numbers: TANDEM_SEED, or a new one. The
// log of a test that fails has it.
func Seed(t testing.TB) uint64 {
	t.Helper()
	seed := rand.Uint64()
	if text := os.Getenv("TANDEM_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 0, 64); err != nil {
			t.Fatalf("TANDEM_SEED: %v", err)
		}
	}
	t.Logf("TANDEM_SEED=%d", seed)
	return seed
}

// sizes are the sizes of arrays to try: small and odd ones, those around
// work-groups and whole grids, and one of a million.
func sizes(rng *rand.Rand, short bool) []int {
	all := []int{
		0, 1, 2, 3, 7, 31, 127, 255, 256, 257, 511, 512, 513, 1021, 65535, 65536, 65537,
		1 + rng.IntN(100), 1 + rng.IntN(1000), 1 + rng.IntN(10_000), 262_143 + rng.IntN(3),
	}
	if short {
		return append(all[:14], 1+rng.IntN(10_000))
	}
	return append(all, 1_000_003)
}
