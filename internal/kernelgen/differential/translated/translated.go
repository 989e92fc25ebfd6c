//go:build cuda && linux && cgo

// Package translated gives the tests of a package a CUDA driver in process, and to
// that the CUDA C of the package's kernels, compiled for the host when the tests
// begin.
package translated

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/tandem-go/tandem/device"
	_ "github.com/tandem-go/tandem/device/cuda" // whose driver is replaced
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// Run is for TestMain: it runs the tests with the kernels of the cases on a CUDA
// device more, and returns the status to exit with. The kernels are compiled
// together, as one text. With TANDEM_TEST_CUDA=real the GPUs of this machine run
// what NVRTC compiles.
func Run(m *testing.M, cases []kerneltest.Case) int {
	if os.Getenv("TANDEM_TEST_CUDA") == "real" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "tandem-translated") // what is in it stays loaded
	if err == nil {
		defer os.RemoveAll(dir)
		err = install(dir, cases)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	status := m.Run()
	for _, c := range cudatest.Complaints() {
		fmt.Fprintln(os.Stderr, c)
		status = 1
	}
	return status
}

func install(dir string, cases []kerneltest.Case) error {
	if err := cudatest.Install(); err != nil {
		return err
	}
	if err := cudatest.Reset(cudatest.Config{Late: true, Seed: 1}); err != nil {
		return err
	}
	texts := map[string]string{}
	for _, c := range cases {
		trial := c.Draw(rand.New(rand.NewPCG(1, 1)), device.Caps{}, 1)
		k := trial.Launch.Kernel()
		src, err := k.Source(device.CUDA)
		if err != nil {
			return err
		}
		texts[src.Block.Entry] = k.CUDAText()
		k.CUDA.PTX = cudatest.PTX(src.Block.Entry, src.Buffers, 4*src.Scalars)
	}
	return cudatest.Translate(dir, texts)
}
