package hybridblas

import (
	"testing"

	"gonum.org/v1/gonum/blas/gonum"

	"github.com/tandem-go/tandem/hybrid/internal/perfmodel"
	"github.com/tandem-go/tandem/internal/blastest"
	"github.com/tandem-go/tandem/internal/openblas"
)

// TestSmallCallsAreTheWrappedOnes: what goes to gonum directly is what the wrapped BLAS
// leaves to gonum, to the bit, on both sides of its limits.
func TestSmallCallsAreTheWrappedOnes(t *testing.T) {
	over := map[string]Wrapped{"gonum": overGonum()}
	if o, err := openblas.New(1); err == nil {
		over["openblas"] = Wrapped{Float32: o, Float64: o, Complex64: o, Complex128: o, Name: o.String()}
	} else {
		t.Log(err)
	}
	for name, w := range over {
		t.Run(name, func(t *testing.T) {
			b := New(Config{Wrapped: w, Serial: w, Workers: 1, Model: perfmodel.New()}) // nothing to choose
			defer b.Close()
			other := blastest.BLAS(gonum.Implementation{})
			if o, ok := w.Float64.(*openblas.BLAS); ok {
				other = o
			}
			rng := seeded(t)
			blastest.Identical(t, b, other, rng, 40, 12)
			blastest.Identical(t, b, other, rng, 10, 70)
		})
	}
}

// TestSmallPassedCalls is the same for methods that only pass a call on.
func TestSmallPassedCalls(t *testing.T) {
	o, err := openblas.New(1)
	if err != nil {
		t.Log(err)
		return
	}
	w := Wrapped{Float32: o, Float64: o, Complex64: o, Complex128: o, Name: o.String()}
	b := New(Config{Wrapped: w, Serial: w, Workers: 1, Model: perfmodel.New()})
	defer b.Close()
	for _, n := range []int{0, 1, 3, openblas.LeastVector - 1, openblas.LeastVector, 2000} {
		x, y := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i], y[i] = 1/float64(i+1), float64(i%7)-3.1
		}
		if got, want := b.Dasum(n, y, 1), o.Dasum(n, y, 1); got != want {
			t.Errorf("Dasum of %d: %v, want %v", n, got, want)
		}
		if got, want := b.Idamax(n, y, 1), o.Idamax(n, y, 1); got != want {
			t.Errorf("Idamax of %d: %v, want %v", n, got, want)
		}
		if got, want := b.Dnrm2(n, x, 1), o.Dnrm2(n, x, 1); got != want {
			t.Errorf("Dnrm2 of %d: %v, want %v", n, got, want)
		}
	}
}
