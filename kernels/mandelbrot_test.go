package kernels_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tandem-go/tandem/kernels"
)

// plainCount is the definition: one iteration after the other.
func plainCount[T kernels.Float](cx, cy T, limit int) int32 {
	var x, y T
	n := 0
	for ; n < limit && T(x*x)+T(y*y) <= 4; n++ { //nolint:unconvert // a conversion keeps products from being fused
		x, y = T(x*x)-T(y*y)+cx, T(2*x*y)+cy //nolint:unconvert // as above
	}
	return int32(n)
}

// views are places where counting is easy, deep, or without end.
var views = []kernels.View{
	{CenterX: -0.7, Pixel: 0.05},
	{CenterX: -0.743643887037151, CenterY: 0.131825904205330, Pixel: 1e-6},
	{CenterX: -1.401155, Pixel: 1e-8}, // the end of the period doublings
	{CenterX: 0.25, Pixel: 1e-5},      // the cusp
	{CenterX: -2, Pixel: 1e-15},       // the tip, where |z| stays at 2
	{CenterX: 3, CenterY: -1, Pixel: 1e-9},
}

func mandelbrotTrial[T kernels.Float](rng *rand.Rand) trial {
	v := draw(rng, views...)
	v.Width, v.Height = size(rng), size(rng)
	limit := draw(rng, 0, 1, 7, 8, 9, 100, 1000)
	counts := make([]int32, v.Width*v.Height)
	tr := trial{
		name: fmt.Sprintf("%+v, %d iterations, %T", v, limit, T(0)),
		verify: func() error {
			left := T(v.CenterX - v.Pixel*(float64(v.Width)/2-0.5))
			top := T(v.CenterY + v.Pixel*(float64(v.Height)/2-0.5))
			for i, got := range counts {
				cx := left + T(T(i%v.Width)*T(v.Pixel)) //nolint:unconvert // as above
				cy := top - T(T(i/v.Width)*T(v.Pixel))  //nolint:unconvert // as above
				if want := plainCount(cx, cy, limit); got != want {
					return fmt.Errorf("pixel %d at (%v, %v): %d, want %d", i, cx, cy, got, want)
				}
			}
			return nil
		},
	}
	if _, single := any(T(0)).(float32); single {
		tr.launch = kernels.Mandelbrot32(v, limit, counts)
	} else {
		tr.launch = kernels.Mandelbrot(v, limit, counts)
	}
	return tr
}

func TestMandelbrot(t *testing.T) {
	t.Run("float32", func(t *testing.T) { try(t, 40, mandelbrotTrial[float32]) })
	t.Run("float64", func(t *testing.T) { try(t, 40, mandelbrotTrial[float64]) })
}

func TestMandelbrotOfKnownPoints(t *testing.T) {
	for _, p := range []struct {
		x, y  float64
		count int32
	}{
		{0, 0, 1 << 20},
		{-1, 0, 1 << 20},
		{-2, 0, 1 << 20},
		{0.25, 0, 1 << 20},
		{3, 0, 1},
		{2, 0, 2},
		{1, 0, 3},
		{-2.1, 0, 1},
		{0, 1, 1 << 20},
		{math.MaxFloat64, 0, 1},
	} {
		got := []int32{-1}
		l := kernels.Mandelbrot(kernels.View{Width: 1, Height: 1, CenterX: p.x, CenterY: p.y, Pixel: 1e-300}, 1<<20, got)
		if err := l.Err(); err != nil {
			t.Fatal(err)
		}
		l.Run(0, 1)
		if got[0] != p.count {
			t.Errorf("(%v, %v): %d iterations, want %d", p.x, p.y, got[0], p.count)
		}
	}
}

func TestMandelbrotRefuses(t *testing.T) {
	view := func(w, h int, pixel float64) kernels.View { return kernels.View{Width: w, Height: h, Pixel: pixel} }
	counts := make([]int32, 6)
	refused(t, kernels.Mandelbrot(view(2, 2, 1), 10, counts), "counts", kernels.ErrShape)
	refused(t, kernels.Mandelbrot(view(-2, -3, 1), 10, counts), "view", kernels.ErrShape)
	refused(t, kernels.Mandelbrot(view(math.MaxInt, math.MaxInt, 1), 10, counts), "view", kernels.ErrShape)
	refused(t, kernels.Mandelbrot(view(2, 3, 0), 10, counts), "view", kernels.ErrShape)
	refused(t, kernels.Mandelbrot(view(2, 3, math.NaN()), 10, counts), "view", kernels.ErrShape)
	refused(t, kernels.Mandelbrot(view(2, 3, 1), -1, counts), "maxIter", kernels.ErrShape)
	refused(t, kernels.Mandelbrot(view(0, 0, 1), 10, []int32(nil)), "counts", kernels.ErrNil)
}
