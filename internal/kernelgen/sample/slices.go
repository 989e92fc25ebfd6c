package sample

import (
	"github.com/tandem-go/tandem/internal/kernelgen/sample/geometry"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/atomics"
)

// clampedAt is an element, or what it would be past the border.
//
//tandem:device
func clampedAt[T number](x []T, i, n int) T {
	if i < 0 {
		return x[0]
	}
	if i >= n {
		return x[n-1]
	}
	return x[i]
}

//tandem:device
func innerAt[T number](x []T, i int) T { return x[i] }

// secondAt is the second difference about an element.
//
//tandem:device
func secondAt[T number](x []T, i int) T { return innerAt(x, i-1) - 2*innerAt(x, i) + innerAt(x, i+1) }

// flex adds what the neighbours of an element pull it by.
//
//tandem:kernel
func flex[T number](i int, k T, x, y []T) {
	n := len(x)
	y[i] = x[i] + k*(clampedAt(x, i-1, n)-2*clampedAt(x, i, n)+clampedAt(x, i+1, n))
}

// curvature is 0 at both ends.
//
//tandem:kernel
func curvature(i int, x, y []float64) {
	y[i] = 0
	if i > 0 && i < len(x)-1 {
		y[i] = secondAt(x, i)
	}
}

// lowerBound is the first place of a sorted array whose element is at least v, by halves.
//
//tandem:device
func lowerBound(x []uint32, v uint32) (int32, bool) {
	p, found := lowerFrom(x, 0, v)
	return p, found
}

//tandem:device
func lowerFrom(x []uint32, from int32, v uint32) (int32, bool) {
	lo, hi := from, int32(len(x))
	//tandem:turns 31
	for lo < hi {
		switch m := lo + (hi-lo)/2; {
		case x[m] == v && (m == 0 || x[m-1] < v):
			return m, true
		case x[m] < v:
			lo = m + 1
		default:
			hi = m
		}
	}
	return lo, false
}

// search finds values in a sorted array.
//
//tandem:kernel
func search(i int, sorted, values []uint32, spot []int32) {
	p, found := lowerBound(sorted, values[i])
	if !found {
		p = -1 - p
	}
	spot[i] = p
}

// rowsOf is an array of rows.
type rowsOf []float32

//tandem:device
func (g rowsOf) get(row, col, width int) float32 { return g[row*width+col] }

//tandem:device
func (g rowsOf) sum(row, width int) float32 {
	s := float32(0)
	for c := range width {
		s += g.get(row, c, width)
	}
	return s
}

// centreRow takes the mean of a row from each of its elements, and sets them to 0 where
// they come close to it.
//
//tandem:device
func centreRow(rows []float32, row, width int, near float32) bool {
	if width == 0 {
		return false
	}
	mean := rowsOf(rows).sum(row, width) / float32(width)
	some := false
	for c := range width {
		rows[row*width+c] -= mean
		if v := rows[row*width+c]; v < near && v > -near {
			rows[row*width+c] = 0
			some = true
		}
	}
	return some
}

// centreRows takes the mean of each row from it, and marks those with elements near it.
//
//tandem:kernel
func centreRows(row int, width int, near float32, rows rowsOf, marks []int32) {
	some := centreRow(rows, row, width, near)
	marks[row] = 0
	if some {
		marks[row] = 1
	}
}

// moveBy moves a point of two arrays, of which no element is read twice.
//
//tandem:device
func moveBy(x, y []float32, i int, dx, dy float32) {
	x[i] += dx
	y[i] += dy
}

//tandem:kernel
func shiftAll(i int, d float32, x, y []float32) {
	if x[i] > 0 || geometry.Below(y, i, d) {
		moveBy(x, y, i, d, -d)
		return
	}
	moveBy(y, x, i, 1, 2)
}

// countIn counts a value in two histograms.
//
//tandem:device
func countIn(v uint32, bins, coarse []uint32) uint32 {
	n := uint32(len(bins))
	atomics.Add(&coarse[v%n/4], 1)
	return atomics.Add(&bins[v%n], 1)
}

//tandem:kernel
func countAll(i int, v, bins, coarse []uint32) {
	before := countIn(v[i], bins, coarse)
	if before == 0xffffffff {
		atomics.Add(&coarse[0], 1)
	}
}

// firstAbove is the first of four elements above a bound, or -1.
//
//tandem:device
func firstAbove(x []float64, from int, bound float64) int32 {
	for k := range 4 {
		if k == 3 && x[from] > 1e300 {
			continue
		}
		if x[from+k] > bound {
			return int32(k)
		}
	}
	return -1
}

// firsts sums where the elements of a stretch begin to be above a bound, while there are any.
//
//tandem:kernel
//tandem:reduce sum
func firsts(i int, bound float64, x []float64) int64 {
	if firstAbove(x, 4*i, bound) >= 0 && firstAbove(x, 4*i, -bound) == 0 {
		return 1
	}
	return int64(firstAbove(x, 4*i, 2*bound))
}

// groupMaxima is the greatest element of each group, of what lies within the array.
//
//tandem:kernel
//tandem:group 64
func groupMaxima(g kernels.Group, x, maxima []float32) {
	v := float32(-1e30)
	if i := g.Global(); i < len(x) {
		v = clampedAt(x, i, len(x))
	}
	m := kernels.GroupMax(g, v)
	if g.Local() == 0 {
		putAt(maxima, g.Index(), m)
	}
}

//tandem:device
func putAt(x []float32, i int, v float32) { x[i] = v }

// paths follows links of another package for some steps.
//
//tandem:kernel
func paths(i int, steps int32, next []int32, x, y []float64) {
	v := geometry.Follow(next, x, int32(i), steps)
	y[i] = v.X + v.Y
}

// signal is an array, and what it is seen through.
type signal struct {
	values []float32
	gain   float32
}

type sides struct{ up, down []float32 }

// slopes gives functions the slices of structures.
//
//tandem:kernel
func slopes(i int, from signal, to sides) {
	n := len(from.values)
	to.up[i] = from.gain * (clampedAt(from.values, i+1, n) - innerAt(from.values, i))
	putAt(to.down, i, from.gain*(innerAt(from.values, i)-clampedAt(from.values, i-1, n)))
}
