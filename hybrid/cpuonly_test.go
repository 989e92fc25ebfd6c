package hybrid_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

// TestOnTheCPUNothingIsScheduled runs small launches that only the CPU may have, on
// slices and on buffers: all of them belong on the calling goroutine, whether the
// scheduler says so or the caller.
func TestOnTheCPUNothingIsScheduled(t *testing.T) {
	for _, opts := range [][]hybrid.LaunchOption{nil, {hybrid.On("cpu")}} {
		for _, n := range []int{1, 100, 1 << 14} {
			t.Run(fmt.Sprintf("options=%d/n=%d", len(opts), n), func(t *testing.T) {
				s := open(t, hybrid.WithDevices("cpu"))
				defer s.Close()
				x := slices.Repeat([]float32{3}, n)
				inlines(t, s, x, slices.Repeat([]float32{1}, n), opts)
				bx, err := hybrid.BufferFrom(s, x)
				if err != nil {
					t.Fatal(err)
				}
				defer bx.Free()
				by, err := hybrid.BufferFrom(s, slices.Repeat([]float32{1}, n))
				if err != nil {
					t.Fatal(err)
				}
				defer by.Free()
				inlines(t, s, bx, by, opts)
				got := make([]float32, n)
				err = by.CopyTo(t.Context(), got)
				if err != nil {
					t.Fatal(err)
				}
				if want := float32(1 + 2*3); got[0] != want || got[n-1] != want {
					t.Errorf("y is %v, %v; want %v", got[0], got[n-1], want)
				}
			})
		}
	}
}

// inlines runs y += 2x and the sum of y, and wants both inline.
func inlines[V kernels.Vector[float32]](t *testing.T, s *hybrid.Scheduler, x, y V, opts []hybrid.LaunchOption) {
	t.Helper()
	before := s.Stats()
	var sum float32
	if err := s.Launch(t.Context(), kernels.Axpy[float32](2, x, y), opts...); err != nil {
		t.Fatal(err)
	}
	if err := s.Launch(t.Context(), kernels.Sum(&sum, y), opts...); err != nil {
		t.Fatal(err)
	}
	if n := kernels.Of[float32](y).Len(); sum != float32(7*n) {
		t.Errorf("sum %v, want %v", sum, 7*n)
	}
	after := s.Stats()
	if inline, split := after.Inline-before.Inline, after.Launches-before.Launches; inline != 2 || split != 0 {
		t.Errorf("%d inline, %d split; want both inline", inline, split)
	}
	for i := range after.Devices {
		if after.Devices[i].Chunks != before.Devices[i].Chunks {
			t.Errorf("device %s was given chunks", after.Devices[i].ID)
		}
	}
}

// TestInlineTakesNothingFromADevice has a buffer whose newest content is on a device:
// a launch that may not use that device brings it home and is not inline; the one
// after it finds it there.
func TestInlineTakesNothingFromADevice(t *testing.T) {
	s := open(t, hybrid.WithDevices("cpu"), hybrid.WithDevice(simulated(t, sim.Config{ID: "sim:0", Rate: 1e9})))
	defer s.Close()
	const n = 1000
	y, err := hybrid.BufferFrom(s, make([]float32, n))
	if err != nil {
		t.Fatal(err)
	}
	defer y.Free()
	if err := s.Launch(t.Context(), kernels.Fill[float32](5, y), hybrid.On("sim:0")); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int64{0, 1} {
		before := s.Stats().Inline
		var sum float32
		if err := s.Launch(t.Context(), kernels.Sum(&sum, y), hybrid.On("cpu")); err != nil {
			t.Fatal(err)
		}
		if sum != 5*n {
			t.Errorf("sum %v, want %v", sum, 5*n)
		}
		if inline := s.Stats().Inline - before; inline != want {
			t.Errorf("launch %d: %d inline, want %d", i, inline, want)
		}
	}
	// What is then written at home is what the device is given.
	if err := s.Launch(t.Context(), kernels.Fill[float32](2, y), hybrid.On("cpu")); err != nil {
		t.Fatal(err)
	}
	if err := s.Launch(t.Context(), kernels.Scal[float32](3, y), hybrid.On("sim:0")); err != nil {
		t.Fatal(err)
	}
	got := make([]float32, n)
	err = y.CopyTo(t.Context(), got)
	if err != nil {
		t.Fatal(err)
	}
	if got[0] != 6 || got[n-1] != 6 {
		t.Errorf("%v, %v; want 6", got[0], got[n-1])
	}
}
