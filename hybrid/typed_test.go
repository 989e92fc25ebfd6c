package hybrid_test

import (
	"testing"

	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

// Numbers are small integers, so every sum of them is exact in any order.
func TestOperationsOnSlices(t *testing.T) {
	for name, opts := range map[string][]hybrid.Option{
		"cpu":   {hybrid.WithDevices("cpu")},
		"split": {hybrid.WithDevices("cpu"), hybrid.WithDevice(simulated(t, sim.Config{ID: "sim:0", Rate: 1e9}))},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, opts...)
			defer s.Close()
			onSlices[float32](t, s)
			onSlices[float64](t, s)
		})
	}
}

func onSlices[T kernels.Float](t *testing.T, s *hybrid.Scheduler) {
	t.Helper()
	ctx := t.Context()
	number := func(what string, got T, err error, want T) {
		t.Helper()
		if err != nil || got != want {
			t.Errorf("%s of %T: %v, %v; want %v", what, want, got, err, want)
		}
	}
	numbers := func(what string, got []T, err error, want ...T) {
		t.Helper()
		if err != nil {
			t.Errorf("%s of %T: %v", what, want, err)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s of %T: %v, want %v", what, want, got, want)
				return
			}
		}
	}

	x, y := []T{3, -4, 0, 12, -84}, []T{1, 2, 3, -1, 1}
	sum, err := hybrid.Sum(ctx, s, x)
	number("Sum", sum, err, -73)
	sum, err = hybrid.Asum(ctx, s, x)
	number("Asum", sum, err, 103)
	dot, err := hybrid.Dot(ctx, s, x, y)
	number("Dot", dot, err, 3-8-12-84)
	norm, err := hybrid.Nrm2(ctx, s, x)
	number("Nrm2", norm, err, 85)
	greatest, at, err := hybrid.Maximum(ctx, s, x)
	number("Maximum", greatest, err, 12)
	if at != 3 {
		t.Errorf("the maximum is at %d, want 3", at)
	}
	least, at, err := hybrid.Minimum(ctx, s, x)
	number("Minimum", least, err, -84)
	if at != 4 {
		t.Errorf("the minimum is at %d, want 4", at)
	}
	err = hybrid.Axpy(ctx, s, 2, x, y)
	numbers("Axpy", y, err, 7, -6, 3, 23, -167)

	a := kernels.Dense(2, 3, 3, []T{1, 2, 3, 4, 5, 6})
	v := []T{10, 20}
	err = hybrid.Gemv(ctx, s, 1, a, []T{1, 0, -1}, 3, v)
	numbers("Gemv", v, err, 28, 58)
	c := []T{1, 1, 1, 1}
	b := kernels.Dense(3, 2, 2, []T{1, 0, 0, 1, 1, 1})
	err = hybrid.Gemm(ctx, s, 2, a, b, -1, kernels.Dense(2, 2, 2, c))
	numbers("Gemm", c, err, 7, 9, 19, 21)

	if _, err := hybrid.Dot(ctx, s, x, y[:2]); err == nil {
		t.Errorf("Dot of slices of other lengths, of %T, has no error", dot)
	}
}
