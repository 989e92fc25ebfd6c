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

func symvTrial[T kernels.Float](rng *rand.Rand) trial { return symvTrialOf[T](rng, size(rng)) }

// symvTrialOf has NaN in the triangle that is not stored.
func symvTrialOf[T kernels.Float](rng *rand.Rand, n int) trial {
	ul := draw(rng, blas.Upper, blas.Lower)
	alpha, beta := draw(rng, T(1), 0, -1.7), draw(rng, T(1), 0, 0.3)
	a, x, y := randomMatrix[T](rng, n, n), numbers[T](rng, n), numbers[T](rng, n)
	for r := range n {
		for c := range r {
			if ul == blas.Upper {
				a.data[r*a.stride+c] = T(math.NaN())
			} else {
				a.data[c*a.stride+r] = T(math.NaN())
			}
		}
	}
	stored := func(r, c int) float64 {
		if (r <= c) == (ul == blas.Upper) {
			return a.at(r, c)
		}
		return a.at(c, r)
	}
	old := slices.Clone(y)
	if alpha == 0 {
		a.data, x = nans[T](len(a.data)), nans[T](n)
	}
	if beta == 0 {
		y = nans[T](n)
	}
	return trial{
		name:   fmt.Sprintf("%v*A(%c, %d)*x + %v*y in %T", alpha, ul, n, beta, alpha),
		launch: kernels.Symv(ul, alpha, a.arg(), x, beta, y),
		verify: func() error {
			for i := range y {
				var want exact
				for l := 0; l < n && alpha != 0; l++ {
					v := stored(i, l)
					if i == l {
						v = a.at(i, i)
					}
					want.add(float64(alpha), v, float64(x[l]))
				}
				want.add(float64(beta), float64(old[i]))
				if err := within(&want, y[i], n+3); err != nil {
					return fmt.Errorf("element %d: %w", i, err)
				}
			}
			return nil
		},
	}
}

func TestSymv(t *testing.T) {
	t.Run("float32", func(t *testing.T) { try(t, 200, symvTrial[float32]) })
	t.Run("float64", func(t *testing.T) { try(t, 200, symvTrial[float64]) })
}

// TestSymvOfManyTiles has groups whose tiles come round at different turns.
func TestSymvOfManyTiles(t *testing.T) {
	try(t, 2, func(rng *rand.Rand) trial { return symvTrialOf[float64](rng, 290+rng.IntN(64)) })
}

// TestSymvKeepsInfinities: what is not stored is not multiplied by an infinity in x.
func TestSymvKeepsInfinities(t *testing.T) {
	inf := math.Inf(1)
	a := []float64{2, 0, math.NaN(), 1}
	for name, r := range runners(t) {
		y := []float64{7, 7}
		l := kernels.Symv(blas.Upper, 1, kernels.Dense(2, 2, 2, a), []float64{inf, 1}, 0, y)
		if err := r.run(&l, 0, l.N()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if y[0] != inf || y[1] == y[1] { // 0 times an infinity, which is stored
			t.Errorf("%s: y is %v, want [+Inf NaN]", name, y)
		}
	}
}

func TestSymvRefuses(t *testing.T) {
	a := kernels.Dense(3, 3, 3, make([]float32, 9))
	two, three, more := make([]float32, 2), make([]float32, 3), make([]float32, 3)
	refused(t, kernels.Symv(blas.Upper, 1, a, two, 0, three), "x", kernels.ErrShape)
	refused(t, kernels.Symv(blas.Upper, 1, a, three, 0, two), "y", kernels.ErrShape)
	refused(t, kernels.Symv('x', 1, a, three, 0, more), "ul", kernels.ErrShape)
	refused(t, kernels.Symv(blas.Lower, 1, kernels.Dense(3, 2, 2, make([]float32, 6)), three, 0, more), "a", kernels.ErrShape)
	refused(t, kernels.Symv(blas.Lower, 1, kernels.Dense(3, 3, 3, two), three, 0, more), "a", kernels.ErrShape)
	refused(t, kernels.Symv(blas.Lower, 1, a, three, 0, three), "y", kernels.ErrOverlap)
}
