//go:build cuda && linux && cgo

package expr_test

import (
	"os"
	"testing"

	"github.com/tandem-go/tandem/device"
	_ "github.com/tandem-go/tandem/device/cuda"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// The tests of this package have a CUDA driver in process.
func init() {
	if err := cudatest.Install(); err != nil {
		panic(err)
	}
	if err := cudatest.Reset(cudatest.Config{Late: true, Seed: 1}); err != nil {
		panic(err)
	}
}

// TestCUDA has random expressions, and all reductions, computed by their CUDA C: the
// host's compiler translates it, and the driver in process runs it.
func TestCUDA(t *testing.T) {
	const n = 40
	first := kerneltest.Seed(t)
	met := map[*kernels.Kernel]bool{}
	launched = func(k *kernels.Kernel) { met[k] = true }
	for k := range uint64(n) {
		if err := try(first+k, kerneltest.Inline(), true); err != nil {
			t.Fatalf("TANDEM_SEED=%d: %v", first+k, err)
		}
	}
	norms[float32](t, kerneltest.Inline(), 1e30, 1e-30, 1e-6)
	norms[float64](t, kerneltest.Inline(), 1e200, 1e-200, 1e-13)
	functions[float32](t, kerneltest.Inline(), 0x1p-23)
	functions[float64](t, kerneltest.Inline(), 0x1p-52)
	launched = nil

	texts := map[string]string{}
	for k := range met {
		src, err := k.Source(device.CUDA)
		if err != nil {
			t.Fatal(err)
		}
		texts[src.Block.Entry] = k.CUDAText()
		k.CUDA.PTX = cudatest.PTX(src.Block.Entry, src.Buffers, 4*src.Scalars)
	}
	dir, err := os.MkdirTemp("", "tandem-expr") // what is in it stays loaded
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := cudatest.Translate(dir, texts); err != nil {
		t.Fatal(err)
	}
	d, err := device.Open("cuda:0")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	r, err := kerneltest.NewRunner(d)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for k := range uint64(n) {
		if err := try(first+k, r, true); err != nil {
			t.Fatalf("TANDEM_SEED=%d: %v", first+k, err)
		}
	}
	norms[float32](t, r, 1e30, 1e-30, 1e-6)
	norms[float64](t, r, 1e200, 1e-200, 1e-13)
	functions[float32](t, r, 0x1p-23)
	functions[float64](t, r, 0x1p-52)
	for _, c := range cudatest.Complaints() {
		t.Error(c)
	}
}
