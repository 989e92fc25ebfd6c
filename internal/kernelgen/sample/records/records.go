// Package records has kernels with slices of structures and of arrays, in all the ways that
// there are. Its tests compare them with the Go functions on every device.
package records

//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen

import (
	"math"

	"github.com/tandem-go/tandem/internal/kernelgen/sample/geometry"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/atomics"
	"github.com/tandem-go/tandem/kernels/kmath"
)

// point is what many kernels here have slices of.
type point struct{ x, y, z float32 }

//tandem:device
func (a point) minus(b point) point { return point{a.x - b.x, a.y - b.y, a.z - b.z} }

// ball has a structure in it, and is all float32.
type ball struct {
	at, way point
	mass    float32
}

// kelvin is a number whose type has a name.
type kelvin float32

// reading has numbers of several types, all of 32 bits.
type reading struct {
	where point
	heat  kelvin
	bins  [4]int32
	flags uint32
}

// ledger has numbers of several types, all of 64 bits.
type ledger struct {
	value  float64
	credit int64
	stamps [2]uint64
}

// throw changes some of the numbers of each ball.
//
//tandem:kernel
func throw(i int, dt float32, balls []ball) {
	b := &balls[i]
	b.way.y -= dt * 9.81
	b.at.x += dt * b.way.x
	b.at.y += dt * balls[i].way.y
	b.at.z += dt * balls[i].way.z
}

// bounce takes a ball as a value, and puts it back.
//
//tandem:kernel
func bounce(i int, floor float32, balls []ball) {
	b := balls[i]
	if b.at.y < floor {
		b.at.y = floor + (floor - b.at.y)
		b.way.y = -b.way.y
	}
	balls[i] = b
}

// attract reads all balls for each.
//
//tandem:kernel
func attract(i int, balls []ball, force []point) {
	own := balls[i].at
	var sum point
	for j, b := range balls {
		d := b.at.minus(own)
		if j != i {
			w := b.mass / (1 + d.x*d.x + d.y*d.y + d.z*d.z)
			sum.x += w * d.x
			sum.y += w * d.y
			sum.z += w * d.z
		}
	}
	force[i] = sum
}

// smooth reads neighbours, where there are some.
//
//tandem:kernel
func smooth(i int, in, out []point) {
	if i == 0 || i == len(in)-1 {
		out[i] = in[i]
		return
	}
	out[i] = point{(in[i-1].x + in[i].x + in[i+1].x) / 3, (in[i-1].y + in[i].y + in[i+1].y) / 3, in[i].z}
}

// ahead reads an element that every index has to have.
//
//tandem:kernel
func ahead(i int, in, out []point) {
	out[i] = in[i+1].minus(in[i])
}

// swap exchanges neighbours.
//
//tandem:kernel
func swap(i int, balls []ball) {
	balls[2*i], balls[2*i+1] = balls[2*i+1], balls[2*i]
}

// note makes all of a record anew, and one of its arrays by a loop.
//
//tandem:kernel
func note(i int, scale float32, heat []float32, out []reading) {
	k := int32(i)
	r := reading{where: point{x: scale, z: heat[i]}, heat: kelvin(heat[i] * scale), flags: math.Float32bits(heat[i])}
	for j := range r.bins {
		r.bins[j] = k - int32(j)
	}
	out[i] = r
}

// tally chooses among the elements of an array in a record while it runs.
//
//tandem:kernel
func tally(i int, in []reading, sums []int32, out []reading) {
	at := in[i].flags % 4
	sums[i] = in[i].bins[at] + in[i].bins[3-at]
	out[i].where = in[i].where
	out[i].heat = in[i].heat + 1
	for j, b := range in[i].bins {
		out[i].bins[j] = b ^ in[i].bins[(j+1)%4]
	}
	out[i].flags |= 1 << at
}

// book has numbers of 64 bits.
//
//tandem:kernel
func book(i int, rate float64, l []ledger) {
	l[i].value = math.Abs(l[i].value) * rate
	l[i].credit -= int64(i) << 33
	l[i].stamps[1], l[i].stamps[0] = l[i].stamps[0]^math.Float64bits(l[i].value), uint64(l[i].credit)
}

// rotate has a slice of arrays.
//
//tandem:kernel
func rotate(i int, m [9]float32, x [][3]float32) {
	var y [3]float32
	for r := range 3 {
		for c, v := range x[i] {
			y[r] += m3(m, r, c) * v
		}
	}
	x[i] = y
}

// cell is counted in.
type cell struct{ hits, most int32 }

// count counts points by where they are.
//
//tandem:kernel
func count(i int, points []point, cells []cell) {
	at := int32(min(max(points[i].x, 0), 1) * float32(len(cells)-1))
	if kmath.IsNaN(points[i].x) {
		at = 0
	}
	atomics.Add(&cells[at].hits, 1)
	atomics.Max(&cells[at].most, int32(i))
}

// momentum is a sum over records.
//
//tandem:kernel
//tandem:reduce max
func momentum(i int, balls []ball) float32 {
	w := balls[i].way
	return kmath.Abs(w.x)*balls[i].mass + balls[i].mass
}

// blockMost is the greatest height of each 64 balls.
//
//tandem:kernel
//tandem:group 64
func blockMost(g kernels.Group, balls []ball, most []point) {
	tops := kernels.Shared[[64]point](g)
	l := g.Local()
	tops[l] = point{y: -1e30}
	if i := g.Global(); i < len(balls) {
		tops[l] = balls[i].at
	}
	g.Barrier()
	if l == 0 {
		top := tops[0]
		for k := range 64 {
			if p := tops[k]; p.y > top.y {
				top = tops[k]
			}
		}
		most[g.Index()] = top
	}
}

// gray is a picture of structures, by rows and columns.
//
//tandem:kernel
func gray(r, c int, cols int, pixels []point, out []float32) {
	p := pixels[r*cols+c]
	out[r*cols+c] = 0.25*p.x + 0.5*p.y + 0.25*p.z
}

// deposit writes anywhere, as the program answers for.
//
//tandem:kernel
//tandem:scatter out
func deposit(i int, to []int32, in, out []ball) {
	out[to[i]] = in[i]
	out[to[i]].mass += 1
}

//tandem:device
func heightOf(balls []ball, i int) float32 { return balls[max(0, min(i, len(balls)-1))].at.y }

//tandem:device
func lift(balls []ball, i int, by float32) {
	balls[i].at.y += by
}

// raise has its slice in functions.
//
//tandem:kernel
func raise(i int, by float32, in, out []ball) {
	out[i] = in[i]
	lift(out, i, by*heightOf(in, i+1))
}

type pair[T kernels.Float] struct{ re, im T }

// conjugate is for several types.
//
//tandem:kernel
func conjugate[T kernels.Float](i int, z []pair[T]) { z[i].re, z[i].im = z[i].re*0.5, -z[i].im }

// cloud has slices of structures in a structure.
type cloud[P kernels.Vector[point], M kernels.Vector[float32]] struct {
	At, Way P
	Mass    M
	Step    float32
}

// sail moves what a structure has slices of structures for.
//
//tandem:kernel
func sail(i int, c cloud[[]point, []float32]) {
	c.At[i].x += c.Step * c.Way[i].x / c.Mass[i]
	c.At[i].z += c.Step * c.Way[i].z / c.Mass[i]
}

type alone struct{ v float32 }

// double has structures of one number.
//
//tandem:kernel
func double(i int, in, out []alone) { out[i].v = in[i].v + in[i].v }

//tandem:device
func m3(m [9]float32, r, c int) float32 { return m[3*r+c] }

// pebble has an embedded structure, which has a method, and is all of 4 bytes.
type pebble struct {
	point
	cell
	size float32
}

//tandem:device
func (a point) norm() float32 { return a.x*a.x + a.y*a.y + a.z*a.z }

//tandem:device
func (a cell) sum(more []int32, i int) int32 { return a.hits + a.most + more[i] }

// roll uses fields and methods of what is embedded, and a pointer.
//
//tandem:kernel
func roll(i int, own pebble, more []int32, pebbles []pebble) {
	p := &pebbles[i]
	p.x += own.y
	p.size = max(p.norm(), own.norm())
	p.most += p.sum(more, i)
	p.hits = own.sum(more, i) - own.hits
	if p.z < 0 {
		own.z = p.z
		*p = own
	}
}

// near is about pebbles of which each has a neighbour.
//
//tandem:kernel
func near(i int, pebbles []pebble, out []float32) {
	a := pebbles[2*i]
	b := &pebbles[2*i+1]
	d := a.minus(b.point)
	out[i] = d.norm() + b.norm()
}

// heap has an embedded structure beside slices.
type heap struct {
	point
	pebbles []pebble
}

// pile uses both.
//
//tandem:kernel
func pile(i int, h heap) {
	h.y += 1
	h.pebbles[i].x += h.x * h.y
}

// survey has elements and functions of another package, some fields of which it can't
// name.
//
//tandem:kernel
func survey(i int, marks []geometry.Mark, places []geometry.Vector[float32], near []int32, out []geometry.Mark) {
	near[i] = geometry.Nearest(places, i, marks[i].At.Mirrored()) + marks[i].Times()
	out[i] = marks[i]
	out[i].At.X = places[min(near[i]&7, int32(len(places)-1))].Y
}

// layers are slices of structures in an array, by another name of its type.
type layers = [2][]point

// merge has both layers' greater heights.
//
//tandem:kernel
func merge(i int, from layers, out []point) {
	out[i] = from[0][i]
	if p := from[1][i]; p.y > out[i].y {
		out[i] = p
	}
}

// chain has places in itself.
type chain struct {
	next [2]int32
	rows [2]cell
}

// weave stores structures where they say themselves: a store of one of their numbers
// must not change where the next one goes.
//
//tandem:kernel
func weave(i int, x []chain) {
	x[i].next[0] &= 1
	x[i].next[1] = x[i].next[0] ^ 1
	x[i].rows[x[i].next[0]] = cell{x[i].rows[x[i].next[1]].hits, 77}
	x[i].rows[x[i].rows[1].most&1] = x[i].rows[x[i].rows[0].hits&1]
	k := int32(0)
	k, x[i].rows[k].hits = turned(x, i)
	x[i].next[k] = k
}

//tandem:device
func turned(x []chain, i int) (int32, int32) { return 1 - x[i].next[0], x[i].rows[1].hits }

// choose has subscripts of type int32, and makes ints of them.
//
//tandem:kernel
func choose(i int, x []reading, out []int32) {
	k := x[i].bins[0]
	a := int(k&3) + 1
	b := 2 * int(k&7+1)
	x[i].bins[k&3] = int32(-int(k&1 - 3))
	out[i] = int32(a*b) + x[i].bins[k&3]
	//tandem:turns 3
	for r := &x[i]; r.flags < 3; r.flags++ {
		out[i]++
	}
}

// scores are what each of a group has of the element of the group.
//
//tandem:kernel
//tandem:group 32
func scores(g kernels.Group, x [][32]float32) {
	if g.Index()+g.Local() < len(x) {
		x[g.Index()][g.Local()] = 1
	}
}

// temper has neighbours of structures of one number, of a type with a name.
//
//tandem:kernel
func temper(i int, in []alone, heat []float32, out []alone, warm []only) {
	out[i] = alone{in[i].v + in[i+1].v}
	warm[i].of = kelvin(heat[i] + heat[i+1])
}

type only struct{ of kelvin }

// hide has parameters that hide types.
//
//tandem:kernel
func hide(i int, ball float32, point []point, cells []cell) {
	point[i].x = ball * float32(cells[i].hits)
}

// centres has boxes of another package, parts of which have no name here.
//
//tandem:kernel
func centres(i int, boxes []geometry.Box, out []geometry.Vector[float32], moved []geometry.Box) {
	c := geometry.Centre(boxes, i)
	out[i] = c
	moved[i] = geometry.Box{Width: boxes[i].X, Height: c.Y}
	b := boxes[i]
	b.Y += c.X
	if b.Y > 0 {
		moved[i] = b
		moved[i].X++
	}
}

// The next write some of what they seem to write: old values count.

// unread reads what later turns of its loop write.
//
//tandem:kernel
func unread(i int, x [][4]float32, z, y []float32) {
	var sum float32
	for j := range 4 {
		x[i][j] = 1
		sum += x[i][3-j]
		z[4*i+j] = 2
		if j < 3 {
			sum += z[4*i+j+1]
		}
	}
	y[i] = sum
}

// gone returns in the middle of a loop.
//
//tandem:kernel
func gone(i int, x [][4]float32, y []float32) {
	for j := range 4 {
		x[i][j] = 1
		if y[i] > 0 {
			return
		}
	}
	for j := range 4 {
		x[i][j] = 2
	}
	y[i] = 3
}

// idle has loops that may not turn around loops that do, and within them.
//
//tandem:kernel
func idle(i int, n int, x, z [][4]float32, y []float32) {
	for a := range n {
		for j := range 4 {
			x[i][j] = float32(a)
		}
	}
	for j := range 4 {
		for a := range n {
			z[i][j] = float32(a)
		}
	}
	y[i] = 1
}

// rows are of n elements, of which a loop of m turns writes all, if there are any.
//
//tandem:kernel
func rows(i int, n int, m int, x, z []float32, y []float32) {
	for a := range n {
		for j := range m {
			x[m*i+j] = float32(a)
		}
	}
	for j := range m {
		z[m*i+j] = 1
	}
	y[i] = 1
}

// unsure writes all of an element in one arm of a branch in a loop, and one number in the
// other.
//
//tandem:kernel
func unsure(i int, c []float32, x [][4]float32, y []float32) {
	var sum float32
	for j := range 4 {
		if c[i] > 0 {
			for k := range 4 {
				x[i][k] = 1
			}
		} else {
			x[i][j] = 2
		}
		sum += x[i][3-j]
	}
	y[i] = sum
}

// gauged moves what it can't name all of.
//
//tandem:kernel
func gauged(i int, in, out []geometry.Gauge) { out[i] = in[i] }

//tandem:device
func up(x []reading, i int, by uint32) uint32 {
	n := uint32(0)
	//tandem:turns 3
	for p := &x[i]; n < 3; n += by {
		p.flags ^= n
	}
	return n
}

// climb calls a function twice whose loop begins with a pointer.
//
//tandem:kernel
func climb(i int, x []reading) {
	a := up(x, i, 1)
	b := up(x, i, 2)
	x[i].bins[0] = int32(a*10 + b)
}
