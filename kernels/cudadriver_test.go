//go:build cuda && linux && cgo

package kernels_test

import (
	"os"

	_ "github.com/tandem-go/tandem/device/cuda"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	_ "github.com/tandem-go/tandem/kernels/internal/hostcuda"
)

// The tests of this package run the CUDA variants on the driver in process, as the
// host's compiler has translated them; with TANDEM_TEST_CUDA=real, on the GPUs of
// this machine.
func init() {
	if os.Getenv("TANDEM_TEST_CUDA") == "real" {
		return
	}
	if err := cudatest.Install(); err != nil {
		panic(err)
	}
	if err := cudatest.Reset(cudatest.Config{Late: true, Seed: 1}); err != nil {
		panic(err)
	}
}
