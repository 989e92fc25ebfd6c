package kmeans

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/internal/kernelgen/differential"
	"github.com/tandem-go/tandem/internal/machines"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
	"github.com/tandem-go/tandem/residency"
)

// clusters are points and centres, with some that are no places and some that are
// twice there.
type clusters[T kernels.Float] struct {
	dims            int
	points, centers []T
	labels          []int32
	distances       []T
}

func draw[T kernels.Float](rng *rand.Rand, n int) *clusters[T] {
	dims, k := 1+rng.IntN(9), rng.IntN([]int{20, 70}[rng.IntN(2)])
	c := &clusters[T]{dims: dims, points: make([]T, n*dims), centers: make([]T, k*dims), labels: make([]int32, n), distances: make([]T, n)}
	for _, x := range [][]T{c.points, c.centers} {
		for i := range x {
			x[i] = T(rng.IntN(16))
			if rng.IntN(50) == 0 {
				x[i] = []T{T(math.NaN()), T(math.Inf(1)), T(math.Inf(-1)), 0}[rng.IntN(4)]
			}
		}
	}
	return c
}

// verify looks for the nearest centres again: coordinates are small whole numbers, so
// distances are exact.
func (c *clusters[T]) verify() error {
	for i, label := range c.labels {
		want, nearest := math.Inf(1), int32(-1)
		for k := range len(c.centers) / c.dims {
			d := 0.0
			for j := range c.dims {
				x := float64(c.points[i*c.dims+j]) - float64(c.centers[k*c.dims+j])
				d += x * x
			}
			if d < want {
				want, nearest = d, int32(k)
			}
		}
		if label != nearest || float64(c.distances[i]) != want {
			return fmt.Errorf("point %d: label %d at %v, want %d at %v", i, label, c.distances[i], nearest, want)
		}
	}
	return nil
}

func launch32(c *clusters[float32]) kernels.Launch {
	return Assign(c.dims, c.points, c.centers, c.labels, c.distances)
}

func launch64(c *clusters[float64]) kernels.Launch {
	return Assign64(c.dims, c.points, c.centers, c.labels, c.distances)
}

func TestAssign(t *testing.T) {
	differential.Each(t, func(t *testing.T, r *kerneltest.Runner) {
		kerneltest.Try(t, r,
			differential.Draw("float32", func(rng *rand.Rand, n int) kerneltest.Trial {
				c := draw[float32](rng, min(n, 70_000))
				return kerneltest.Trial{Launch: launch32(c), Verify: c.verify}
			}),
			differential.Draw("float64", func(rng *rand.Rand, n int) kerneltest.Trial {
				c := draw[float64](rng, min(n, 70_000))
				return kerneltest.Trial{Launch: launch64(c), Verify: c.verify}
			}),
		)
	})
}

// TestOnSchedulers assigns slices and resident points.
func TestOnSchedulers(t *testing.T) {
	seed := kerneltest.Seed(t)
	machines.Each(t, func(t *testing.T, s *hybrid.Scheduler, opts ...hybrid.LaunchOption) {
		c := draw[float32](rand.New(rand.NewPCG(seed, 1)), 10_007)
		if err := s.Launch(t.Context(), launch32(c), opts...); err != nil {
			t.Fatal(err)
		}
		if err := c.verify(); err != nil {
			t.Error(err)
		}
		points, labels, distances := residency.From(c.points), residency.New[int32](len(c.labels)), residency.New[float32](len(c.labels))
		if err := s.Launch(t.Context(), Assign(c.dims, points, c.centers, labels, distances), opts...); err != nil {
			t.Fatal(err)
		}
		got := make([]int32, len(c.labels))
		if err := labels.CopyTo(t.Context(), got); err != nil {
			t.Fatal(err)
		}
		if err := differential.Same("the resident labels", got, c.labels); err != nil {
			t.Error(err)
		}
	})
}

// TestMistakes: the constructor names the argument that has too few elements.
func TestMistakes(t *testing.T) {
	labels, distances := make([]int32, 10), make([]float32, 10)
	for name, l := range map[string]kernels.Launch{
		"centers":   Assign(3, make([]float32, 30), make([]float32, 7), labels, distances),
		"points":    Assign(3, make([]float32, 29), make([]float32, 6), labels, distances),
		"distances": Assign(3, make([]float32, 30), make([]float32, 6), labels, distances[:9]),
	} {
		err := l.Err()
		var mistake *kernels.ArgumentError
		if !errors.As(err, &mistake) || mistake.Arg != name {
			t.Errorf("%v, want a mistake of %s", err, name)
		}
	}
}
