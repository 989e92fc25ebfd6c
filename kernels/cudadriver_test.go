//go:build cuda && linux && cgo

package kernels_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	_ "github.com/tandem-go/tandem/device/cuda"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/half"
	_ "github.com/tandem-go/tandem/kernels/kerneltest/hostcuda"
)

var onRealGPU = os.Getenv("TANDEM_TEST_CUDA") == "real"

// The tests of this package run the CUDA variants on the driver in process, as the
// host's compiler has translated them; with TANDEM_TEST_CUDA=real, on the GPUs of
// this machine.
func init() {
	if onRealGPU {
		return
	}
	if err := cudatest.Install(); err != nil {
		panic(err)
	}
	if err := cudatest.Reset(cudatest.Config{Late: true, Seed: 1}); err != nil {
		panic(err)
	}
}

// TestFewerBlocksComputeTheSame gives kernels fewer blocks than they ask for. Those
// that go through tiles by turns compute the same; products and fields take the
// number as a sign to have large tiles or several bodies a thread, which they
// otherwise do for launches that are too large for a test.
func TestFewerBlocksComputeTheSame(t *testing.T) {
	m := openMachine(t, "cuda:0")
	rng := seeded(t)
	m.regroup = func(k *kernels.Kernel, n int, groups [3]int) [3]int {
		if strings.HasPrefix(k.Name, "nbody") {
			return [3]int{(n + 511) / 512, 1, 1}
		}
		return [3]int{1 + rng.IntN(groups[0]), 1, 1}
	}
	draws := []func(*rand.Rand) trial{
		func(rng *rand.Rand) trial { return gemvTrialOf[float32](rng, 1+rng.IntN(100), 1+rng.IntN(1000)) },
		func(rng *rand.Rand) trial { return gemvTrialOf[float64](rng, 1+rng.IntN(100), 1+rng.IntN(1000)) },
		nbodyTrial[float32], nbodyTrial[float64],
		gemmBatchTrial[float32], gemmBatchTrial[float64], gemmHalfTrial[half.Float16], gemmHalfTrial[half.BFloat16],
	}
	for _, size := range []int{65, 127, 128, 200} {
		draws = append(draws,
			func(rng *rand.Rand) trial { return gemmTrialOf[float32](rng, size, 64+rng.IntN(80), rng.IntN(40)) },
			func(rng *rand.Rand) trial { return gemmTrialOf[float64](rng, size, 64+rng.IntN(80), rng.IntN(40)) })
	}
	for _, op := range mappings[float32]() {
		draws = append(draws, mapTrial(op))
	}
	times := 4
	if testing.Short() {
		times = 1
	}
	for _, draw := range draws {
		for range times {
			tr := draw(rng)
			if strings.HasPrefix(tr.launch.Kernel().Name, "gemv.t") {
				continue // a block for its columns, and no turns
			}
			if err := tr.run(rng, m); err != nil {
				t.Fatalf("%s: %v", tr.name, err)
			}
		}
	}
}
