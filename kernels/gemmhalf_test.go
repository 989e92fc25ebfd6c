package kernels_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/half"
	"github.com/tandem-go/tandem/residency"
)

// halfMatrix is a matrix of 16-bit numbers with a random stride and NaN as its
// padding. Some are the format's denormal numbers.
type halfMatrix[T half.Number] struct {
	rows, cols, stride int
	data               []T
	values             []float32
}

func randomHalves[T half.Number](rng *rand.Rand, tr blas.Transpose, rows, cols int) halfMatrix[T] {
	if tr != blas.NoTrans {
		rows, cols = cols, rows
	}
	m := halfMatrix[T]{rows: rows, cols: cols, stride: max(1, cols+rng.IntN(4))}
	m.values = nans[float32](rows * m.stride)
	for r := range rows {
		copy(m.values[r*m.stride:], numbers[float32](rng, cols))
	}
	for i := range m.values {
		if rng.IntN(20) == 0 {
			m.values[i] *= 0x1p-16
		}
	}
	m.data = half.Round(make([]T, len(m.values)), m.values)
	half.Widen(m.values, m.data)
	return m
}

func (m halfMatrix[T]) op(tr blas.Transpose, r, c int) float64 {
	if tr != blas.NoTrans {
		r, c = c, r
	}
	return float64(m.values[r*m.stride+c])
}

func gemmHalfTrial[T half.Number](rng *rand.Rand) trial {
	m, n, k := size(rng), size(rng), size(rng)
	if rng.IntN(8) == 0 {
		k = 200 + rng.IntN(400) // more than is widened at once
	}
	tA, tB := draw(rng, blas.NoTrans, blas.Trans, blas.ConjTrans), draw(rng, blas.NoTrans, blas.Trans)
	alpha, beta := draw(rng, float32(1), 0, -1.7), draw(rng, float32(1), 0, 0.3)
	a, b := randomHalves[T](rng, tA, m, k), randomHalves[T](rng, tB, k, n)
	c := randomMatrix[float32](rng, m, n)
	old := c
	old.data = slices.Clone(c.data)
	if beta == 0 {
		c.data = nans[float32](len(c.data))
	}
	return trial{
		name: fmt.Sprintf("%v*%c%c(%d×%d×%d) + %v*C of %T", alpha, tA, tB, m, n, k, beta, T(0)),
		launch: kernels.GemmHalf(tA, tB, alpha, kernels.Dense(a.rows, a.cols, a.stride, a.data),
			kernels.Dense(b.rows, b.cols, b.stride, b.data), beta, c.arg()),
		verify: func() error {
			for i := range m {
				for j := range n {
					var want exact
					for l := 0; l < k && alpha != 0; l++ {
						want.add(float64(alpha), a.op(tA, i, l), b.op(tB, l, j))
					}
					want.add(float64(beta), old.at(i, j))
					if err := within(&want, float32(c.at(i, j)), k+3); err != nil {
						return fmt.Errorf("element (%d, %d): %w", i, j, err)
					}
				}
			}
			if !c.padded() {
				return fmt.Errorf("the padding of c was written")
			}
			return nil
		},
	}
}

func TestGemmHalf(t *testing.T) {
	t.Run("float16", func(t *testing.T) { try(t, 30, gemmHalfTrial[half.Float16]) })
	t.Run("bfloat16", func(t *testing.T) { try(t, 30, gemmHalfTrial[half.BFloat16]) })
}

// TestGemmHalfWidensEveryNumber multiplies each of the 2^16 by one, on every device.
func TestGemmHalfWidensEveryNumber(t *testing.T) {
	t.Run("float16", widensEveryNumber[half.Float16])
	t.Run("bfloat16", widensEveryNumber[half.BFloat16])
}

func widensEveryNumber[T half.Number](t *testing.T) {
	all := make([]T, 1<<16)
	for i := range all {
		all[i] = T(i)
	}
	one := half.Round(make([]T, 1), []float32{1})
	want := half.Widen(make([]float32, len(all)), all)
	for name, r := range runners(t) {
		t.Run(name, func(t *testing.T) {
			got := make([]float32, len(all))
			l := kernels.GemmHalf(blas.NoTrans, blas.NoTrans, 1, kernels.Dense(len(all), 1, 1, all), kernels.Dense(1, 1, 1, one),
				0, kernels.Dense(len(all), 1, 1, got))
			if err := l.Err(); err != nil {
				t.Fatal(err)
			}
			if err := r.run(&l, 0, l.N()); err != nil {
				t.Fatal(err)
			}
			for i := range got {
				// The sum begins with 0, to which -0 adds nothing.
				if !same(got[i], want[i]+0) && !(got[i] == 0 && want[i] == 0) {
					t.Fatalf("%#04x is %v, want %v", i, got[i], want[i])
				}
			}
		})
	}
}

func TestGemmHalfOfResidentBuffers(t *testing.T) {
	a := residency.From(half.Round(make([]half.BFloat16, 4), []float32{1, 2, 3, 4}))
	b := residency.From(half.Round(make([]half.BFloat16, 2), []float32{5, 6}))
	c := residency.New[float32](2)
	l := kernels.GemmHalf(blas.NoTrans, blas.NoTrans, 1, kernels.Resident(2, 2, 2, a), kernels.Resident(2, 1, 1, b), 0, kernels.Resident(2, 1, 1, c))
	if err := l.Err(); err != nil {
		t.Fatal(err)
	}
	if a.Len() != 4 || l.Args()[0].Type() != kernels.Uint16 || l.Args()[0].Type().String() != "uint16" {
		t.Errorf("%d elements of %v", a.Len(), l.Args()[0].Type())
	}
	l.Run(0, 2)
	got := make([]float32, 2)
	if err := c.CopyTo(t.Context(), got); err != nil || got[0] != 17 || got[1] != 39 {
		t.Errorf("got %v, want [17 39]: %v", got, err)
	}
}

func TestGemmHalfRefuses(t *testing.T) {
	a := kernels.Dense(2, 2, 2, make([]half.Float16, 4))
	c := kernels.Dense(2, 2, 2, make([]float32, 4))
	refused(t, kernels.GemmHalf(blas.NoTrans, blas.NoTrans, 1, kernels.Dense(2, 3, 3, make([]half.Float16, 6)), a, 0, c), "b", kernels.ErrShape)
	refused(t, kernels.GemmHalf(blas.NoTrans, blas.NoTrans, 1, a, kernels.Dense[half.Float16](2, 2, 2, nil), 0, c), "b", kernels.ErrNil)
	refused(t, kernels.GemmHalf(blas.NoTrans, 'y', 1, a, a, 0, c), "tB", kernels.ErrShape)
	defer func() {
		if recover() == nil {
			t.Error("a kernel with a scalar of 16 bits was defined")
		}
	}()
	kernels.Define(kernels.Kernel{Name: "narrow", Go: func(*kernels.Call) {}, Scalars: []kernels.Scalar{{Name: "s", Type: kernels.Uint16}}})
}

// TestGemmHalfKeepsNaN has NaN and infinities in A come through.
func TestGemmHalfKeepsNaN(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	a := half.Round(make([]half.Float16, 3), []float32{nan, inf, -1e6})
	one := half.Round(make([]half.Float16, 1), []float32{1})
	for name, r := range runners(t) {
		got := make([]float32, 3)
		l := kernels.GemmHalf(blas.NoTrans, blas.NoTrans, 1, kernels.Dense(3, 1, 1, a), kernels.Dense(1, 1, 1, one), 0, kernels.Dense(3, 1, 1, got))
		if err := r.run(&l, 0, 3); err != nil {
			t.Fatal(err)
		}
		if got[0] == got[0] || got[1] != inf || got[2] != -inf {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
