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
// devices do them: a product with a symmetric matrix is one with all of it, an update
// of rank 1 a product of a column and a row. Once on the device, nothing moves but
// what dot and norm answer.
func TestLevel2OnResidentData(t *testing.T) {
	const n = 200
	d := simulated(t, sim.Config{})
	s := open(t, hybrid.WithDevices("none:*"), hybrid.WithDevice(d))
	rng := rand.New(rand.NewPCG(1, 2))
	a, x, y := random(rng, n*n), random(rng, n), random(rng, n)
	for i := range n { // symmetric
		for j := range i {
			a[i*n+j] = a[j*n+i]
		}
	}
	buffer := func(v []float64) *hybrid.Buffer[float64] {
		b, err := hybrid.BufferFrom(s, v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	ba, bx, by := buffer(a), buffer(x), buffer(y)
	var dot, norm float64
	round := func() {
		for _, l := range []kernels.Launch{
			kernels.Gemv(blas.NoTrans, 0.5, kernels.Resident(n, n, n, ba), bx, 0.25, by), // symv
			kernels.Gemm(blas.NoTrans, blas.NoTrans, 0.1, kernels.Resident(n, 1, 1, bx), kernels.Resident(1, n, n, by), 1, kernels.Resident(n, n, n, ba)),
			kernels.Axpy(0.5, bx, by),
			kernels.Scal(0.5, bx),
			kernels.Dot(&dot, bx, by),
			kernels.Nrm2(&norm, by),
		} {
			if err := s.Launch(t.Context(), l); err != nil {
				t.Fatal(err)
			}
		}
	}
	var g gonum.Implementation
	round()
	g.Dsymv(blas.Upper, n, 0.5, a, n, x, 1, 0.25, y, 1)
	g.Dger(n, n, 0.1, x, 1, y, 1, a, n)
	g.Daxpy(n, 0.5, x, 1, y, 1)
	g.Dscal(n, 0.5, x, 1)
	before := s.Stats().Devices[0]
	round()
	g.Dgemv(blas.NoTrans, n, n, 0.5, a, n, x, 1, 0.25, y, 1)
	g.Dger(n, n, 0.1, x, 1, y, 1, a, n)
	g.Daxpy(n, 0.5, x, 1, y, 1)
	g.Dscal(n, 0.5, x, 1)
	if more := s.Stats().Devices[0].Uploaded - before.Uploaded; more != 0 {
		t.Errorf("%d bytes uploaded although all was there", more)
	}
	if more := s.Stats().Devices[0].Downloaded - before.Downloaded; more > 4096 {
		t.Errorf("%d bytes came back for two numbers", more)
	}
	for name, c := range map[string]struct {
		got  *hybrid.Buffer[float64]
		want []float64
	}{"A": {ba, a}, "x": {bx, x}, "y": {by, y}} {
		got := make([]float64, len(c.want))
		if err := c.got.CopyTo(t.Context(), got); err != nil {
			t.Fatal(err)
		}
		if diff := floats.Distance(got, c.want, math.Inf(1)); !(diff <= n*n*0x1p-50) {
			t.Errorf("%s is off by %v", name, diff)
		}
	}
	if want := g.Ddot(n, x, 1, y, 1); !(math.Abs(dot-want) <= n*n*0x1p-50) {
		t.Errorf("dot is %v, want %v", dot, want)
	}
	if want := g.Dnrm2(n, y, 1); !(math.Abs(norm-want) <= n*0x1p-50*want) {
		t.Errorf("norm is %v, want %v", norm, want)
	}
	for _, b := range []*hybrid.Buffer[float64]{ba, bx, by} {
		b.Free()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
