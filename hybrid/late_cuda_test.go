//go:build cuda && linux && cgo

package hybrid_test

import (
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

// TestCUDALateReader has a GPU be late with uploads that read a caller's slice in its
// place. The launch ends without it, with the right result; the slice is its caller's,
// who changes it and lets go of it, and is there until the GPU has come to an end; and
// what the GPU then makes of it nobody gets to see.
func TestCUDALateReader(t *testing.T) {
	if onRealGPU {
		t.Skip("a real GPU cannot be made to be late")
	}
	s := cudaMachine(t, cudatest.Config{Late: true, Seed: 7}, hybrid.WithChunkDeadline(50*time.Millisecond))
	const n = 1 << 19
	x, y := make([]float32, n), make([]float32, n)
	launch := func(value float32, opts ...hybrid.LaunchOption) {
		t.Helper()
		for i := range x {
			x[i], y[i] = value, 1
		}
		if err := s.Launch(t.Context(), kernels.Saxpy(2, x, y), opts...); err != nil {
			t.Fatal(err)
		}
		for i, v := range y {
			if v != 2*value+1 {
				t.Fatalf("element %d is %v, want %v", i, v, 2*value+1)
			}
		}
	}
	registered := func() int64 { return s.Stats().Devices[0].Registered }
	for round := 0; registered() < 8*n; round++ {
		if round == 20 {
			t.Fatalf("%d bytes are registered after %d launches", registered(), round)
		}
		launch(float32(round), hybrid.On("cuda:0"))
	}
	uploads, copies := cudatest.Calls("cuMemcpyHtoDAsync_v2"), cudatest.Calls("cuMemHostAlloc")
	cudatest.Hang("cuMemcpyHtoDAsync_v2", 1)
	launch(30, hybrid.EveryDevice())
	if cudatest.Calls("cuMemcpyHtoDAsync_v2") == uploads {
		t.Fatal("the GPU took no part")
	}
	t.Logf("%d pieces of page-locked memory were made meanwhile", cudatest.Calls("cuMemHostAlloc")-copies)

	held := weak.Make(&x[0])
	for i := range x {
		x[i] = -1
	}
	x = nil
	for range 3 {
		runtime.GC()
	}
	if held.Value() == nil {
		t.Fatal("memory that the GPU is yet to read has been collected")
	}
	cudatest.Release()
	for i, v := range y {
		if v != 61 {
			t.Fatalf("element %d became %v when the GPU came back", i, v)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for i, v := range y {
		if v != 61 {
			t.Fatalf("element %d became %v in the end", i, v)
		}
	}
	for wait := 0; held.Value() != nil; wait++ {
		if wait == 100 {
			t.Fatal("the slice is kept although the GPU is done")
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}
