package kernels_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/kernels"
)

func gemvTrial[T kernels.Float](rng *rand.Rand) trial {
	return gemvTrialOf[T](rng, size(rng), size(rng))
}

func gemvTrialOf[T kernels.Float](rng *rand.Rand, n, k int) trial {
	tA := draw(rng, blas.NoTrans, blas.Trans)
	alpha, beta := draw(rng, T(1), 0, -1.7), draw(rng, T(1), 0, 0.3)
	a, x, y := randomOp[T](rng, tA, n, k), numbers[T](rng, k), numbers[T](rng, n)
	old := slices.Clone(y)
	if alpha == 0 {
		a.data, x = nans[T](len(a.data)), nans[T](k)
	}
	if beta == 0 && k > 0 {
		y = nans[T](n)
	}
	return trial{
		name:   fmt.Sprintf("%v*%c(%d×%d)*x + %v*y in %T", alpha, tA, n, k, beta, alpha),
		launch: kernels.Gemv(tA, alpha, a.arg(), x, beta, y),
		verify: func() error {
			for i := range y {
				if k == 0 {
					if !same(y[i], old[i]) {
						return fmt.Errorf("element %d was written", i)
					}
					continue
				}
				var want exact
				for l := 0; l < k && alpha != 0; l++ {
					want.add(float64(alpha), op(tA, a, i, l), float64(x[l]))
				}
				want.add(float64(beta), float64(old[i]))
				if err := within(&want, y[i], k+3); err != nil {
					return fmt.Errorf("element %d: %w", i, err)
				}
			}
			return nil
		},
	}
}

func TestGemv(t *testing.T) {
	t.Run("float32", func(t *testing.T) { try(t, 200, gemvTrial[float32]) })
	t.Run("float64", func(t *testing.T) { try(t, 200, gemvTrial[float64]) })
}

func TestGemvOfGreatDepth(t *testing.T) {
	try(t, 2, func(rng *rand.Rand) trial { return gemvTrialOf[float64](rng, 3, 100_000) })
}

func TestGemvKeepsNaN(t *testing.T) {
	nan := float32(math.NaN())
	for _, tA := range []blas.Transpose{blas.NoTrans, blas.Trans} {
		y := []float32{nan, 1}
		l := kernels.Gemv(tA, 1, kernels.Dense(2, 2, 2, []float32{1, 1, 1, 1}), []float32{1, 2}, 0.5, y)
		l.Run(0, 2)
		if y[0] == y[0] || y[1] != 3.5 {
			t.Errorf("%c: y is %v, want [NaN 3.5]", tA, y)
		}
	}
}

func TestGemvRefuses(t *testing.T) {
	a := kernels.Dense(2, 3, 3, make([]float32, 6))
	two, three := make([]float32, 2), make([]float32, 3)
	refused(t, kernels.Gemv(blas.NoTrans, 1, a, two, 0, two), "x", kernels.ErrShape)
	refused(t, kernels.Gemv(blas.NoTrans, 1, a, three, 0, three), "y", kernels.ErrShape)
	refused(t, kernels.Gemv(blas.Trans, 1, a, three, 0, three), "x", kernels.ErrShape)
	refused(t, kernels.Gemv('x', 1, a, three, 0, two), "tA", kernels.ErrShape)
	refused(t, kernels.Gemv(blas.NoTrans, 1, kernels.Dense(2, 3, 2, two), three, 0, two), "a", kernels.ErrShape)
	refused(t, kernels.Gemv(blas.NoTrans, 1, a, []float32(nil), 0, two), "x", kernels.ErrShape)
	refused(t, kernels.Gemv(blas.NoTrans, 1, a, three, 0, three[:2]), "y", kernels.ErrOverlap)
}
