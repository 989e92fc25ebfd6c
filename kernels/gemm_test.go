package kernels_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/residency"
)

// host is a matrix with its memory at hand.
type hostMatrix[T kernels.Float] struct {
	rows, cols, stride int
	data               []T
}

// randomMatrix has a random stride and NaN as its padding.
func randomMatrix[T kernels.Float](rng *rand.Rand, rows, cols int) hostMatrix[T] {
	m := hostMatrix[T]{rows: rows, cols: cols, stride: max(1, cols+rng.IntN(4))}
	m.data = nans[T](rows * m.stride)
	for r := range rows {
		copy(m.data[r*m.stride:], numbers[T](rng, cols))
	}
	return m
}

func (m hostMatrix[T]) arg() kernels.Matrix[T] {
	return kernels.Dense(m.rows, m.cols, m.stride, m.data)
}

func (m hostMatrix[T]) at(r, c int) float64 { return float64(m.data[r*m.stride+c]) }

// padded reports whether the padding is what it was.
func (m hostMatrix[T]) padded() bool {
	for i, v := range m.data {
		if i%m.stride >= m.cols && v == v {
			return false
		}
	}
	return true
}

func op[T kernels.Float](tr blas.Transpose, m hostMatrix[T], r, c int) float64 {
	if tr == blas.NoTrans {
		return m.at(r, c)
	}
	return m.at(c, r)
}

func randomOp[T kernels.Float](rng *rand.Rand, tr blas.Transpose, rows, cols int) hostMatrix[T] {
	if tr == blas.NoTrans {
		return randomMatrix[T](rng, rows, cols)
	}
	return randomMatrix[T](rng, cols, rows)
}

func gemmTrial[T kernels.Float](rng *rand.Rand) trial {
	return gemmTrialOf[T](rng, size(rng), size(rng), size(rng))
}

func gemmTrialOf[T kernels.Float](rng *rand.Rand, m, n, k int) trial {
	tA, tB := draw(rng, blas.NoTrans, blas.Trans, blas.ConjTrans), draw(rng, blas.NoTrans, blas.Trans)
	alpha, beta := draw(rng, T(1), 0, -1.7), draw(rng, T(1), 0, 0.3)
	a, b := randomOp[T](rng, tA, m, k), randomOp[T](rng, tB, k, n)
	c := randomMatrix[T](rng, m, n)
	old := c
	old.data = slices.Clone(c.data)
	if alpha == 0 {
		a.data, b.data = nans[T](len(a.data)), nans[T](len(b.data))
	}
	if beta == 0 {
		c.data = nans[T](len(c.data))
	}
	return trial{
		name:   fmt.Sprintf("%v*%c%c(%d×%d×%d) + %v*C in %T", alpha, tA, tB, m, n, k, beta, alpha),
		launch: kernels.Gemm(tA, tB, alpha, a.arg(), b.arg(), beta, c.arg()),
		verify: func() error {
			for i := range m {
				for j := range n {
					var want exact
					for l := 0; l < k && alpha != 0; l++ {
						want.add(float64(alpha), op(tA, a, i, l), op(tB, b, l, j))
					}
					want.add(float64(beta), old.at(i, j))
					if err := within(&want, T(c.at(i, j)), k+3); err != nil {
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

func TestGemm(t *testing.T) {
	t.Run("float32", func(t *testing.T) { try(t, 40, gemmTrial[float32]) })
	t.Run("float64", func(t *testing.T) { try(t, 40, gemmTrial[float64]) })
}

// TestGemmOfGreatDepth has more products in an element than the loops of an
// invocation may turn on some drivers.
func TestGemmOfGreatDepth(t *testing.T) {
	try(t, 2, func(rng *rand.Rand) trial {
		return gemmTrialOf[float32](rng, 3, 2, draw(rng, 20_000, 70_000))
	})
	one := kernels.Dense(1<<20, 1, 1, make([]float32, 1<<20))
	l := kernels.Gemm(blas.Trans, blas.NoTrans, 1, one, one, 0, kernels.Dense(1, 1, 1, []float32{0}))
	caps := device.Caps{
		Language: device.GLSL, Float64: true, MaxGroups: [3]int{1 << 16, 1 << 16, 1 << 16},
		MaxGroupSize: 1024, SharedMemory: 32 << 10,
	}
	if err := l.Runnable(caps, 1); err != nil {
		t.Errorf("without a limit: %v", err)
	}
	caps.MaxIterations = 1 << 16
	if err := l.Runnable(caps, 1); !errors.Is(err, device.ErrUnsupported) {
		t.Errorf("2^20 products where loops turn 2^16 times: %v, want a refusal", err)
	}
}

func TestGemmOfResidentBuffersAndGonumsMatrices(t *testing.T) {
	a := blas64.General{Rows: 2, Cols: 2, Stride: 2, Data: []float64{1, 2, 3, 4}}
	b := blas64.General{Rows: 2, Cols: 1, Stride: 1, Data: []float64{5, 6}}
	c := residency.New[float64](2)
	l := kernels.Gemm(blas.NoTrans, blas.NoTrans, 1, kernels.General64(a), kernels.General64(b), 0, kernels.Resident(2, 1, 1, c))
	if err := l.Err(); err != nil {
		t.Fatal(err)
	}
	if l.Args()[2].Memory() == nil {
		t.Error("the buffer is taken for a slice")
	}
	l.Run(0, 2)
	got := make([]float64, 2)
	if err := c.CopyTo(t.Context(), got); err != nil {
		t.Fatal(err)
	}
	if got[0] != 17 || got[1] != 39 {
		t.Errorf("got %v, want [17 39]", got)
	}

	g := blas32.General{Rows: 1, Cols: 1, Stride: 1, Data: []float32{3}}
	l = kernels.Gemm(blas.NoTrans, blas.NoTrans, 2, kernels.General32(g), kernels.Dense(1, 1, 1, []float32{4}), 1, kernels.Dense(1, 1, 1, g.Data[:1:1]))
	refused(t, l, "c", kernels.ErrOverlap)
}

// TestGemmKeepsNaN compares with gonum where NaN stands in C or in A.
func TestGemmKeepsNaN(t *testing.T) {
	nan := math.NaN()
	for _, beta := range []float64{1, 0} {
		a, b, c := []float64{nan, 1}, []float64{1, 1}, []float64{1, nan, 1, nan}
		want := slices.Clone(c)
		blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, blas64.General{Rows: 2, Cols: 1, Stride: 1, Data: a},
			blas64.General{Rows: 1, Cols: 2, Stride: 2, Data: b}, beta, blas64.General{Rows: 2, Cols: 2, Stride: 2, Data: want})
		l := kernels.Gemm(blas.NoTrans, blas.NoTrans, 1, kernels.Dense(2, 1, 1, a), kernels.Dense(1, 2, 2, b), beta, kernels.Dense(2, 2, 2, c))
		l.Run(0, 2)
		for i := range c {
			if !same(c[i], want[i]) {
				t.Errorf("beta %v: element %d is %v, gonum has %v", beta, i, c[i], want[i])
			}
		}
	}
}

func TestGemmAccess(t *testing.T) {
	x := kernels.Dense(1, 1, 1, []float32{1})
	for beta, access := range map[float32]kernels.Access{0: kernels.Out, 2: kernels.InOut} {
		l := kernels.Gemm(blas.NoTrans, blas.NoTrans, 1, x, x, beta, kernels.Dense(1, 1, 1, []float32{1}))
		if got := l.Access(2); got != access {
			t.Errorf("beta %v: access %v, want %v", beta, got, access)
		}
	}
	l := kernels.Gemm(blas.NoTrans, blas.NoTrans, 0, x, x, 1, kernels.Dense(1, 1, 1, []float32{1}))
	for k := range 2 {
		if n := l.Args()[k].Len(); n != 0 {
			t.Errorf("alpha 0: %d elements of argument %d are moved", n, k)
		}
	}
}

func TestGemmRefuses(t *testing.T) {
	ok := func() kernels.Matrix[float64] { return kernels.Dense(2, 2, 2, make([]float64, 4)) }
	product := func(a, b, c kernels.Matrix[float64]) kernels.Launch {
		return kernels.Gemm(blas.NoTrans, blas.Trans, 1, a, b, 0, c)
	}
	refused(t, product(kernels.Dense(3, 2, 2, make([]float64, 6)), ok(), ok()), "a", kernels.ErrShape)
	refused(t, product(ok(), kernels.Dense(2, 3, 3, make([]float64, 6)), ok()), "b", kernels.ErrShape)
	refused(t, product(ok(), ok(), kernels.Dense(2, 2, 1, make([]float64, 4))), "c", kernels.ErrShape)
	refused(t, product(ok(), ok(), kernels.Dense(2, 2, 3, make([]float64, 4))), "c", kernels.ErrShape)
	refused(t, product(ok(), ok(), kernels.Dense(-1, 2, 2, make([]float64, 4))), "c", kernels.ErrShape)
	refused(t, product(ok(), ok(), kernels.Dense(math.MaxInt, 2, math.MaxInt, make([]float64, 4))), "c", kernels.ErrShape)
	refused(t, product(ok(), kernels.Dense[float64](2, 2, 2, nil), ok()), "b", kernels.ErrNil)
	refused(t, product(ok(), kernels.Resident[float64](2, 2, 2, nil), ok()), "b", kernels.ErrNil)
	refused(t, product(ok(), ok(), kernels.Matrix[float64]{}), "c", kernels.ErrShape)
	refused(t, kernels.Gemm('x', blas.NoTrans, 1, ok(), ok(), 0, ok()), "tA", kernels.ErrShape)
	refused(t, kernels.Gemm(blas.NoTrans, 'y', 1, ok(), ok(), 0, ok()), "tB", kernels.ErrShape)
	a := ok()
	refused(t, product(a, ok(), a), "c", kernels.ErrOverlap)
}
