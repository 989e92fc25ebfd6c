package sample

import (
	"math/rand/v2"
	"testing"

	"github.com/tandem-go/tandem/kernels"
)

// BenchmarkAgainstHand times the Go variant of kernels beside loops over slices
// that a careful programmer writes by hand.
func BenchmarkAgainstHand(b *testing.B) {
	const n = 1 << 14 // the first two levels of cache hold it
	rng := rand.New(rand.NewPCG(1, 2))
	x, y := make([]float32, n), make([]float32, n)
	rgb := make([]float32, 3*n)
	u, v := make([]float64, n), make([]float64, n)
	for i := range x {
		x[i], y[i], u[i], rgb[3*i] = rng.Float32(), rng.Float32(), rng.Float64(), rng.Float32()
	}
	const rows, cols = 128, 128
	for _, c := range []struct {
		name   string
		launch kernels.Launch
		hand   func()
	}{
		{"saxpy", Saxpy(0.001, x, y), func() { handSaxpy(0.001, x, y) }},
		{"smooth", Smooth(u, v), func() { handSmooth(u, v) }},
		{"gray", Gray(rgb, y), func() { handGray(rgb, y) }},
		{"heat", Heat(rows, cols, rows, cols, 0.2, x, y), func() { handHeat(rows, cols, 0.2, x, y) }},
		{"rowSums", RowSums(cols, u, v[:rows]), func() { handRowSums(cols, u, v[:rows]) }},
	} {
		if err := c.launch.Err(); err != nil {
			b.Fatal(err)
		}
		b.Run("kernel="+c.name+"/by=tandemgen", func(b *testing.B) {
			for b.Loop() {
				c.launch.Run(0, c.launch.N())
			}
		})
		b.Run("kernel="+c.name+"/by=hand", func(b *testing.B) {
			for b.Loop() {
				c.hand()
			}
		})
	}
}

func handSaxpy(a float32, x, y []float32) {
	x = x[:len(y)]
	for i := range y {
		y[i] += a * x[i]
	}
}

func handSmooth(x, y []float64) {
	last := len(x) - 1
	y[0], y[last] = x[0], x[last]
	for i := 1; i < last; i++ {
		y[i] = (x[i-1] + x[i] + x[i+1]) / 3
	}
}

func handGray(rgb, lum []float32) {
	for i := range lum {
		p := rgb[3*i:][:3]
		lum[i] = 0.299*p[0] + 0.587*p[1] + 0.114*p[2]
	}
}

func handHeat(rows, cols int, k float32, src, dst []float32) {
	copy(dst[:cols], src)
	for r := 1; r < rows-1; r++ {
		up, mid, down := src[(r-1)*cols:][:cols], src[r*cols:][:cols], src[(r+1)*cols:][:cols]
		out := dst[r*cols:][:cols]
		out[0], out[cols-1] = mid[0], mid[cols-1]
		for c := 1; c < cols-1; c++ {
			out[c] = mid[c] + k*((up[c]+down[c])+(mid[c-1]+mid[c+1])-4*mid[c])
		}
	}
	copy(dst[(rows-1)*cols:], src[(rows-1)*cols:])
}

func handRowSums(cols int, a, sums []float64) {
	for i := range sums {
		sum := 0.0
		for _, v := range a[i*cols:][:cols] {
			sum += v
		}
		sums[i] = sum
	}
}
