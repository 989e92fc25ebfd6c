package sparse

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/internal/kernelgen/differential"
	"github.com/tandem-go/tandem/internal/machines"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
	"github.com/tandem-go/tandem/residency"
)

// draw makes a matrix of n rows, some of them empty and one of them long, in
// unordered columns of which some come twice.
func draw[T kernels.Float](rng *rand.Rand, n int) (a *CSR[T], x, y []T) {
	cols := 1 + rng.IntN(300)
	starts, columns, values := []int32{0}, []int32{}, []T{}
	for r := range n {
		entries := max(0, rng.IntN(12)-3)
		if r == n/2 {
			entries = 500
		}
		for range entries {
			columns = append(columns, int32(rng.IntN(cols)))
			values = append(values, T(rng.NormFloat64()))
		}
		starts = append(starts, int32(len(columns)))
	}
	x = make([]T, cols)
	for i := range x {
		x[i] = T(rng.NormFloat64())
	}
	a, err := NewCSR(n, cols, starts, columns, values)
	if err != nil {
		panic(err)
	}
	return a, x, make([]T, n)
}

// verify compares with the dense matrix in float64.
func verify[T kernels.Float](a *CSR[T], x, y []T) error {
	unit := 0x1p-24
	if one := T(1); one+0x1p-30 != one {
		unit = 0x1p-53
	}
	row, magnitudes := make([]float64, a.cols), make([]float64, a.cols)
	for r := range a.rows {
		clear(row)
		clear(magnitudes)
		for k := a.starts[r]; k < a.starts[r+1]; k++ {
			row[a.columns[k]] += float64(a.values[k])
			magnitudes[a.columns[k]] += math.Abs(float64(a.values[k]))
		}
		want, magnitude := 0.0, 0.0
		for c := range row {
			want += row[c] * float64(x[c])
			magnitude += magnitudes[c] * math.Abs(float64(x[c]))
		}
		k := float64(a.starts[r+1] - a.starts[r])
		// The reference itself is off by as much, in float64.
		bound := (k+1)*unit*magnitude + (k+float64(a.cols))*0x1p-53*magnitude
		if d := math.Abs(float64(y[r]) - want); !(d <= bound) {
			return fmt.Errorf("row %d: %v, want %v: off by %v, the bound is %v", r, y[r], want, d, bound)
		}
	}
	return nil
}

func TestMulVec(t *testing.T) {
	differential.Each(t, func(t *testing.T, r *kerneltest.Runner) {
		kerneltest.Try(t, r,
			differential.Draw("float32", func(rng *rand.Rand, n int) kerneltest.Trial {
				a, x, y := draw[float32](rng, min(n, 20_000))
				return kerneltest.Trial{Launch: MulVec(a, x, y), Verify: func() error { return verify(a, x, y) }}
			}),
			kerneltest.Case{Name: "float64", Float64: true, Draw: func(rng *rand.Rand, _ device.Caps, n int) kerneltest.Trial {
				a, x, y := draw[float64](rng, min(n, 20_000))
				return kerneltest.Trial{Launch: MulVec64(a, x, y), Verify: func() error { return verify(a, x, y) }}
			}},
		)
	})
}

// TestOnSchedulers compares slices, resident matrices and resident vectors with the
// kernel's function, bit by bit.
func TestOnSchedulers(t *testing.T) {
	seed := kerneltest.Seed(t)
	machines.Each(t, func(t *testing.T, s *hybrid.Scheduler, opts ...hybrid.LaunchOption) {
		a, x, y := draw[float64](rand.New(rand.NewPCG(seed, 0)), 5003)
		want := make([]float64, len(y))
		for i := range want {
			mulVec(i, a.longest, a.starts, a.columns, a.values, x, want)
		}
		kept := a.Resident()
		defer kept.Free()
		for range 2 {
			for name, l := range map[string]kernels.Launch{"slices": MulVec64(a, x, y), "a resident matrix": MulVec64(kept, x, y)} {
				clear(y)
				if err := s.Launch(t.Context(), l, opts...); err != nil {
					t.Fatal(err)
				}
				if err := differential.Same(name, y, want); err != nil {
					t.Error(err)
				}
			}
		}
		xs, ys := residency.From(x), residency.New[float64](len(y))
		if err := s.Launch(t.Context(), MulVec64(kept, xs, ys), opts...); err != nil {
			t.Fatal(err)
		}
		if err := ys.CopyTo(t.Context(), y); err != nil {
			t.Fatal(err)
		}
		if err := differential.Same("resident vectors", y, want); err != nil {
			t.Error(err)
		}
	})
}

// TestMul has small matrices, which are multiplied at once, and one that is launched.
func TestMul(t *testing.T) {
	seed := kerneltest.Seed(t)
	machines.Each(t, func(t *testing.T, s *hybrid.Scheduler, opts ...hybrid.LaunchOption) {
		t.Run("float32", func(t *testing.T) { checkMul[float32](t, s, seed, opts) })
		t.Run("float64", func(t *testing.T) { checkMul[float64](t, s, seed, opts) })
	})
}

func checkMul[T kernels.Float](t *testing.T, s *hybrid.Scheduler, seed uint64, opts []hybrid.LaunchOption) {
	for _, n := range []int{1, 2, 16, 1000, small + 1} {
		a, x, y := draw[T](rand.New(rand.NewPCG(seed, uint64(n))), n)
		want := make([]T, n)
		for i := range want {
			mulVec(i, a.longest, a.starts, a.columns, a.values, x, want)
		}
		if err := Mul(t.Context(), s, y, a, x, opts...); err != nil {
			t.Fatal(err)
		}
		if err := differential.Same("the product", y, want); err != nil {
			t.Errorf("%d rows: %v", n, err)
		}
		for arg, err := range map[string]error{
			"x": Mul(t.Context(), s, y, a, x[:len(x)-1], opts...),
			"y": Mul(t.Context(), s, y[:n-1], a, x, opts...),
		} {
			if got := mistakeOf(err); got != arg {
				t.Errorf("%d rows: %s, want %s", n, got, arg)
			}
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("enough")
		cancel(why)
		if err := Mul(ctx, s, y, a, x, opts...); !errors.Is(err, why) {
			t.Errorf("%d rows: an ended context gives %v", n, err)
		}
	}
	a, err := NewCSR(3, 3, []int32{0, 1, 2, 3}, []int32{0, 1, 2}, make([]T, 3))
	if err != nil {
		t.Fatal(err)
	}
	if x := make([]T, 5); !errors.Is(Mul(t.Context(), s, x[:3], a, x[2:], opts...), kernels.ErrOverlap) {
		t.Error("an overlap is not refused")
	}
}

// mistakeOf is the argument that an error is about.
func mistakeOf(err error) string {
	var mistake *kernels.ArgumentError
	if !errors.As(err, &mistake) || !errors.Is(err, kernels.ErrShape) {
		return fmt.Sprintf("no mistake of an argument: %v", err)
	}
	return mistake.Arg
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		arg             string
		rows, cols      int
		starts, columns []int32
		values          int
	}{
		{"rows", -1, 1, nil, nil, 0},
		{"rows", math.MaxInt32, 1, nil, nil, 0},
		{"cols", 0, -1, []int32{0}, nil, 0},
		{"starts", 2, 2, []int32{0, 1}, []int32{0}, 1},
		{"starts", 0, 2, nil, nil, 0},
		{"starts", 1, 2, []int32{1, 1}, []int32{0}, 1},
		{"starts", 1, 2, []int32{0, 2}, []int32{0}, 1},
		{"starts", 3, 2, []int32{0, 2, -5, 2}, []int32{0, 1}, 2},
		{"starts", 2, 2, []int32{0, 1 << 30, 2}, []int32{0, 1}, 2},
		{"values", 1, 2, []int32{0, 1}, []int32{0}, 2},
		{"columns", 1, 2, []int32{0, 1}, []int32{2}, 1},
		{"columns", 1, 2, []int32{0, 1}, []int32{-1}, 1},
		{"columns", 1, 0, []int32{0, 1}, []int32{0}, 1},
	} {
		_, err := NewCSR(c.rows, c.cols, c.starts, c.columns, make([]float32, c.values))
		if got := mistakeOf(err); got != c.arg {
			t.Errorf("%+v: %s", c, got)
		}
	}
	a, err := NewCSR(2, 3, []int32{0, 1, 1}, []int32{2}, []float32{1})
	if err != nil {
		t.Fatal(err)
	}
	for arg, l := range map[string]kernels.Launch{
		"x": MulVec(a, make([]float32, 2), make([]float32, 2)),
		"y": MulVec(a, make([]float32, 3), make([]float32, 0)),
	} {
		if got := mistakeOf(l.Err()); got != arg {
			t.Errorf("%s, want %s", got, arg)
		}
	}
	if a.Rows() != 2 || a.Cols() != 3 || a.Entries() != 1 {
		t.Errorf("%d by %d with %d", a.Rows(), a.Cols(), a.Entries())
	}
}

// FuzzCSR makes matrices of arbitrary slices: they are refused, or their product is
// that of the dense matrix.
func FuzzCSR(f *testing.F) {
	f.Add(2, 3, []byte{0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0}, []byte{0, 0, 0, 0, 2, 0, 0, 0})
	f.Add(1, 1, []byte{0, 0, 0, 0, 1, 0, 0, 0}, []byte{255, 255, 255, 255})
	f.Add(2, 1, []byte{0, 0, 0, 0, 255, 0, 0, 0, 1, 0, 0, 0}, []byte{0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, rows, cols int, starts, columns []byte) {
		if cols > 1<<12 {
			cols %= 1 << 12
		}
		ints := func(b []byte) []int32 {
			x := make([]int32, len(b)/4)
			for i := range x {
				x[i] = int32(binary.LittleEndian.Uint32(b[4*i:]))
			}
			return x
		}
		c := ints(columns)
		values := make([]float64, len(c))
		for i := range values {
			values[i] = float64(i%7) - 3
		}
		a, err := NewCSR(rows, cols, ints(starts), c, values)
		if err != nil {
			if arg := mistakeOf(err); len(arg) > len("columns") {
				t.Error(arg)
			}
			return
		}
		x, y := make([]float64, cols), make([]float64, rows)
		for i := range x {
			x[i] = float64(i%5) - 2
		}
		l := MulVec64(a, x, y)
		if err := l.Err(); err != nil {
			t.Fatal(err)
		}
		if rows > 0 {
			l.Run(0, rows)
		}
		if err := verify(a, x, y); err != nil {
			t.Error(err)
		}
	})
}
