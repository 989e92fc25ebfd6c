package kernels_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/tandem-go/tandem/kernels"
)

func stencilTrial[T kernels.Float](rng *rand.Rand) trial {
	return stencilTrialOf[T](rng, size(rng), size(rng))
}

func stencilTrialOf[T kernels.Float](rng *rand.Rand, rows, cols int) trial {
	src, dst := randomMatrix[T](rng, rows, cols), randomMatrix[T](rng, rows, cols)
	copy(dst.data, nans[T](len(dst.data)))
	k := T(rng.Float64() / 4)
	return trial{
		name:   fmt.Sprintf("stencil of %d×%d in %T", rows, cols, k),
		launch: kernels.Stencil5(k, src.arg(), dst.arg()),
		verify: func() error {
			for r := range rows {
				for c := range cols {
					got := dst.data[r*dst.stride+c]
					if r == 0 || c == 0 || r == rows-1 || c == cols-1 {
						if !same(got, src.data[r*src.stride+c]) {
							return fmt.Errorf("border (%d, %d): got %v, want %v", r, c, got, src.at(r, c))
						}
						continue
					}
					var want exact
					want.add(src.at(r, c))
					want.add(float64(k), -4, src.at(r, c))
					for _, v := range []float64{src.at(r-1, c), src.at(r+1, c), src.at(r, c-1), src.at(r, c+1)} {
						want.add(float64(k), v)
					}
					if err := within(&want, got, 5); err != nil {
						return fmt.Errorf("(%d, %d): %w", r, c, err)
					}
				}
			}
			if !dst.padded() {
				return fmt.Errorf("the padding of dst was written")
			}
			return nil
		},
	}
}

func TestStencil5(t *testing.T) {
	t.Run("float32", func(t *testing.T) { try(t, 60, stencilTrial[float32]) })
	t.Run("float64", func(t *testing.T) { try(t, 60, stencilTrial[float64]) })
}

// TestStencil5WideGrids has more columns than a work-group computes.
func TestStencil5WideGrids(t *testing.T) {
	wide := func(rng *rand.Rand) int { return draw(rng, 255, 256, 257, 511, 512, 513, 700+rng.IntN(100)) }
	t.Run("float32", func(t *testing.T) {
		try(t, 10, func(rng *rand.Rand) trial { return stencilTrialOf[float32](rng, 1+rng.IntN(20), wide(rng)) })
	})
	t.Run("float64", func(t *testing.T) {
		try(t, 10, func(rng *rand.Rand) trial { return stencilTrialOf[float64](rng, 1+rng.IntN(20), wide(rng)) })
	})
}

func TestStencil5RoundsAlikeEverywhere(t *testing.T) {
	rng := seeded(t)
	src, want := randomMatrix[float32](rng, 67, 130), make([]float32, 67*130)
	l := kernels.Stencil5(0.21, src.arg(), kernels.Dense(67, 130, 130, want))
	l.Run(0, l.N())
	for name, r := range runners(t) {
		got := make([]float32, len(want))
		l := kernels.Stencil5(0.21, src.arg(), kernels.Dense(67, 130, 130, got))
		if err := r.run(&l, 0, l.N()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i := range want {
			if !same(got[i], want[i]) {
				t.Fatalf("%s: element %d is %v, inline %v", name, i, got[i], want[i])
			}
		}
	}
}

func TestStencil5Refuses(t *testing.T) {
	grid := func(rows int) kernels.Matrix[float32] { return kernels.Dense(rows, 2, 2, make([]float32, 2*rows)) }
	a := grid(3)
	refused(t, kernels.Stencil5(0.1, a, grid(2)), "dst", kernels.ErrShape)
	refused(t, kernels.Stencil5(0.1, a, a), "dst", kernels.ErrOverlap)
	refused(t, kernels.Stencil5(0.1, kernels.Dense[float32](3, 2, 2, nil), a), "src", kernels.ErrNil)
}
