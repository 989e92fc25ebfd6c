// Package rivals has, in the language of kernels, the functions of built-in kernels
// that are written by hand, so that BenchmarkGenerated of package kernels shows
// where the compiler stands. Nothing else uses them.
package rivals

import (
	"maps"
	"math"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kmath"
)

//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen

// Kernels are the kernels, by the names of those by hand. They take the same
// arguments in the same order.
func Kernels() map[string]kernels.Kernel {
	all := sums()
	maps.Copy(all, map[string]kernels.Kernel{
		"exp.float32": expKernel, "exp.float64": exp64Kernel,
		"log.float32": logKernel, "log.float64": log64Kernel,
		"tanh.float32":       tanhKernel,
		"mandelbrot.float32": mandelbrotFloat32Kernel, "mandelbrot.float64": mandelbrotFloat64Kernel,
		"nbody.float32": nbodyFloat32Kernel, "nbody.float64": nbodyFloat64Kernel,
	})
	return all
}

//tandem:kernel _
func exp(i int, x, dst []float32) { dst[i] = kmath.Exp(x[i]) }

//tandem:kernel _
func exp64(i int, x, dst []float64) { dst[i] = kmath.Exp64(x[i]) }

//tandem:kernel _
func log(i int, x, dst []float32) { dst[i] = kmath.Log(x[i]) }

//tandem:kernel _
func log64(i int, x, dst []float64) { dst[i] = kmath.Log64(x[i]) }

//tandem:kernel _
func tanh(i int, x, dst []float32) { dst[i] = kmath.Tanh(x[i]) }

//tandem:kernel _
func mandelbrot[T kernels.Float](i int, width uint32, limit int32, left, top, pixel T, counts []int32) {
	at := uint32(i)
	cx, cy := left+T(at%width)*pixel, top-T(at/width)*pixel
	var x, y, xx, yy, oldX, oldY T
	n, next := int32(0), int32(8)
	//tandem:turns 60000
	for n < limit && xx+yy <= 4 {
		y = (x+x)*y + cy
		x = xx - yy + cx
		xx, yy = x*x, y*y
		n++
		if x == oldX && y == oldY {
			n = limit
		}
		if n >= next {
			oldX, oldY, next = x, y, 2*next
		}
	}
	counts[i] = n
}

//tandem:kernel _
func nbody[T kernels.Float](i int, count uint32, gravity, soft T, bodies, field []T) {
	x, y, z := bodies[4*i], bodies[4*i+1], bodies[4*i+2]
	var ax, ay, az, potential T
	//tandem:turns 60000
	for j := uint32(0); j < count; j++ {
		dx, dy, dz := bodies[4*j]-x, bodies[4*j+1]-y, bodies[4*j+2]-z
		d2 := dx*dx + dy*dy + dz*dz + soft
		if d2 != 0 && j != uint32(i) {
			inv := 1 / T(math.Sqrt(float64(d2)))
			p := bodies[4*j+3] * inv
			f := p * (inv * inv)
			ax += f * dx
			ay += f * dy
			az += f * dz
			potential += p
		}
	}
	field[4*i], field[4*i+1], field[4*i+2], field[4*i+3] = gravity*ax, gravity*ay, gravity*az, -(gravity * potential)
}
