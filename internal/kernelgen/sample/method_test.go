package sample

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tandem-go/tandem/internal/kernelgen/differential"
	"github.com/tandem-go/tandem/internal/kernelgen/sample/geometry"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// TestMethods compares kernels that call methods with the functions.
func TestMethods(t *testing.T) {
	differential.Each(t, func(t *testing.T, r *kerneltest.Runner) { kerneltest.Try(t, r, methods()...) })
}

func methods() []kerneltest.Case {
	return []kerneltest.Case{
		glideCase("glide.float32", GlideFloat32[[]float32, []float32, []float32, []float32, []float32]),
		glideCase("glide.float64", GlideFloat64[[]float64, []float64, []float64, []float64, []float64]),
		differential.Draw("weather", func(rng *rand.Rand, n int) kerneltest.Trial {
			offset := celsius(rng.Float32())
			was := reading{celsius(rng.Float32()), degrees(rng.Int32()), [2]kelvin{kelvin(rng.Float64()), 3}}
			c, whole, rest, spread := make([]float32, n), make([]int32, n), make([]float32, n), make([]float64, n)
			for i := range c {
				c[i] = 1000 * rng.Float32()
			}
			wantWhole, wantRest, wantSpread := slices.Clone(whole), slices.Clone(rest), slices.Clone(spread)
			return differential.Reference(Weather(offset, was, c, whole, rest, spread), func() {
				for i := range n {
					weather(i, offset, was, c, wantWhole, wantRest, wantSpread)
				}
			}, differential.Expect("whole", whole, wantWhole), differential.Expect("rest", rest, wantRest), differential.Expect("spread", spread, wantSpread))
		}),
		differential.Draw("convolve", func(rng *rand.Rand, n int) kerneltest.Trial {
			f, x, y := filter{0.25, rng.Float32(), -1}, differential.Array[float32](rng, n), make([]float32, n)
			return differential.Trial(Convolve(f, x, y), y, func(i int, y []float32) { convolve(i, f, x, y) })
		}),
		differential.Draw("rotate", func(rng *rand.Rand, n int) kerneltest.Trial {
			by, x, y := geometry.Angle(rng.Float64()), differential.Array[float64](rng, n), differential.Array[float64](rng, n)
			return differential.Trial2(Rotate(by, x, y), x, y, func(i int, x, y []float64) { rotate(i, by, x, y) })
		}),
	}
}

func glideCase[T number](name string, launch func(dt T, x, y, vx, vy, far []T) kernels.Launch) kerneltest.Case {
	return differential.Draw(name, func(rng *rand.Rand, n int) kerneltest.Trial {
		dt := differential.Number[T](rng)
		x, y, far := differential.Array[T](rng, n), differential.Array[T](rng, n), differential.Array[T](rng, n)
		vx, vy := differential.Array[T](rng, n), differential.Array[T](rng, n)
		wantX, wantY, wantFar := slices.Clone(x), slices.Clone(y), slices.Clone(far)
		return differential.Reference(launch(dt, x, y, vx, vy, far), func() {
			for i := range n {
				glide(i, dt, wantX, wantY, vx, vy, wantFar)
			}
		}, differential.Expect("x", x, wantX), differential.Expect("y", y, wantY), differential.Expect("far", far, wantFar))
	})
}
