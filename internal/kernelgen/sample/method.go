package sample

import (
	"math"

	"github.com/tandem-go/tandem/internal/kernelgen/sample/geometry"
)

// point2 is a position or a way in the plane.
type point2[T number] struct{ x, y T }

//tandem:device
func (p point2[T]) plus(q point2[T]) point2[T] { return point2[T]{p.x + q.x, p.y + q.y} }

//tandem:device
func (p point2[T]) times(by T) point2[T] { return point2[T]{p.x * by, p.y * by} }

//tandem:device
func (point2[T]) origin() point2[T] { return point2[T]{} }

//tandem:device
func (p point2[T]) norm() T { return T(math.Sqrt(float64(p.x*p.x + p.y*p.y))) }

// polar is the length of a way, and its direction.
//
//tandem:device
func (p point2[T]) polar() (T, point2[T]) {
	r := p.norm()
	if r == 0 {
		return r, p.origin()
	}
	return r, p.times(1 / r)
}

// glide moves particles by what is left of their speed.
//
//tandem:kernel
func glide[T number](i int, dt T, x, y, vx, vy, far []T) {
	at, v := point2[T]{x[i], y[i]}, point2[T]{vx[i], vy[i]}
	at = at.plus(v.times(dt).times(0.5)).plus(v)
	x[i], y[i] = at.x, at.y
	r, way := at.polar()
	if (point2[T]{1, 2}).plus(way).norm() > 1 {
		far[i] = r
	}
}

// celsius is a number's type with methods.
type celsius float32

//tandem:device
func (c celsius) kelvin() kelvin { return kelvin(c) + 273.15 }

type kelvin float64

//tandem:device
func (k kelvin) split() (degrees, float32) {
	whole := degrees(k)
	return whole, float32(k - kelvin(whole))
}

//tandem:device
func (k kelvin) warmer(by celsius) kelvin { return k + kelvin(by) }

type degrees int32

// reading has fields whose types have names.
type reading struct {
	at    celsius
	whole degrees
	near  [2]kelvin
}

//tandem:device
func (r reading) spread() kelvin { return r.near[1] - r.near[0] }

// weather goes to and fro between types of numbers.
//
//tandem:kernel
func weather(i int, offset celsius, was reading, c []float32, whole []int32, rest []float32, spread []float64) {
	d, f := celsius(c[i]).kelvin().warmer(offset).split()
	r := was
	r.at += celsius(f)
	r.whole = d
	r.near[0] = r.at.kelvin()
	r.near[1] = celsius(20).kelvin()
	whole[i] = int32(r.whole + 1)
	rest[i] = float32(r.at)
	spread[i] = float64(r.spread())
}

// filter is an array's type with methods.
type filter [3]float32

//tandem:device
func (f filter) dot(g filter) float32 { return f[0]*g[0] + f[1]*g[1] + f[2]*g[2] }

//tandem:device
func (f filter) turned() filter {
	f[0], f[2] = f[2], f[0]
	return f
}

// convolve applies a filter to what lies around each element.
//
//tandem:kernel
func convolve(i int, f filter, x, y []float32) {
	var g filter
	for k := range 3 {
		if j := i + k - 1; j >= 0 && j < len(x) {
			g[k] = x[j]
		}
	}
	y[i] = f.turned().dot(g) + filter{1, 2, 3}.dot(g)
}

// rotate turns vectors of another package.
//
//tandem:kernel
func rotate(i int, by geometry.Angle, x, y []float64) {
	v := geometry.Vector[float64]{X: x[i], Y: y[i]}.Turned(by.Half())
	x[i], y[i] = v.X, v.Mirrored().Y
}
