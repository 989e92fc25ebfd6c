package kernels

import (
	_ "embed"
	"fmt"
	"math"
)

//go:embed mandelbrot.glsl
var mandelbrotText string

// mandelbrotSteps is how many iterations are made between two checks; the
// shader has as many STEPs in its loop.
const mandelbrotSteps = 8

// mandelbrotLimit keeps the counters below the end of an int32.
const mandelbrotLimit = 1 << 30

// mandelbrotGrain keeps cuts on whole work-groups and cache lines.
const mandelbrotGrain = 64

// All variants are by hand. What tandemgen makes of the loop takes 0.99 (float32) and
// 1.00 of the Go variant's time (BenchmarkGenerated); but a driver that cuts loops by
// their turns then runs an eighth of the iterations that the shader's turns of eight
// steps let it run.
var mandelbrotKernels = forFloats(func(t Type) Kernel {
	return Kernel{
		Name:   "mandelbrot",
		Params: []Param{{"counts", Int32, Out}},
		Scalars: []Scalar{
			{"width", Uint32}, {"limit", Int32}, {"left", t}, {"top", t}, {"pixel", t},
		},
		GLSL: &Shader{
			Text:  mandelbrotText,
			Local: [3]int{mandelbrotGrain},
			Iterations: func(l *Launch, _ int) int64 {
				return int64(ceilDiv(l.uint(1), mandelbrotSteps))
			},
		},
		CUDA: &Function{Text: cudaText("", "mandelbrot.cu"), Block: [3]int{mandelbrotGrain}},
		Go:   byFloat(t, mandelbrotCall[float32], mandelbrotCall[float64]),
	}
})

// View is a picture of a part of the complex plane.
type View struct {
	Width, Height    int     // of the picture, in pixels
	CenterX, CenterY float64 // the point in its middle
	Pixel            float64 // the width and height of a pixel, above 0
}

// Mandelbrot counts, for every pixel of v by rows from the top, how often
// z = z*z + c, from z = 0 and with c the middle of the pixel, can be iterated
// until |z| > 2, and maxIter where that does not happen within maxIter
// iterations. counts has v.Width*v.Height elements.
//
// An index is a pixel.
//
// The arithmetic is float64: a pixel may be as small as 1e-15 of the distance
// of the view from 0. Go, GLSL and CUDA round alike, without fused operations, so the
// counts are the same on each device with IEEE arithmetic.
func Mandelbrot[V Vector[int32]](v View, maxIter int, counts V) Launch {
	return mandelbrot(Float64, v, maxIter, Of[int32](counts))
}

// Mandelbrot32 is [Mandelbrot] in float32: fast on every GPU, for pixels down
// to 1e-6 of the distance of the view from 0.
func Mandelbrot32[V Vector[int32]](v View, maxIter int, counts V) Launch {
	return mandelbrot(Float32, v, maxIter, Of[int32](counts))
}

func mandelbrot(t Type, v View, maxIter int, counts Operand) Launch {
	l := NewLaunch(mandelbrotKernels.of(t), counts.n)
	switch {
	case v.Width < 0 || v.Height < 0 || v.Width > 0 && v.Height > math.MaxUint32/v.Width:
		l.Fail("view", fmt.Errorf("%w: a picture of %d×%d pixels", ErrShape, v.Width, v.Height))
	case !(v.Pixel > 0) || math.IsInf(v.Pixel, 0) || !isFinite(v.CenterX) || !isFinite(v.CenterY):
		l.Fail("view", fmt.Errorf("%w: pixels of size %v around (%v, %v)", ErrShape, v.Pixel, v.CenterX, v.CenterY))
	default:
		l.wantLen("counts", counts, v.Width*v.Height)
	}
	if maxIter < 0 || maxIter > mandelbrotLimit {
		l.Fail("maxIter", fmt.Errorf("%w: %d iterations, want 0 to %d", ErrShape, maxIter, mandelbrotLimit))
	}
	l.AddArg(counts, Elementwise)
	l.AddInt(v.Width)
	l.AddInt(maxIter)
	l.AddFloat(v.CenterX - v.Pixel*(float64(v.Width)/2-0.5))
	l.AddFloat(v.CenterY + v.Pixel*(float64(v.Height)/2-0.5))
	l.AddFloat(v.Pixel)
	// A guess: a quarter of a picture's pixels takes all iterations.
	l.SetCost(Cost{Flops: 8 * (1 + float64(maxIter)/4), Bytes: 4})
	l.SetGrain(mandelbrotGrain)
	return l
}

func isFinite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func mandelbrotCall[T Float](c *Call) {
	counts := Slice[int32](c, 0)
	width, limit := c.Uint(0), c.Int(1)
	left, top, pixel := real[T](c, 2), real[T](c, 3), real[T](c, 4)
	for i := range counts {
		at := uint(c.Lo + i)
		cx := left + rounded(T(at%width)*pixel)
		cy := top - rounded(T(at/width)*pixel)
		counts[i] = int32(escape(cx, cy, limit))
	}
}

// escape counts the iterations for one point.
//
// An orbit that comes back to exactly where it was goes round for ever: the
// point will not escape, and counting can stop. Like Brent (An improved Monte
// Carlo factorization algorithm, 1980, section 2), it is compared with itself
// at the latest power of two.
func escape[T Float](cx, cy T, limit int) int {
	var x, y, xx, yy, oldX, oldY T
	next := mandelbrotSteps
	for n := 0; n < limit; {
		for end := min(limit, n+mandelbrotSteps); n < end; n++ {
			if !(xx+yy <= 4) { // NaN is outside
				return n
			}
			y = rounded((x+x)*y) + cy
			x = xx - yy + cx
			xx, yy = rounded(x*x), rounded(y*y)
		}
		if x == oldX && y == oldY {
			return limit
		}
		if n >= next {
			oldX, oldY, next = x, y, 2*next
		}
	}
	return limit
}
