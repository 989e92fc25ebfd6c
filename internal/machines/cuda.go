//go:build cuda && linux && cgo

package machines

import (
	"os"

	"github.com/tandem-go/tandem/device/cuda/cudatest"
	_ "github.com/tandem-go/tandem/kernels/kerneltest/hostcuda" // the kernels, for the driver in process
)

// CUDA devices are those of the driver in process; with TANDEM_TEST_CUDA=real, the
// GPUs of this machine.
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
