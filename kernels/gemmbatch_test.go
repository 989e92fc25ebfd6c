package kernels_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/residency"
)

// batch is matrices of one shape in one memory.
type batch[T kernels.Float] struct {
	rows, cols, stride, apart int
	data                      []T
}

// randomBatch has NaN wherever no element is. What is shared is one matrix for all.
func randomBatch[T kernels.Float](rng *rand.Rand, rows, cols, count int, shared bool) batch[T] {
	b := batch[T]{rows: rows, cols: cols, stride: max(1, cols+rng.IntN(3))}
	extent := max(0, (rows-1)*b.stride+cols)
	if !shared {
		b.apart = extent + rng.IntN(5)
	}
	b.data = nans[T](max(0, count-1)*b.apart + rows*b.stride + 1)
	for i := range count {
		for r := range rows {
			copy(b.data[i*b.apart+r*b.stride:], numbers[T](rng, cols))
		}
		if shared {
			break
		}
	}
	return b
}

func (b batch[T]) arg() kernels.Batch[T] {
	return kernels.Batch[T]{Matrix: kernels.Dense(b.rows, b.cols, b.stride, b.data), Apart: b.apart}
}

func (b batch[T]) op(tr blas.Transpose, i, r, c int) float64 {
	if tr != blas.NoTrans {
		r, c = c, r
	}
	return float64(b.data[i*b.apart+r*b.stride+c])
}

// holds reports whether place at is an element of one of the matrices.
func (b batch[T]) holds(at, count int) bool {
	if b.apart == 0 {
		return count > 0 && at/b.stride < b.rows && at%b.stride < b.cols
	}
	i := min(at/b.apart, count-1)
	at -= i * b.apart
	return i >= 0 && at/b.stride < b.rows && at%b.stride < b.cols
}

func gemmBatchTrial[T kernels.Float](rng *rand.Rand) trial {
	m, n, k, count := size(rng), size(rng), size(rng), draw(rng, 0, 1, 2, 3, 1+rng.IntN(10))
	if rng.IntN(4) == 0 {
		m, n, k, count = 1+rng.IntN(5), 1+rng.IntN(5), 1+rng.IntN(5), 1+rng.IntN(200)
	}
	tA, tB := draw(rng, blas.NoTrans, blas.Trans, blas.ConjTrans), draw(rng, blas.NoTrans, blas.Trans)
	alpha, beta := draw(rng, T(1), 0, -1.7), draw(rng, T(1), 0, 0.3)
	shape := func(tr blas.Transpose, rows, cols int) (int, int) {
		if tr != blas.NoTrans {
			return cols, rows
		}
		return rows, cols
	}
	rows, cols := shape(tA, m, k)
	a := randomBatch[T](rng, rows, cols, count, rng.IntN(4) == 0)
	rows, cols = shape(tB, k, n)
	b := randomBatch[T](rng, rows, cols, count, rng.IntN(4) == 0)
	c := randomBatch[T](rng, m, n, count, count == 1 && rng.IntN(2) == 0)
	if alpha == 0 {
		a.data, b.data = nans[T](len(a.data)), nans[T](len(b.data))
	}
	old := c
	old.data = slices.Clone(c.data)
	if beta == 0 {
		c.data = nans[T](len(c.data))
	}
	return trial{
		name:   fmt.Sprintf("%d of %v*%c%c(%d×%d×%d) + %v*C in %T", count, alpha, tA, tB, m, n, k, beta, alpha),
		launch: kernels.GemmBatch(tA, tB, alpha, a.arg(), b.arg(), beta, c.arg(), count),
		verify: func() error {
			for i := range count {
				for r := range m {
					for s := range n {
						var want exact
						for l := 0; l < k && alpha != 0; l++ {
							want.add(float64(alpha), a.op(tA, i, r, l), b.op(tB, i, l, s))
						}
						want.add(float64(beta), old.op(blas.NoTrans, i, r, s))
						if err := within(&want, T(c.op(blas.NoTrans, i, r, s)), k+3); err != nil {
							return fmt.Errorf("element (%d, %d) of product %d: %w", r, s, i, err)
						}
					}
				}
			}
			for at, v := range c.data {
				if v == v && !c.holds(at, count) {
					return fmt.Errorf("place %d of c, which is no element, was written", at)
				}
			}
			return nil
		},
	}
}

func TestGemmBatch(t *testing.T) {
	t.Run("float32", func(t *testing.T) { try(t, 40, gemmBatchTrial[float32]) })
	t.Run("float64", func(t *testing.T) { try(t, 40, gemmBatchTrial[float64]) })
}

func TestGemmBatchAccess(t *testing.T) {
	x := kernels.Batch[float32]{Matrix: kernels.Dense(2, 2, 2, make([]float32, 8)), Apart: 4}
	wide := kernels.Batch[float32]{Matrix: kernels.Dense(2, 2, 3, make([]float32, 10)), Apart: 5}
	for _, c := range []struct {
		beta float32
		to   kernels.Batch[float32]
		want kernels.Access
	}{{0, x, kernels.Out}, {1, x, kernels.InOut}, {0, wide, kernels.InOut}} {
		to := c.to
		to.Matrix = kernels.Dense(2, 2, to.Stride, make([]float32, 10))
		l := kernels.GemmBatch(blas.NoTrans, blas.NoTrans, 1, x, x, c.beta, to, 2)
		if err := l.Err(); err != nil || l.Access(2) != c.want || l.N() != 2 {
			t.Errorf("beta %v, %d apart: access %v, want %v; %v", c.beta, to.Apart, l.Access(2), c.want, err)
		}
	}
}

func TestGemmBatchOfResidentBuffers(t *testing.T) {
	a, b, c := residency.From([]float64{1, 2, 3}), residency.From([]float64{10}), residency.New[float64](3)
	one := func(m *residency.Buffer[float64], apart int) kernels.Batch[float64] {
		return kernels.Batch[float64]{Matrix: kernels.Resident(1, 1, 1, m), Apart: apart}
	}
	l := kernels.GemmBatch(blas.NoTrans, blas.Trans, 1, one(a, 1), one(b, 0), 0, one(c, 1), 3)
	if err := l.Err(); err != nil {
		t.Fatal(err)
	}
	l.Run(0, 3)
	got := make([]float64, 3)
	if err := c.CopyTo(t.Context(), got); err != nil || !slices.Equal(got, []float64{10, 20, 30}) {
		t.Errorf("got %v, want [10 20 30]: %v", got, err)
	}
}

func TestGemmBatchRefuses(t *testing.T) {
	of := func(n, apart int) kernels.Batch[float64] {
		return kernels.Batch[float64]{Matrix: kernels.Dense(2, 2, 2, make([]float64, n)), Apart: apart}
	}
	batch := func(a, b, c kernels.Batch[float64], count int) kernels.Launch {
		return kernels.GemmBatch(blas.NoTrans, blas.NoTrans, 1, a, b, 0, c, count)
	}
	refused(t, batch(of(4, 0), of(4, 0), of(8, 4), -1), "n", kernels.ErrShape)
	refused(t, batch(of(7, 4), of(4, 0), of(8, 4), 2), "a", kernels.ErrShape)
	refused(t, batch(of(4, 0), of(8, -1), of(8, 4), 2), "b", kernels.ErrShape)
	refused(t, batch(of(4, 0), of(4, 0), of(8, 5), 2), "c", kernels.ErrShape)
	refused(t, batch(of(4, 0), of(4, 0), of(8, 3), 2), "c", kernels.ErrOverlap)
	refused(t, batch(of(4, 0), of(4, 0), of(8, 0), 2), "c", kernels.ErrOverlap)
	refused(t, batch(of(4, 0), of(4, math.MaxInt), of(8, 4), 2), "b", kernels.ErrShape)
	wide := kernels.Batch[float64]{Matrix: kernels.Dense(2, 3, 3, make([]float64, 6))}
	refused(t, batch(wide, of(4, 0), of(8, 4), 2), "b", kernels.ErrShape)
	refused(t, kernels.GemmBatch('x', blas.NoTrans, 1, of(4, 0), of(4, 0), 0, of(8, 4), 2), "tA", kernels.ErrShape)
	c := of(8, 4)
	refused(t, batch(of(4, 0), c, c, 2), "c", kernels.ErrOverlap)
	nothing := batch(of(0, 0), of(0, 0), of(0, 0), 0)
	if err := nothing.Err(); err != nil || nothing.N() != 0 {
		t.Errorf("no products are %d indices: %v", nothing.N(), err)
	}
}
