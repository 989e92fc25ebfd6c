package kernels_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/tandem-go/tandem/kernels"
)

func convolutionTrial[T kernels.Float](rng *rand.Rand) trial {
	channels, radius := draw(rng, 1, 1, 3, 4, 6), draw(rng, 0, 1, 2, 5, 40)
	return convolutionTrialOf[T](rng, draw(rng, true, false), channels, radius, size(rng), size(rng))
}

// convolutionTrialOf has rows of so many pixels.
func convolutionTrialOf[T kernels.Float](rng *rand.Rand, alongRows bool, channels, radius, rows, pixels int) trial {
	cols := pixels * channels
	weights := numbers[T](rng, 2*radius+1)
	src, dst := randomMatrix[T](rng, rows, cols), randomMatrix[T](rng, rows, cols)
	copy(dst.data, nans[T](len(dst.data)))
	tr := trial{
		name: fmt.Sprintf("%d weights, %d×%d of %d channels, rows %t, %T", len(weights), rows, cols, channels, alongRows, weights),
		verify: func() error {
			for r := range rows {
				for c := range cols {
					var want exact
					for t, w := range weights {
						at := src.at(min(max(0, r+t-radius), rows-1), c)
						if alongRows {
							p := min(max(0, c/channels+t-radius), cols/channels-1)
							at = src.at(r, p*channels+c%channels)
						}
						want.add(float64(w), at)
					}
					if err := within(&want, dst.data[r*dst.stride+c], 2*radius+2); err != nil {
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
	if alongRows {
		tr.launch = kernels.ConvolveRows(weights, channels, src.arg(), dst.arg())
	} else {
		tr.launch = kernels.ConvolveCols(weights, channels, src.arg(), dst.arg())
	}
	return tr
}

func TestConvolve(t *testing.T) {
	t.Run("float32", func(t *testing.T) { try(t, 60, convolutionTrial[float32]) })
	t.Run("float64", func(t *testing.T) { try(t, 60, convolutionTrial[float64]) })
}

// TestConvolveWideImages has more columns than a work-group computes, and in
// pictures of several channels filters that reach far beyond it.
func TestConvolveWideImages(t *testing.T) {
	try(t, 10, func(rng *rand.Rand) trial {
		rows, pixels := 1+rng.IntN(3), 200+rng.IntN(1500)
		return convolutionTrialOf[float32](rng, draw(rng, true, false), draw(rng, 1, 2, 4, 5), draw(rng, 1, 3, 33, 100), rows, pixels)
	})
}

func TestConvolveInLongRows(t *testing.T) {
	// Longer than the span that the Go variant works on at once.
	src, dst := make([]float32, 2*5000), make([]float32, 2*5000)
	for i := range src {
		src[i] = float32(i % 5000)
	}
	w := []float32{0, 0, 1}
	l := kernels.ConvolveRows(w, 1, kernels.Dense(2, 5000, 5000, src), kernels.Dense(2, 5000, 5000, dst))
	l.Run(0, 2)
	for i, v := range dst {
		if want := float32(min(i%5000+1, 4999)); v != want {
			t.Fatalf("element %d is %v, want %v", i, v, want)
		}
	}
	l = kernels.ConvolveCols(w, 1, kernels.Dense(2, 5000, 5000, src), kernels.Dense(2, 5000, 5000, dst))
	l.Run(0, 2)
	for i, v := range dst {
		if want := src[i%5000+5000]; v != want {
			t.Fatalf("element %d is %v, want %v", i, v, want)
		}
	}
}

func TestConvolveRefuses(t *testing.T) {
	image := func(cols int) kernels.Matrix[float32] { return kernels.Dense(2, cols, cols, make([]float32, 2*cols)) }
	w := []float32{1, 2, 1}
	a := image(6)
	refused(t, kernels.ConvolveRows(w[:2], 1, a, image(6)), "weights", kernels.ErrShape)
	refused(t, kernels.ConvolveRows([]float32(nil), 1, a, image(6)), "weights", kernels.ErrNil)
	refused(t, kernels.ConvolveRows([]float32{}, 1, a, image(6)), "weights", kernels.ErrShape)
	refused(t, kernels.ConvolveRows(w, 4, a, image(6)), "channels", kernels.ErrShape)
	refused(t, kernels.ConvolveRows(w, 0, a, image(6)), "channels", kernels.ErrShape)
	refused(t, kernels.ConvolveCols(w, 1, a, image(3)), "dst", kernels.ErrShape)
	refused(t, kernels.ConvolveCols(w, 1, a, a), "dst", kernels.ErrOverlap)
	refused(t, kernels.ConvolveRows(w, 1, a, a), "dst", kernels.ErrOverlap)
}
