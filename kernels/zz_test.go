//go:build cuda && linux && cgo

package kernels_test

import (
	"testing"

	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

func TestZZ(t *testing.T) {
	d := openMachine(t, "cuda:0")
	r, _ := kerneltest.NewRunner(d.Device)
	var s float32
	l := kernels.Sum(&s, []float32{1, 2, 3})
	err := r.Run(&l, nil)
	t.Log(err, s, cudatest.Complaints())
}
