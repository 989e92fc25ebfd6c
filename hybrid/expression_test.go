package hybrid_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/tandem-go/tandem/expr"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

// Example_expression computes a weighted distance and clips an array, each in one
// pass over its inputs, on whatever devices there are.
func Example_expression() {
	ctx := context.Background()
	s, err := hybrid.Open()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()

	xs, ys, ws := []float32{1, 2, 3}, []float32{3, 2, 1}, []float32{1, 1, 0.5}
	x, y, w := expr.Of[float32](xs), expr.Of[float32](ys), expr.Of[float32](ws)
	sum, err := hybrid.SumOf(ctx, s, x.Sub(y).Square().Mul(w))
	fmt.Println(sum, err)

	clipped := make([]float32, 3)
	limit := expr.Scalar[float32](2)
	err = hybrid.Store(ctx, s, clipped, expr.Where(x.Greater(limit), limit, x))
	fmt.Println(clipped, err)
	// Output:
	// 6 <nil>
	// [1 2 2] <nil>
}

// TestExpressions has every device and all of them compute expressions of slices and
// of resident buffers, also in place, cut into many chunks.
func TestExpressions(t *testing.T) {
	ctx := t.Context()
	for _, opts := range [][]hybrid.LaunchOption{nil, {hybrid.EveryDevice()}, {hybrid.Deterministic()}} {
		s, err := hybrid.Open(hybrid.WithModelFile(""), hybrid.WithWorkers(3))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		const n = 300_001
		xs, ys := make([]float64, n), make([]float64, n)
		for i := range xs {
			xs[i], ys[i] = float64(i%1000), float64(i%7)
		}
		want, least, at, count := 0.0, math.Inf(1), 0, 0
		each := make([]float64, n)
		for i := range each {
			each[i] = (xs[i]-ys[i])*(xs[i]-ys[i]) - 3
			want += each[i]
			if each[i] < least {
				least, at = each[i], i
			}
			if each[i] > 10 {
				count++
			}
		}
		resident, err := hybrid.BufferFrom(s, xs)
		if err != nil {
			t.Fatal(err)
		}
		for name, x := range map[string]expr.Expr[float64]{"slices": expr.Of[float64](xs), "a buffer": expr.Of[float64](resident)} {
			e := x.Sub(expr.Of[float64](ys)).Square().AddConst(-3)
			for range 3 {
				if sum, err := hybrid.SumOf(ctx, s, e, opts...); err != nil || sum != want { // whole numbers: exact
					t.Fatalf("sum of %s: got %v and %v, want %v", name, sum, err, want)
				}
				if mean, err := hybrid.MeanOf(ctx, s, e, opts...); err != nil || mean != want/n {
					t.Fatalf("mean of %s: got %v and %v, want %v", name, mean, err, want/n)
				}
				if v, i, err := hybrid.MinimumOf(ctx, s, e, opts...); err != nil || v != least || i != at {
					t.Fatalf("minimum of %s: got %v at %d and %v, want %v at %d", name, v, i, err, least, at)
				}
				if v, i, err := hybrid.MaximumOf(ctx, s, e.Neg(), opts...); err != nil || v != -least || i != at {
					t.Fatalf("maximum of %s: got %v at %d and %v, want %v at %d", name, v, i, err, -least, at)
				}
				if v, err := hybrid.CountOf(ctx, s, e.Greater(expr.Scalar(10.0)), opts...); err != nil || v != count {
					t.Fatalf("count of %s: got %v and %v, want %v", name, v, err, count)
				}
				if v, err := hybrid.Nrm2Of(ctx, s, expr.Scalar(3.0).Sub(x.Sub(x)), opts...); err != nil || math.Abs(v-3*math.Sqrt(n)) > 1e-9 {
					t.Fatalf("norm of %s: got %v and %v, want %v", name, v, err, 3*math.Sqrt(n))
				}
			}
		}
		e := expr.Of[float64](resident).Sub(expr.Of[float64](ys)).Square().AddConst(-3)
		if err := hybrid.Store(ctx, s, resident, e, opts...); err != nil {
			t.Fatal(err)
		}
		got := make([]float64, n)
		if err := resident.CopyTo(ctx, got); err != nil {
			t.Fatal(err)
		}
		if err := hybrid.Store(ctx, s, xs, expr.Of[float64](xs).Sub(expr.Of[float64](ys)).Square().AddConst(-3), opts...); err != nil {
			t.Fatal(err)
		}
		for i := range each {
			if got[i] != each[i] || xs[i] != each[i] {
				t.Fatalf("in place, index %d: got %v in a buffer and %v in a slice, want %v", i, got[i], xs[i], each[i])
			}
		}
	}
}

// TestExpressionMistake answers before any work.
func TestExpressionMistake(t *testing.T) {
	s, err := hybrid.Open(hybrid.WithDevices("cpu"), hybrid.WithModelFile(""))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	x, y := expr.Of[int32](make([]int32, 3)), expr.Named[int32]("y", make([]int32, 2))
	var shape *expr.ShapeError
	if _, err := hybrid.SumOf(t.Context(), s, x.Add(y)); !errors.As(err, &shape) || shape.Operand != "y" || !errors.Is(err, kernels.ErrShape) {
		t.Errorf("got %v, want a ShapeError of y", err)
	}
}

// TestManyStructures has devices forget what they have compiled of expressions that
// are used no more, while launches of others go on.
func TestManyStructures(t *testing.T) {
	if testing.Short() {
		t.Skip("a driver compiles hundreds of kernels")
	}
	s, err := hybrid.Open(hybrid.WithModelFile(""))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	x := make([]int32, 5000)
	for i := range x {
		x[i] = int32(i)
	}
	for bits := range 300 {
		e, factor := expr.Of[int32](x), int32(1)
		for b := range 9 {
			if bits>>b&1 == 1 {
				e, factor = e.Neg(), -factor
			} else {
				e, factor = e.Add(e), 2*factor
			}
		}
		sum, err := hybrid.SumOf(t.Context(), s, e, hybrid.EveryDevice())
		if want := factor * int32(len(x)*(len(x)-1)/2); err != nil || sum != want {
			t.Fatalf("structure %d: got %d and %v, want %d", bits, sum, err, want)
		}
	}
}
