package product_test

import (
	"math"
	"slices"
	"testing"

	"github.com/tandem-go/tandem/examples/internal/product"
	"github.com/tandem-go/tandem/hybrid"
)

func open(t *testing.T) *hybrid.Scheduler {
	t.Helper()
	s, err := hybrid.Open(hybrid.WithModelFile(""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func agree[T product.Float](t *testing.T, s *hybrid.Scheduler, m, n, k int) {
	t.Helper()
	p := product.Random[T](m, n, k, 7)
	got, want := make([]T, m*n), make([]T, m*n)
	if err := p.On(t.Context(), s, got, hybrid.EveryDevice()); err != nil {
		t.Fatal(err)
	}
	if err := p.Gonum(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	c, err := p.Compare(t.Context(), got, want)
	if err != nil || c.Err() != nil || c.Skipped > 0 {
		t.Fatalf("%d×%d×%d: %+v, %v", m, n, k, c, err)
	}
	if len(got) == 0 {
		return
	}
	got[len(got)-1] += 0.01
	if c, err = p.Compare(t.Context(), got, want); err != nil || c.Err() == nil {
		t.Errorf("%d×%d×%d: a wrong element passed: %+v, %v", m, n, k, c, err)
	}
	got[0] = T(math.NaN())
	if c, err = p.Compare(t.Context(), got, want); err != nil || c.Err() == nil {
		t.Errorf("%d×%d×%d: a NaN passed: %+v, %v", m, n, k, c, err)
	}
}

func TestDevicesAgreeWithGonum(t *testing.T) {
	s := open(t)
	for _, c := range [][3]int{{1, 1, 1}, {130, 67, 31}, {1030, 5, 3}, {0, 4, 4}} {
		agree[float32](t, s, c[0], c[1], c[2])
		agree[float64](t, s, c[0], c[1], c[2])
	}
}

func TestElementsWithoutABoundAreSkipped(t *testing.T) {
	p := product.Random[float32](3, 3, 3, 1)
	p.A[4] = float32(math.NaN())
	c := make([]float32, 9)
	if err := p.Gonum(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if got, err := p.Compare(t.Context(), c, c); err != nil || got.Skipped != 3 || got.Err() != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTheSeedDecides(t *testing.T) {
	a, b, c := product.Random[float64](5, 4, 3, 1), product.Random[float64](5, 4, 3, 1), product.Random[float64](5, 4, 3, 2)
	if !slices.Equal(a.A, b.A) || !slices.Equal(a.B, b.B) {
		t.Error("the same seed gave two problems")
	}
	if slices.Equal(a.A, c.A) {
		t.Error("two seeds gave the same problem")
	}
}
