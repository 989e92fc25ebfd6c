package expr_test

import (
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/expr"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

func ramp[T expr.Element](n int) []T {
	x := make([]T, n)
	for i := range x {
		x[i] = T(i)
	}
	return x
}

// stored runs a launch on the calling goroutine.
func stored(t *testing.T, l kernels.Launch) {
	t.Helper()
	if err := kerneltest.Inline().Run(&l, nil); err != nil {
		t.Fatal(err)
	}
}

// TestMistakes has what a launch answers for arguments that are wrong.
func TestMistakes(t *testing.T) {
	x, y := expr.Of[float32](ramp[float32](4)), expr.Named[float32]("weights", ramp[float32](5))
	var sum float32
	var index int
	var null []float32
	tooMany := func(n int, next func(i int) expr.Expr[float32]) expr.Expr[float32] {
		e := expr.Of[float32](ramp[float32](4))
		for i := range n {
			e = e.Add(next(i))
		}
		return e
	}
	deep := x
	for range 1_000_000 {
		deep = deep.Neg()
	}
	overlapping := ramp[float32](6)
	for _, c := range []struct {
		name   string
		launch kernels.Launch
		is     error
		text   string
	}{
		{"a length", expr.Store(make([]float32, 4), x.Add(y)), kernels.ErrShape, "weights has 5 elements, want 4"},
		{"a length of a sum", expr.Sum(&sum, y.Add(x)), kernels.ErrShape, "array 1 has 4 elements, want 5"},
		{"the length of the output", expr.Store(make([]float32, 3), x), kernels.ErrShape, "array 0 has 4 elements, want 3"},
		{"a nil slice", expr.Store([]float32{}, expr.Of[float32](null)), kernels.ErrNil, "argument x0"},
		{"a nil output", expr.Store(null, expr.Scalar[float32](1)), kernels.ErrNil, "argument dst"},
		{"a nil result", expr.Sum(nil, x), kernels.ErrNil, "argument result"},
		{"a zero expression", expr.Sum(&sum, x.Add(expr.Expr[float32]{})), kernels.ErrNil, "zero Expr"},
		{"a zero condition", expr.Count(&index, expr.Bool{}.Not().And(x.Less(x))), kernels.ErrNil, "zero Expr"},
		{"a zero condition in a choice", expr.Sum(&sum, expr.Where(expr.Bool{}, x, x)), kernels.ErrNil, "zero Expr"},
		{"no array", expr.Sum(&sum, expr.Scalar[float32](1)), kernels.ErrShape, "no array"},
		{"no elements", expr.Minimum(&sum, &index, expr.Of[float32]([]float32{})), kernels.ErrShape, "no elements"},
		{"arrays", expr.Sum(&sum, tooMany(expr.MaxArrays, func(int) expr.Expr[float32] { return expr.Of[float32](ramp[float32](4)) })), expr.ErrTooLarge, "more than 6 arrays"},
		{"arrays with the output", expr.Store(make([]float32, 4), tooMany(expr.MaxArrays-1, func(int) expr.Expr[float32] { return expr.Of[float32](ramp[float32](4)) })), expr.ErrTooLarge, "more than 6 arrays"},
		{"scalars", expr.Sum(&sum, tooMany(expr.MaxScalars+1, func(int) expr.Expr[float32] { return expr.Scalar[float32](1) })), expr.ErrTooLarge, "more than 12 scalars"},
		{"operations", expr.Sum(&sum, tooMany(expr.MaxOperations+1, func(int) expr.Expr[float32] { return x })), expr.ErrTooLarge, "more than 64 operations"},
		{"depth", expr.Sum(&sum, deep), expr.ErrTooLarge, "more than 64 operations"},
		{"an overlap", expr.Store(overlapping[1:5], expr.Of[float32](overlapping[:4]).Neg()), kernels.ErrOverlap, "argument dst"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.launch.Err()
			var argument *kernels.ArgumentError
			if !errors.Is(err, c.is) || !errors.As(err, &argument) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("got %v, want an *ArgumentError of %v with %q", err, c.is, c.text)
			}
		})
	}
	var shape *expr.ShapeError
	l := expr.Store(make([]float32, 4), x.Add(y))
	if !errors.As(l.Err(), &shape) || shape.Operand != "weights" || shape.Len != 5 || shape.Want != 4 {
		t.Errorf("got %+v, want a ShapeError of weights, 5 for 4", shape)
	}
	var limit *expr.LimitError
	if l = expr.Sum(&sum, deep); !errors.As(l.Err(), &limit) || limit.Max != expr.MaxOperations {
		t.Errorf("got %+v, want a LimitError", limit)
	}
}

// TestLimitsHold has the largest expressions that are allowed.
func TestLimitsHold(t *testing.T) {
	const n = 3000
	e := expr.Of[float64](ramp[float64](n))
	for range expr.MaxArrays - 2 {
		e = e.Add(expr.Of[float64](ramp[float64](n)))
	}
	for range expr.MaxScalars {
		e = e.Add(expr.Scalar(1.0))
	}
	for k := expr.MaxArrays - 2 + expr.MaxScalars; k < expr.MaxOperations; k++ {
		e = e.Neg()
	}
	onEveryDevice(t, func(t *testing.T, r *kerneltest.Runner, _ device.Caps) {
		dst := make([]float64, n)
		l := expr.Store(dst, e)
		if err := r.Run(&l, nil); err != nil {
			t.Fatal(err)
		}
		for i, v := range dst {
			want := float64(5*i + 12)
			if (expr.MaxOperations-4-12)%2 == 1 {
				want = -want
			}
			if v != want {
				t.Fatalf("index %d: got %v, want %v", i, v, want)
			}
		}
	})
}

// TestInPlace stores into arrays that are read, also by several operations.
func TestInPlace(t *testing.T) {
	for _, n := range []int{1, 16, 1000, 5000} {
		x, y := ramp[float32](n), ramp[float32](n)
		e := expr.Of[float32](x)
		stored(t, expr.Store(x, e.Mul(e).Sub(expr.Of[float32](y)).Add(e)))
		for i, v := range x {
			f := float32(i)
			if want := f*f - f + f; v != want {
				t.Fatalf("index %d of %d: got %v, want %v", i, n, v, want)
			}
		}
	}
}

// TestFill stores expressions that are an array or a number alone.
func TestFill(t *testing.T) {
	x := make([]int64, 2000)
	stored(t, expr.Store(x, expr.Scalar[int64](-7)))
	y := make([]int64, 2000)
	stored(t, expr.Store(y, expr.Of[int64](x)))
	for i := range y {
		if y[i] != -7 {
			t.Fatalf("index %d: got %d, want -7", i, y[i])
		}
	}
	stored(t, expr.Store([]int64{}, expr.Scalar[int64](1)))
}

// TestWidths has a condition of numbers of one width choose between those of
// another, and an operation whose input is wider than its result.
func TestWidths(t *testing.T) {
	const n = 3001
	x, d := ramp[float32](n), make([]float64, n)
	e := expr.Of[float32](x)
	odd := expr.And(expr.Convert[int64](e), expr.Scalar[int64](1)).Equal(expr.Scalar[int64](1))
	stored(t, expr.Store(d, expr.Where(e.Less(expr.Scalar[float32](100)).And(odd), expr.Convert[float64](e), expr.Scalar(-1.0))))
	for i, v := range d {
		want := -1.0
		if i < 100 && i%2 == 1 {
			want = float64(i)
		}
		if v != want {
			t.Fatalf("index %d: got %v, want %v", i, v, want)
		}
	}
}

// TestNorms has numbers whose squares are beyond their type, and means.
func TestNorms(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, r *kerneltest.Runner, _ device.Caps) {
		norms[float32](t, r, 1e30, 1e-30, 1e-6)
		norms[float64](t, r, 1e200, 1e-200, 1e-13)
	})
}

func norms[T expr.Float](t *testing.T, r *kerneltest.Runner, great, little T, tolerance float64) {
	for _, n := range []int{1, 3, 1000, 70_000} {
		for _, scale := range []T{1, great, little, 0} {
			x := make([]T, n)
			want := 0.0
			for i := range x {
				x[i] = T(i%7 - 3)
				want += float64(x[i]) * float64(x[i])
			}
			want = math.Sqrt(want) * float64(scale)
			var norm, mean T
			e := expr.Of[T](x).Scale(scale)
			l := expr.Nrm2(&norm, e)
			note(&l)
			if err := r.Run(&l, []int{n / 3}); err != nil {
				t.Fatal(err)
			}
			if math.Abs(float64(norm)-want) > tolerance*want {
				t.Errorf("norm of %d, scale %g: got %v, want %v", n, scale, norm, want)
			}
			if scale == great {
				continue
			}
			l = expr.Mean(&mean, e.Add(expr.Scalar(scale)))
			note(&l)
			if err := r.Run(&l, []int{n / 2}); err != nil {
				t.Fatal(err)
			}
			exact := 0.0
			for i := range x {
				exact += float64(x[i]*scale) + float64(scale)
			}
			exact /= float64(n)
			if math.Abs(float64(mean)-exact) > tolerance*float64(4*scale) {
				t.Errorf("mean of %d, scale %g: got %v, want %v", n, scale, mean, exact)
			}
		}
	}
	var mean, norm T
	l := expr.Mean(&mean, expr.Of[T]([]T{}))
	note(&l)
	if err := r.Run(&l, nil); err != nil || mean == mean {
		t.Errorf("mean of nothing: got %v and %v, want NaN", mean, err)
	}
	l = expr.Nrm2(&norm, expr.Of[T]([]T{1, T(math.Inf(-1)), 2}))
	note(&l)
	if err := r.Run(&l, nil); err != nil || !math.IsInf(float64(norm), 1) {
		t.Errorf("norm with an infinity: got %v and %v", norm, err)
	}
	l = expr.Nrm2(&norm, expr.Of[T]([]T{1, T(math.Inf(-1)), T(math.NaN())}))
	if err := r.Run(&l, nil); err != nil || norm == norm {
		t.Errorf("norm with a NaN: got %v and %v", norm, err)
	}
}

// TestFunctions has those of package kernels within an expression, with the bounds
// that those state for every device: 3 and 4 units in the last place at most.
func TestFunctions(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, r *kerneltest.Runner, _ device.Caps) {
		functions[float32](t, r, 0x1p-23)
		functions[float64](t, r, 0x1p-52)
	})
	// Both types in one shader.
	onEveryDevice(t, func(t *testing.T, r *kerneltest.Runner, _ device.Caps) {
		x, d := []float32{-2, -0.5, 0, 1, 3}, make([]float64, 5)
		e := expr.Of[float32](x)
		l := expr.Store(d, expr.Log(expr.Convert[float64](expr.Exp(e))).Add(expr.Tanh(expr.Convert[float64](e))))
		if err := r.Run(&l, nil); err != nil {
			t.Fatal(err)
		}
		for i, v := range x {
			if want := float64(v) + math.Tanh(float64(v)); math.Abs(d[i]-want) > 1e-6 {
				t.Errorf("of %v: got %v, want %v", v, d[i], want)
			}
		}
	})
}

func functions[T expr.Float](t *testing.T, r *kerneltest.Runner, ulp float64) {
	var x []T
	for v := 0.01; v < 60; v *= 1.1 {
		x = append(x, T(v))
	}
	e := expr.Of[T](x)
	for name, f := range map[string]struct {
		e    expr.Expr[T]
		want func(float64) float64
	}{
		"exp":  {expr.Exp(e.Neg()), func(v float64) float64 { return math.Exp(-v) }},
		"log":  {expr.Log(e), math.Log},
		"tanh": {expr.Tanh(e), math.Tanh},
	} {
		got := make([]T, len(x))
		l := expr.Store(got, f.e)
		note(&l)
		if err := r.Run(&l, nil); err != nil {
			t.Fatal(err)
		}
		for i, v := range x {
			want := f.want(float64(v))
			if math.Abs(float64(got[i])-want) > 4*ulp*math.Abs(want) {
				t.Errorf("%s of %v: got %v, want %v", name, v, got[i], want)
			}
		}
	}
}

// TestSharedOnce counts operations by the cost that a launch states: equal ones, and
// arrays that come twice, count once.
func TestSharedOnce(t *testing.T) {
	x, y := ramp[float32](10), ramp[float32](10)
	d := expr.Of[float32](x).Sub(expr.Of[float32](y))
	again := expr.Of[float32](x).Sub(expr.Of[float32](y))
	var sum float32
	l := expr.Sum(&sum, d.Mul(again).Add(again.Mul(d)))
	// A difference, its square (both products are of the same two), and a sum.
	if c := l.Cost(); c.Flops != 3 || c.Bytes != 8 || len(l.Args()) != 2 {
		t.Errorf("got %+v with %d arrays, want 3 operations on 8 bytes of 2 arrays", c, len(l.Args()))
	}
}

// TestCachedByStructure has other numbers and other arrays find the kernel, and other
// operations not; many goroutines get one kernel.
func TestCachedByStructure(t *testing.T) {
	first := structure(1, ramp[float32](4), ramp[float32](4))
	before := expr.Stats()
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 100 {
				if k := structure(float32(i), ramp[float32](g+1), ramp[float32](g+1)); k != first {
					t.Error("another kernel for the same structure")
				}
			}
		})
	}
	wg.Wait()
	after := expr.Stats()
	if after.Hits-before.Hits != 800 || after.Misses != before.Misses {
		t.Errorf("got %+v after %+v, want 800 hits", after, before)
	}
	x := ramp[float32](4)
	if structure(1, x, x) == first {
		t.Error("the same kernel for x and x as for x and y")
	}
}

func structure(a float32, x, y []float32) *kernels.Kernel {
	l := expr.Store(make([]float32, len(x)), expr.Of[float32](x).Scale(a).Max(expr.Of[float32](y)))
	return l.Kernel()
}

// TestCacheIsBounded makes more structures than are kept.
func TestCacheIsBounded(t *testing.T) {
	x := ramp[int32](8)
	var sum int32
	for bits := range 1 << 9 {
		e := expr.Of[int32](x)
		for b := range 9 {
			if bits>>b&1 == 1 {
				e = e.Neg()
			} else {
				e = e.Add(expr.Of[int32](x))
			}
		}
		l := expr.Sum(&sum, e)
		stored(t, l)
	}
	if s := expr.Stats(); s.Kept > 256 || s.Evictions < 200 {
		t.Errorf("got %+v, want at most 256 kept", s)
	}
}

// TestUnaligned has arrays that begin anywhere.
func TestUnaligned(t *testing.T) {
	x, y := ramp[float32](5000), make([]float32, 5000)
	for from := range 9 {
		for _, n := range []int{1, 17, 1024, 4000} {
			stored(t, expr.Store(y[from:][:n], expr.Of[float32](x[8-from:][:n]).Scale(2)))
			for i, v := range y[from:][:n] {
				if v != 2*float32(i+8-from) {
					t.Fatalf("from %d, index %d of %d: got %v", from, i, n, v)
				}
			}
		}
	}
	if unsafe.Sizeof(expr.Expr[float32]{}) != unsafe.Sizeof(uintptr(0)) {
		t.Error("an expression is more than a pointer")
	}
}
