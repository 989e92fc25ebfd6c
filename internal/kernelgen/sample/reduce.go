package sample

import "math"

// energy is the sum of products, in float64.
//
//tandem:kernel
//tandem:reduce sum
func energy(i int, scale float64, mass, speed []float64) float64 {
	v := speed[i] * scale
	return mass[i] * v * v
}

// coldest is the least of an element and a bound.
//
//tandem:kernel
//tandem:reduce min
func coldest(i int, bound float32, x []float32) float32 {
	if x[i] < -bound {
		return -bound
	}
	return x[i]
}

// parity is the exclusive or of all, and of their places.
//
//tandem:kernel
//tandem:reduce xor
func parity(i int, x []uint64) uint64 { return x[i] ^ uint64(i) }

// volumeOf is a product.
//
//tandem:kernel
//tandem:reduce product
func volumeOf(i int, x []int64) int64 { return x[i] | 1 }

// inside counts lattice points in a circle, without any array.
//
//tandem:kernel
//tandem:reduce sum
func inside(i int, width int) int32 {
	x, y := int32(i%width), int32(i/width)
	if x*x+y*y < int32(width)*int32(width) {
		return 1
	}
	return 0
}

// peak is an element and its place.
type peak struct {
	height float32
	at     int32
}

// higher is the higher of two peaks, and of equal ones the first.
//
//tandem:device
func higher(a, b peak) peak {
	if b.height > a.height || b.height == a.height && b.at < a.at {
		return b
	}
	return a
}

func summit(p peak) (float32, int) { return p.height, int(p.at) }

// highest finds the summit of a mountain range: samples that are no number are at
// sea level.
//
//tandem:kernel
//tandem:reduce higher summit
func highest(i int, x []float32) peak {
	h := x[i]
	if h != h {
		h = 0
	}
	return peak{h, int32(i)}
}

// moments are what the mean and the variance of samples are made of.
type moments struct {
	n        int64
	sum, sqr float64
}

//tandem:device
func add(a, b moments) moments {
	return moments{a.n + b.n, a.sum + b.sum, a.sqr + b.sqr}
}

func deviation(m moments) float64 {
	mean := m.sum / float64(m.n)
	return math.Sqrt(m.sqr/float64(m.n) - mean*mean)
}

// spread is the standard deviation of what lies below a limit.
//
//tandem:kernel
//tandem:reduce add deviation
func spread(i int, limit int32, x []int32) moments {
	if x[i] > limit {
		return moments{}
	}
	v := float64(x[i])
	return moments{1, v, v * v}
}
