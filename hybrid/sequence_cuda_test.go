//go:build cuda && linux && cgo

package hybrid_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/hybrid"
)

// TestCUDASequence runs a stencil on a GPU, and counts the driver's calls: one for
// each run, and none for the buffers, which are there.
func TestCUDASequence(t *testing.T) {
	for _, late := range []bool{false, true} {
		s := cudaMachine(t, cudatest.Config{Late: late, Seed: 3})
		there, back, grid := heat(t, s)
		q, err := s.NewSequence(there, back)
		if err != nil {
			t.Fatal(err)
		}
		const runs = 400
		for _, times := range []int{3, runs - 3} { // a batch, a graph
			if err := q.Run(t.Context(), times, "cuda:0"); err != nil {
				t.Fatal(err)
			}
		}
		if !onRealGPU {
			graphs, launches := cudatest.Calls("cuGraphLaunch"), cudatest.Calls("cuLaunchKernel")
			t.Logf("%d launches took %d calls for graphs and %d for kernels", 2*runs, graphs, launches)
			if graphs != runs-3 || launches != 2*3+2 {
				t.Errorf("%d runs took %d calls for graphs and %d for kernels", runs, graphs, launches)
			}
			if got := cudatest.Calls("cuMemcpyDtoHAsync_v2"); got != 0 {
				t.Errorf("%d copies went to the host", got)
			}
		}
		if err := grid.View(t.Context(), func(x []float32) {
			if err := same(x, cooled(t, runs)); err != nil {
				t.Error(err)
			}
		}); err != nil {
			t.Fatal(err)
		}
		grid.Free()
	}
}

// TestCUDASequenceEnds ends the context of a long run: the grid is what some number
// of whole runs make of it.
func TestCUDASequenceEnds(t *testing.T) {
	s := cudaMachine(t, cudatest.Config{})
	there, back, grid := heat(t, s)
	q, err := s.NewSequence(there, back)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), 20*time.Millisecond, errors.New("enough"))
	defer cancel()
	if err := q.Run(ctx, 1<<30, "cuda:0"); err == nil || err.Error() != "enough" {
		t.Errorf("the run ends with %v", err)
	}
	runs := int(s.Stats().Devices[0].Chunks) / 2
	if err := grid.View(t.Context(), func(x []float32) {
		if err := same(x, cooled(t, runs)); err != nil {
			t.Errorf("after %d runs: %v", runs, err)
		}
	}); err != nil {
		t.Fatal(err)
	}
}

// TestCUDASequenceFaults has each step of a run fail: it ends with a typed error or
// the right result, and the scheduler goes on.
func TestCUDASequenceFaults(t *testing.T) {
	if onRealGPU {
		t.Skip("a real GPU cannot be made to do this")
	}
	for name, c := range map[string]struct {
		fault func()
		want  error // nil: the right result
	}{
		"kernel":     {func() { cudatest.Fault("cuGraphLaunch", 5, 700) }, device.ErrLost},
		"replay":     {func() { cudatest.Fail("cuGraphLaunch", 3, 701) }, device.ErrInvalid},
		"capture":    {func() { cudatest.Fail("cuStreamEndCapture", 1, 999) }, device.ErrInvalid},
		"no graph":   {func() { cudatest.Fail("cuGraphInstantiateWithFlags", 1, 801) }, nil},
		"no memory":  {func() { cudatest.Fail("cuMemAllocFromPoolAsync", 1, 2) }, nil},
		"no stream":  {func() { cudatest.Fail("cuStreamCreate", 2, 999) }, device.ErrInvalid},
		"no event":   {func() { cudatest.Fail("cuEventRecord", 2, 719) }, device.ErrLost},
		"never ends": {func() { cudatest.Hang("cuGraphLaunch", 2) }, device.ErrTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			s := cudaMachine(t, cudatest.Config{Late: true, Seed: 9}, hybrid.WithChunkDeadline(100*time.Millisecond))
			there, back, grid := heat(t, s)
			q, err := s.NewSequence(there, back)
			if err != nil {
				t.Fatal(err)
			}
			c.fault()
			err = q.Run(t.Context(), 20, "cuda:0")
			cudatest.Release()
			switch {
			case c.want != nil && !errors.Is(err, c.want):
				t.Errorf("the run ends with %v, want %v", err, c.want)
			case c.want == nil && err != nil:
				t.Errorf("the run ends with %v", err)
			case err == nil:
				if err := grid.View(t.Context(), func(x []float32) {
					if err := same(x, cooled(t, 20)); err != nil {
						t.Error(err)
					}
				}); err != nil {
					t.Fatal(err)
				}
			}
			if err := saxpyCheck(t, s, 1<<16); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}
