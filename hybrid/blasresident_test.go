package hybrid_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/floats"

	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

// TestLevel2OnResidentData has levels 1 and 2 of BLAS on buffers, which is where
// devices do them. Once on the device, nothing moves but what dot, norm and place
// answer.
func TestLevel2OnResidentData(t *testing.T) {
	const n = 200
	d := simulated(t, sim.Config{})
	s := open(t, hybrid.WithDevices("none:*"), hybrid.WithDevice(d))
	rng := rand.New(rand.NewPCG(1, 2))
	a, x, y := random(rng, n*n), random(rng, n), random(rng, n)
	buffer := func(v []float64) *hybrid.Buffer[float64] {
		b, err := hybrid.BufferFrom(s, v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	ba, bx, by := buffer(a), buffer(x), buffer(y)
	var dot, norm, greatest float64
	var place int
	round := func() {
		A := kernels.Resident(n, n, n, ba)
		for _, l := range []kernels.Launch{
			kernels.Symv(blas.Lower, 0.5, A, bx, 0.25, by),
			kernels.Gemv(blas.Trans, 0.5, A, by, 0.25, bx),
			kernels.Ger(0.1, bx, by, A),
			kernels.Axpy(0.5, bx, by),
			kernels.Swap(bx, by),
			kernels.Rot(0.6, 0.8, bx, by),
			kernels.Scal(0.5, bx),
			kernels.Dot(&dot, bx, by),
			kernels.Nrm2(&norm, by),
			kernels.Amax(&greatest, &place, by),
		} {
			if err := s.Launch(t.Context(), l); err != nil {
				t.Fatal(err)
			}
		}
	}
	var g gonum.Implementation
	expect := func() {
		g.Dsymv(blas.Lower, n, 0.5, a, n, x, 1, 0.25, y, 1)
		g.Dgemv(blas.Trans, n, n, 0.5, a, n, y, 1, 0.25, x, 1)
		g.Dger(n, n, 0.1, x, 1, y, 1, a, n)
		g.Daxpy(n, 0.5, x, 1, y, 1)
		g.Dswap(n, x, 1, y, 1)
		g.Drot(n, x, 1, y, 1, 0.6, 0.8)
		g.Dscal(n, 0.5, x, 1)
	}
	round()
	expect()
	before := s.Stats().Devices[0]
	round()
	expect()
	if more := s.Stats().Devices[0].Uploaded - before.Uploaded; more != 0 {
		t.Errorf("%d bytes uploaded although all was there", more)
	}
	if more := s.Stats().Devices[0].Downloaded - before.Downloaded; more > 4096 {
		t.Errorf("%d bytes came back for four numbers", more)
	}
	for name, c := range map[string]struct {
		got  *hybrid.Buffer[float64]
		want []float64
	}{"A": {ba, a}, "x": {bx, x}, "y": {by, y}} {
		got := make([]float64, len(c.want))
		if err := c.got.CopyTo(t.Context(), got); err != nil {
			t.Fatal(err)
		}
		diff, size := floats.Distance(got, c.want, math.Inf(1)), floats.Norm(c.want, math.Inf(1))
		if !(diff <= n*n*0x1p-50*size) {
			t.Errorf("%s is off by %v, its greatest number is %v", name, diff, size)
		}
	}
	if want := g.Ddot(n, x, 1, y, 1); !(math.Abs(dot-want) <= n*n*0x1p-50*g.Dnrm2(n, x, 1)*g.Dnrm2(n, y, 1)) {
		t.Errorf("dot is %v, want %v", dot, want)
	}
	if want := g.Dnrm2(n, y, 1); !(math.Abs(norm-want) <= n*0x1p-50*want) {
		t.Errorf("norm is %v, want %v", norm, want)
	}
	if want := g.Idamax(n, y, 1); place != want || !(math.Abs(greatest-math.Abs(y[want])) <= n*n*0x1p-50*greatest) {
		t.Errorf("the greatest is %v at %d, want %v at %d", greatest, place, y[want], want)
	}
	for _, b := range []*hybrid.Buffer[float64]{ba, bx, by} {
		b.Free()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
