package rivals

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
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

// TestReductions: what a rival's values are joined to is what the kernel by hand makes.
func TestReductions(t *testing.T) {
	const n = 777
	x, y, u := draw[float32](n), draw[float32](n), draw[float64](n)
	x[100], x[500], u[200] = -3e19, 2, 1e200
	r, d, at := new(float32), new(float64), new(int)
	sum := func(a, b float64) float64 { return a + b }
	joined(t, "wideSum", kernels.Sum(r, x), r, func(i int) float64 { return wideSum(i, x) }, sum, func(v float64) float32 { return float32(v) })
	joined(t, "wideAsum", kernels.Asum(r, x), r, func(i int) float64 { return wideAsum(i, x) }, sum, func(v float64) float32 { return float32(v) })
	joined(t, "wideDot", kernels.Dot(r, x, y), r, func(i int) float64 { return wideDot(i, x, y) }, sum, func(v float64) float32 { return float32(v) })
	joined(t, "wideNrm", kernels.Nrm2(r, x), r, func(i int) float64 { return wideNrm(i, x) }, sum, func(v float64) float32 { return float32(math.Sqrt(v)) })
	joined(t, "nrm64", kernels.Nrm2(d, u), d, func(i int) squares64 { return nrm64(i, u) }, addSquares64, root64)
	joined(t, "maximum32", kernels.Maximum(r, at, x), r, func(i int) best32 { return maximum32(i, x) }, better32, func(b best32) float32 {
		v, where := place32(b)
		return v + float32(where-*at)*v
	})
	joined(t, "maximum64", kernels.Maximum(d, at, u), d, func(i int) best64 { return maximum64(i, u) }, better64, func(b best64) float64 {
		v, where := place64(b)
		return v + float64(where-*at)*v
	})
}

func joined[T any, R kernels.Float](t *testing.T, name string, l kernels.Launch, result *R, value func(i int) T, join func(a, b T) T, finish func(T) R) {
	t.Helper()
	if err := kerneltest.Inline().Run(&l, nil); err != nil {
		t.Fatal(err)
	}
	state := value(0)
	for i := 1; i < l.N(); i++ {
		state = join(state, value(i))
	}
	if got, want := float64(*result), float64(finish(state)); math.Abs(got-want) > 1e-6*math.Abs(want) {
		t.Errorf("%s: %v, the rival's %v", name, got, want)
	}
}

func typed[T kernels.Float](t *testing.T, picture func(kernels.View, int, []int32) kernels.Launch) {
	const n, limit = 24, 100
	src, dst := draw[T](n*n), make([]T, n*n)
	v := kernels.View{Width: n, Height: n, CenterX: -0.7, Pixel: 0.125}
	counts := make([]int32, n*n)
	corner := T(v.Pixel * (n/2 - 0.5))
	compare(t, "mandelbrot", picture(v, limit, counts), counts, func(i int, counts []int32) {
		mandelbrot(i, n, limit, T(v.CenterX-float64(corner)), corner, T(v.Pixel), counts)
	})
	compare(t, "nbody", kernels.NBody(1, T(0.5), src, dst), dst, func(i int, dst []T) { nbody(i, n*n/4, 1, 0.25, src, dst) })
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
