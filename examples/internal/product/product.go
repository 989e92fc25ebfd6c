// Package product is the examples' matrix product: on a scheduler's devices, by
// gonum alone, and the two held to the bound that kernels.Gemm documents.
package product

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"unsafe"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

// panel is how many rows gonum computes between two looks at the context: so
// many that its rate does not suffer.
const panel = 1024

// Float is what is multiplied.
type Float interface{ float32 | float64 }

// Problem is C = A*B, where A is M×K, B is K×N and C is M×N, all stored by rows
// without gaps.
type Problem[T Float] struct {
	M, N, K int
	A, B    []T
}

// Random returns a problem with elements of the standard normal distribution,
// the same for the same seed.
func Random[T Float](m, n, k int, seed uint64) *Problem[T] {
	p := &Problem[T]{M: m, N: n, K: k, A: make([]T, m*k), B: make([]T, k*n)}
	rng := rand.New(rand.NewPCG(seed, 0))
	for _, x := range [][]T{p.A, p.B} {
		for i := range x {
			x[i] = T(rng.NormFloat64())
		}
	}
	return p
}

// Flops is how many operations the product takes.
func (p *Problem[T]) Flops() float64 { return 2 * float64(p.M) * float64(p.N) * float64(p.K) }

// FlopsPerIndex is how many of them are for one index of a launch, a row of C.
func (p *Problem[T]) FlopsPerIndex() float64 { return 2 * float64(p.N) * float64(p.K) }

// On computes C on the devices of s.
func (p *Problem[T]) On(ctx context.Context, s *hybrid.Scheduler, c []T, opts ...hybrid.LaunchOption) error {
	dense := func(rows, cols int, x []T) kernels.Matrix[T] { return kernels.Dense(rows, cols, max(1, cols), x) }
	l := kernels.Gemm(blas.NoTrans, blas.NoTrans, 1, dense(p.M, p.K, p.A), dense(p.K, p.N, p.B), 0, dense(p.M, p.N, c))
	return s.Launch(ctx, l, opts...)
}

// Warm multiplies a few rows on each device of s by itself. The first launch on a
// device may have a shader to compile, for longer than the others need to do all
// the work without it.
func (p *Problem[T]) Warm(ctx context.Context, s *hybrid.Scheduler) error {
	few := *p
	few.M = min(p.M, 8)
	few.A = p.A[:few.M*p.K]
	c := make([]T, few.M*p.N)
	for _, d := range s.Devices() {
		if !d.Caps.Float64 && unsafe.Sizeof(T(0)) == 8 {
			continue // it will take no part
		}
		if err := few.On(ctx, s, c, hybrid.On(d.ID)); err != nil {
			return err
		}
	}
	return nil
}

// Gonum computes C by gonum alone, on all cores.
func (p *Problem[T]) Gonum(ctx context.Context, c []T) error {
	return multiply(ctx, p.M, p.N, p.K, p.A, p.B, c)
}

func multiply[T Float](ctx context.Context, m, n, k int, a, b, c []T) error {
	if k == 0 { // gonum wants a whole row of A even so
		clear(c)
		return nil
	}
	for lo := 0; lo < m; lo += panel {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		rows := min(panel, m-lo)
		aPart, cPart := a[lo*k:][:rows*k], c[lo*n:][:rows*n]
		switch cPart := any(cPart).(type) {
		case []float32:
			gonum.Implementation{}.Sgemm(blas.NoTrans, blas.NoTrans, rows, n, k, 1,
				any(aPart).([]float32), max(1, k), any(b).([]float32), max(1, n), 0, cPart, max(1, n))
		case []float64:
			gonum.Implementation{}.Dgemm(blas.NoTrans, blas.NoTrans, rows, n, k, 1,
				any(aPart).([]float64), max(1, k), any(b).([]float64), max(1, n), 0, cPart, max(1, n))
		}
	}
	return nil
}

// Comparison is how far two results are apart.
type Comparison struct {
	MaxError float64 // the largest difference between two elements
	// OfBound is the largest difference as a part of what two results of the
	// documented accuracy may differ by: above 1 one of them is wrong.
	OfBound float64
	// Skipped is how many elements have no bound, since NaN, Inf or an
	// overflow is among what is added.
	Skipped int
}

// Err is an error if the results cannot both be right.
func (c Comparison) Err() error {
	if c.OfBound > 1 {
		return fmt.Errorf("the product differs from gonum's by up to %.3g, %.3g times what rounding explains", c.MaxError, c.OfBound)
	}
	return nil
}

// Compare compares two results of p.
func (p *Problem[T]) Compare(ctx context.Context, got, want []T) (Comparison, error) {
	magnitudes := make([]T, p.M*p.N)
	if err := multiply(ctx, p.M, p.N, p.K, absolute(p.A), absolute(p.B), magnitudes); err != nil {
		return Comparison{}, err
	}
	unit, tiny := math.Ldexp(1, -53), math.Ldexp(1, -1022)
	if unsafe.Sizeof(T(0)) == 4 {
		unit, tiny = math.Ldexp(1, -24), math.Ldexp(1, -126)
	}
	// Both results have the error that kernels.Gemm bounds, and the sum of
	// magnitudes has it too. A product that underflows loses up to tiny, where
	// denormal numbers are flushed to zero.
	steps := float64(p.K + 3)
	gamma := steps * unit / (1 - steps*unit)
	var c Comparison
	for i, m := range magnitudes {
		bound := 2 * (gamma*float64(m)/(1-gamma) + steps*tiny)
		diff := math.Abs(float64(got[i]) - float64(want[i]))
		switch {
		case math.IsNaN(bound) || math.IsInf(bound, 0):
			c.Skipped++
		case math.IsNaN(diff):
			c.MaxError, c.OfBound = math.Inf(1), math.Inf(1)
		default:
			c.MaxError, c.OfBound = max(c.MaxError, diff), max(c.OfBound, diff/bound)
		}
	}
	return c, nil
}

func absolute[T Float](x []T) []T {
	y := make([]T, len(x))
	for i, v := range x {
		y[i] = T(math.Abs(float64(v)))
	}
	return y
}
