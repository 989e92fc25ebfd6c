// Package geometry has methods and functions that kernels of another package call.
package geometry

// Float is what coordinates may be.
type Float interface{ float32 | float64 }

// Vector is a vector in the plane.
type Vector[T Float] struct{ X, Y T }

// Mirrored is v mirrored at the diagonal.
//
//tandem:device
func (v Vector[T]) Mirrored() Vector[T] { return Vector[T]{v.Y, v.X} }

// Turned is v turned by a small angle, the sine of which is the angle.
//
//tandem:device
func (v Vector[T]) Turned(by Angle) Vector[T] {
	s := T(by)
	c := 1 - T(by.square())/2
	return Vector[T]{c*v.X - s*v.Y, s*v.X + c*v.Y}
}

// Angle is in radians.
type Angle float64

// Half is the half of an angle.
//
//tandem:device
func (a Angle) Half() Angle { return a / 2 }

//tandem:device
func (a Angle) square() Angle { return a * a }

// Mark is where something was seen, and how often.
type Mark struct {
	At   Vector[float32]
	seen int32
}

// Times is how often.
//
//tandem:device
func (m Mark) Times() int32 { return m.seen }

// TimesOf is how often element i was seen.
//
//tandem:device
func TimesOf(marks []Mark, i int) int32 { return marks[i].seen }

type level float32

// Gauge has a number whose type other packages can't name.
type Gauge struct{ Level level }

// Twice is twice the level of gauge i.
//
//tandem:device
func Twice(g []Gauge, i int) float32 { return float32(g[i].Level * 2) }

type corner struct{ X, Y float32 }

// Box embeds what other packages can't name.
type Box struct {
	corner
	Width, Height float32
}

// Shade has two fields that are called X.
type Shade struct {
	corner
	X float32
}

// Under is how far one is from the other.
//
//tandem:device
func Under(s []Shade, i int) float32 { return s[i].corner.X - s[i].X }

// Place is another name of a vector.
type Place = Vector[float32]

// Centre is the middle of box i.
//
//tandem:device
func Centre(boxes []Box, i int) Vector[float32] {
	var ways [2]Place
	b := &boxes[i]
	ways[1] = Place{b.Width / 2, b.Height / 2}
	return Vector[float32]{b.X + ways[1].X, b.Y + ways[1].Y}
}

// Nearest is the element that is nearest to a point, of those next to i.
//
//tandem:device
func Nearest(x []Vector[float32], i int, to Vector[float32]) int32 {
	at, least := int32(i), distance(x[i], to)
	for k := range 3 {
		if j := min(max(i+k-1, 0), len(x)-1); distance(x[j], to) < least {
			at, least = int32(j), distance(x[j], to)
		}
	}
	return at
}

//tandem:device
func distance(a, b Vector[float32]) float32 {
	return (a.X-b.X)*(a.X-b.X) + (a.Y-b.Y)*(a.Y-b.Y)
}

// Below reports whether element i of x is below a bound.
//
//tandem:device
func Below(x []float32, i int, bound float32) bool { return x[i] < bound }

// Follow goes from element to element, and sums every other one.
//
//tandem:device
func Follow(next []int32, x []float64, from, steps int32) Vector[float64] {
	var sum Vector[float64]
	//tandem:turns 100
	for range steps {
		sum = Vector[float64]{sum.Y, sum.X + x[from]}
		from = step(next, from)
		if negative(from) {
			return sum.Mirrored()
		}
	}
	return sum
}

//tandem:device
func step(next []int32, from int32) int32 { return next[from] }

//tandem:device
func negative(i int32) bool { return i < 0 }

// bounds has fields that other packages cannot name.
type bounds struct{ low, high float32 }

//tandem:device
func boundsOf(x []float32) bounds {
	b := bounds{x[0], x[0]}
	for _, v := range x {
		b = bounds{min(b.low, v), max(b.high, v)}
	}
	return b
}

// Extent is the difference of the greatest element and the least. Kernels of other
// packages cannot call it: what stands in them would be a bounds.
//
//tandem:device
func Extent(x []float32) float32 {
	b := boundsOf(x)
	return b.high - b.low
}
