package rivals

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tandem-go/tandem/kernels"
)

// TestRivals: a rival computes what the kernel by hand computes, so that their times
// can be compared.
func TestRivals(t *testing.T) {
	const n = 24
	x, u := draw[float32](n*n), draw[float64](n*n)
	z, w := make([]float32, n*n), make([]float64, n*n)
	compare(t, "exp", kernels.Exp(z, x), z, func(i int, z []float32) { exp(i, x, z) })
	compare(t, "exp64", kernels.Exp(w, u), w, func(i int, w []float64) { exp64(i, u, w) })
	compare(t, "log", kernels.Log(z, x), z, func(i int, z []float32) { log(i, x, z) })
	compare(t, "log64", kernels.Log(w, u), w, func(i int, w []float64) { log64(i, u, w) })
	compare(t, "tanh", kernels.Tanh(z, x), z, func(i int, z []float32) { tanh(i, x, z) })
	typed[float32](t, kernels.Mandelbrot32[[]int32])
	typed[float64](t, kernels.Mandelbrot[[]int32])
}

func typed[T kernels.Float](t *testing.T, picture func(kernels.View, int, []int32) kernels.Launch) {
	const n, limit = 24, 100
	src, dst, taps := draw[T](n*n), make([]T, n*n), draw[T](5)
	v := kernels.View{Width: n, Height: n, CenterX: -0.7, Pixel: 0.125}
	counts := make([]int32, n*n)
	corner := T(v.Pixel * (n/2 - 0.5))
	compare(t, "mandelbrot", picture(v, limit, counts), counts, func(i int, counts []int32) {
		mandelbrot(i, n, limit, T(v.CenterX-float64(corner)), corner, T(v.Pixel), counts)
	})
	compare(t, "nbody", kernels.NBody(1, T(0.5), src, dst), dst, func(i int, dst []T) { nbody(i, n*n/4, 1, 0.25, src, dst) })
	from, to := kernels.Dense(n, n, n, src), kernels.Dense(n, n, n, dst)
	compare(t, "rows", kernels.ConvolveRows(taps, 2, from, to), dst, func(row int, dst []T) {
		for col := range n {
			convolveRows(row, col, n, n, 2, 2, n, n, taps, src, dst)
		}
	})
	compare(t, "cols", kernels.ConvolveCols(taps, 2, from, to), dst, func(row int, dst []T) {
		for col := range n {
			convolveCols(row, col, n, n, 2, 2, n, n, taps, src, dst)
		}
	})
}

func draw[T kernels.Float](n int) []T {
	rng := rand.New(rand.NewPCG(1, 2))
	v := make([]T, n)
	for i := range v {
		v[i] = T(0.1 + rng.Float64())
	}
	return v
}

// compare runs a launch and calls the function: all numbers are of one size, and may
// differ by what float32 rounds.
func compare[T float32 | float64 | int32](t *testing.T, name string, l kernels.Launch, out []T, call func(i int, out []T)) {
	t.Helper()
	if err := l.Err(); err != nil {
		t.Fatal(err)
	}
	l.Run(0, l.N())
	want := make([]T, len(out))
	for i := range l.N() {
		call(i, want)
	}
	for i := range out {
		if d := math.Abs(float64(out[i] - want[i])); !(d <= 1e-4*(1+math.Abs(float64(want[i])))) {
			t.Fatalf("%s: element %d is %v, the rival's %v", name, i, out[i], want[i])
		}
	}
}
