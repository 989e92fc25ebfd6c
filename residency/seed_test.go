package residency_test

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// envSeed replays the random test that printed the seed.
const envSeed = "TANDEM_SEED"

// seeds yields count seeds of random tests, or only the one that TANDEM_SEED
// names.
func seeds(t *testing.T, count int) []uint64 {
	t.Helper()
	if text := os.Getenv(envSeed); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("%s: %v", envSeed, err)
		}
		return []uint64{seed}
	}
	all := make([]uint64, count)
	first := uint64(time.Now().UnixNano())
	for i := range all {
		all[i] = first + uint64(i)
	}
	return all
}
