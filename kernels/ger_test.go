package kernels_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tandem-go/tandem/kernels"
)

func gerTrial[T kernels.Float](rng *rand.Rand) trial {
	m, n := size(rng), draw(rng, size(rng), 255, 257+rng.IntN(300))
	alpha := draw(rng, T(1), 0, -1.7)
	x, y, a := numbers[T](rng, m), numbers[T](rng, n), randomMatrix[T](rng, m, n)
	old := slices.Clone(a.data)
	if alpha == 0 {
		x, y = nans[T](m), nans[T](n)
	}
	return trial{
		name:   fmt.Sprintf("A(%d×%d) + %v*x*y in %T", m, n, alpha, alpha),
		launch: kernels.Ger(alpha, x, y, a.arg()),
		verify: func() error {
			for r := range m {
				for c := range n {
					got, want := a.data[r*a.stride+c], old[r*a.stride+c]
					if alpha != 0 {
						//nolint:unconvert // the conversion keeps the product from being fused
						want += T(alpha * x[r] * y[c])
					}
					if !same(got, want) {
						return fmt.Errorf("element (%d, %d): got %v, want %v", r, c, got, want)
					}
				}
			}
			if !a.padded() {
				return fmt.Errorf("the padding was written")
			}
			return nil
		},
	}
}

func TestGer(t *testing.T) {
	t.Run("float32", func(t *testing.T) { try(t, 100, gerTrial[float32]) })
	t.Run("float64", func(t *testing.T) { try(t, 100, gerTrial[float64]) })
}

func TestGerRefuses(t *testing.T) {
	a := kernels.Dense(2, 3, 3, make([]float32, 6))
	two, three := make([]float32, 2), make([]float32, 3)
	refused(t, kernels.Ger(1, three, three, a), "x", kernels.ErrShape)
	refused(t, kernels.Ger(1, two, two, a), "y", kernels.ErrShape)
	refused(t, kernels.Ger(1, two, three, kernels.Dense(2, 3, 2, two)), "a", kernels.ErrShape)
	all := make([]float32, 6)
	refused(t, kernels.Ger(1, two, all[:3], kernels.Dense(2, 3, 3, all)), "a", kernels.ErrOverlap)
	refused(t, kernels.Ger(1, all[:2], three, kernels.Dense(2, 3, 3, all)), "a", kernels.ErrOverlap)
}
