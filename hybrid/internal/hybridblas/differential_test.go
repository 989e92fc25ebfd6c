package hybridblas

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/tandem-go/tandem/internal/blastest"
)

func seeded(t *testing.T) *rand.Rand {
	seed := rand.Uint64()
	if text := os.Getenv("TANDEM_SEED"); text != "" {
		seed, _ = strconv.ParseUint(text, 10, 64)
	}
	t.Logf("TANDEM_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

func TestDifferentialOnWorkers(t *testing.T) {
	rng := seeded(t)
	for _, tile := range []int{1, 3, 8} {
		t.Run(fmt.Sprintf("tile=%d", tile), func(t *testing.T) {
			blastest.Differential(t, cpuBLAS(t, tile), rng, 40, 12)
		})
	}
	t.Run("tile=32", func(t *testing.T) { blastest.Differential(t, cpuBLAS(t, 32), rng, 6, 70) })
}

func TestPanicsAreGonums(t *testing.T) {
	blastest.Panics(t, cpuBLAS(t, 2), seeded(t), 5)
}
