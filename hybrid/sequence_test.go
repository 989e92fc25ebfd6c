package hybrid_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

const gridRows, gridCols = 90, 70

// heat is two buffers that hold a grid and its next state.
func heat(t *testing.T, s *hybrid.Scheduler) (there, back kernels.Launch, grid *hybrid.Buffer[float32]) {
	t.Helper()
	a, err := hybrid.NewBuffer[float32](s, gridRows*gridCols)
	if err != nil {
		t.Fatal(err)
	}
	b, err := hybrid.NewBuffer[float32](s, gridRows*gridCols)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.CopyFrom(t.Context(), warm()); err != nil {
		t.Fatal(err)
	}
	grid1, grid2 := kernels.Resident(gridRows, gridCols, gridCols, a), kernels.Resident(gridRows, gridCols, gridCols, b)
	return kernels.Stencil5(0.2, grid1, grid2), kernels.Stencil5(0.1, grid2, grid1), a
}

func warm() []float32 {
	x := make([]float32, gridRows*gridCols)
	for i := range x {
		x[i] = float32(i * i % 101)
	}
	return x
}

// cooled is the grid after so many runs, step by step on the CPU. The kernel is the
// same on all devices, to the bit.
func cooled(t *testing.T, runs int) []float32 {
	t.Helper()
	x, y := warm(), make([]float32, gridRows*gridCols)
	for range runs {
		for _, l := range []kernels.Launch{
			kernels.Stencil5(0.2, kernels.Dense(gridRows, gridCols, gridCols, x), kernels.Dense(gridRows, gridCols, gridCols, y)),
			kernels.Stencil5(0.1, kernels.Dense(gridRows, gridCols, gridCols, y), kernels.Dense(gridRows, gridCols, gridCols, x)),
		} {
			if l.Err() != nil {
				t.Fatal(l.Err())
			}
			l.Run(0, l.N())
		}
	}
	return x
}

func same(got, want []float32) error {
	for i := range want {
		if got[i] != want[i] {
			return fmt.Errorf("element %d is %v, want %v", i, got[i], want[i])
		}
	}
	return nil
}

// TestSequence runs a stencil to and fro, on each device and where the scheduler
// will, in several portions, with launches in between.
func TestSequence(t *testing.T) {
	s := everything(t)
	places := [][]string{nil}
	for _, d := range s.Devices() {
		places = append(places, []string{d.ID})
	}
	for _, on := range places {
		t.Run(fmt.Sprint(on), func(t *testing.T) {
			there, back, grid := heat(t, s)
			q, err := s.NewSequence(there, back)
			if err != nil {
				t.Fatal(err)
			}
			runs := 0
			for _, times := range []int{0, 1, 3, 300, 7} {
				if err := q.Run(t.Context(), times, on...); err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(s.Launch(t.Context(), there), s.Launch(t.Context(), back)); err != nil {
					t.Fatal(err)
				}
				runs += times + 1
				if err := grid.View(t.Context(), func(x []float32) {
					if err := same(x, cooled(t, runs)); err != nil {
						t.Errorf("after %d runs: %v", runs, err)
					}
				}); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func TestSequenceRefusals(t *testing.T) {
	s := open(t, hybrid.WithDevices("cpu"), hybrid.WithModelFile(""))
	there, back, _ := heat(t, s)
	x, y := make([]float32, 10), make([]float32, 10)
	var sum float32
	for name, c := range map[string]struct {
		launch kernels.Launch
		arg    string
		want   error
	}{
		"a slice":     {kernels.Saxpy(1, x, y), "x", device.ErrUnsupported},
		"a reduction": {kernels.Sum(&sum, x), "result", device.ErrUnsupported},
		"a mistake":   {kernels.Saxpy(1, x, y[:9]), "x", kernels.ErrShape},
	} {
		_, err := s.NewSequence(there, c.launch)
		var e *hybrid.ArgumentError
		if !errors.As(err, &e) || e.Arg != c.arg || !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	q, err := s.NewSequence(there, back)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Run(t.Context(), -1); !errors.Is(err, hybrid.ErrInvalid) {
		t.Errorf("-1 times: %v", err)
	}
	if err := q.Run(t.Context(), 1, "cuda:7"); !errors.Is(err, hybrid.ErrNoDevice) {
		t.Errorf("on no device: %v", err)
	}
	ended, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	if err := q.Run(ended, 1); !errors.Is(err, why) {
		t.Errorf("with an ended context: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := q.Run(t.Context(), 1); !errors.Is(err, hybrid.ErrClosed) && !errors.Is(err, device.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}
