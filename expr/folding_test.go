package expr_test

import (
	"math"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/expr"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// The tests of this file have expressions in which a compiler finds constants, as
// docs/kernels.md says that Mesa takes some wrongly.

// vanishing are expressions of integers that are 0, whatever n is.
func vanishing[T expr.Integer](n []T) map[string]expr.Expr[T] {
	e := expr.Of[T](n)
	return map[string]expr.Expr[T]{
		"n-n":        e.Sub(e),
		"n^n":        expr.Xor(e, e),
		"n&^n":       expr.And(e, expr.Not(e)),
		"min(n,n)-n": e.Min(e).Sub(e),
		"(n-n)*n":    e.Sub(e).Mul(e),
		"n-n>>n-n":   expr.Shr(e.Sub(e), e.Sub(e)),
	}
}

func holds[T expr.Element](t *testing.T, r *kerneltest.Runner, n int, e expr.Expr[T], name string, want func(i int) T) {
	t.Helper()
	dst := make([]T, n)
	l := expr.Store(dst, e)
	note(&l)
	if err := r.Run(&l, nil); err != nil {
		t.Fatal(err)
	}
	for i, got := range dst {
		if w := want(i); !identical(got, w) {
			t.Errorf("%s of %T: index %d: got %v, want %v", name, dst, i, got, w)
			return
		}
	}
}

// zeros multiplies numbers by, and adds to them, what is always 0.
func zeros[T expr.Integer, U expr.Float](t *testing.T, r *kerneltest.Runner) {
	t.Helper()
	x := []U{1, -1, 0, U(math.Copysign(0, -1)), U(math.NaN()), U(math.Inf(1)), U(math.Inf(-1))}
	n := make([]T, len(x))
	for i := range n {
		n[i] = T(3 * i)
	}
	for name, e := range vanishing(n) {
		zero := expr.Convert[U](e)
		holds(t, r, len(x), expr.Of[U](x).Mul(zero), "x*("+name+")", func(i int) U { return x[i] * 0 })
		holds(t, r, len(x), expr.Of[U](x).Add(zero), "x+("+name+")", func(i int) U { return x[i] + 0 })
		holds(t, r, len(x), zero.Div(expr.Of[U](x)), name+"/x", func(i int) U { return 0 / x[i] })
	}
}

// ordered compares widened numbers with what is always 0, and clamps them to it.
func ordered(t *testing.T, r *kerneltest.Runner) {
	t.Helper()
	m := []int32{0, 1, -1, math.MaxInt32, math.MinInt32, 1 << 30}
	wide := expr.Convert[int64](expr.Of[int32](m))
	one, none := expr.Scalar[int64](1), expr.Scalar[int64](0)
	for name, zero := range vanishing(make([]int64, len(m))) {
		holds(t, r, len(m), expr.Where(wide.Less(zero), one, none), "m<"+name, func(i int) int64 { return truth(m[i] < 0) })
		holds(t, r, len(m), expr.Where(wide.GreaterEqual(zero), one, none), "m>="+name, func(i int) int64 { return truth(m[i] >= 0) })
		holds(t, r, len(m), wide.Min(zero).Max(zero).Min(wide), "clamped to "+name, func(i int) int64 { return min(0, int64(m[i])) })
	}
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func TestNothingIsFoldedAway(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, r *kerneltest.Runner, caps device.Caps) {
		zeros[int32, float32](t, r)
		zeros[uint32, float32](t, r)
		if !caps.Float64 {
			return
		}
		zeros[int32, float64](t, r)
		if !caps.Int64 && caps.Language == device.GLSL {
			return
		}
		zeros[int64, float64](t, r)
		zeros[uint64, float32](t, r)
		ordered(t, r)
	})
}

// TestRoundToEvenOfWholeNumbers has the odd ones from 2^52 on.
func TestRoundToEvenOfWholeNumbers(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, r *kerneltest.Runner, caps device.Caps) {
		if !caps.Float64 {
			return
		}
		x := []float64{0x1p52 + 1, -0x1p52 - 1, 0x1p53 - 1, 0x1p52 - 0.5, 0x1p51 + 0.5, -0.5, 1.5, 2.5, 0x1p60, math.Inf(-1)}
		holds(t, r, len(x), expr.RoundToEven(expr.Of[float64](x)), "round", func(i int) float64 { return math.RoundToEven(x[i]) })
	})
}

// TestSumsOfNegativeZero begin at 0.
func TestSumsOfNegativeZero(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, r *kerneltest.Runner, _ device.Caps) {
		for _, n := range []int{1, 2, 127, 300} {
			x := make([]float32, n)
			for i := range x {
				x[i] = float32(math.Copysign(0, -1))
			}
			got := float32(1)
			for name, l := range map[string]kernels.Launch{"expr.Sum": expr.Sum(&got, expr.Of[float32](x)), "kernels.Sum": kernels.Sum(&got, x)} {
				if err := r.Run(&l, nil); err != nil {
					t.Fatal(err)
				}
				if math.Float32bits(got) != 0 {
					t.Errorf("%s of %d: got %v, want 0", name, n, got)
				}
			}
		}
	})
}
