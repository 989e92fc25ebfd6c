package sample

import (
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/atomics"
)

// particles are a structure of arrays, on the host or in resident buffers.
type particles[V kernels.Vector[float32]] struct {
	X, Y   V
	VX, VY V
	Drag   [2]float32
	Name   string // no kernel uses it
	Age    []int  // nor this
}

// drift moves particles for a while.
//
//tandem:kernel
func drift(i int, dt float32, p particles[[]float32]) {
	p.VX[i] -= p.Drag[0] * p.VX[i]
	p.VY[i] -= p.Drag[1] * p.VY[i]
	p.X[i] += dt * p.VX[i]
	p.Y[i] += dt * p.VY[i]
}

// fastest is the greatest square of a velocity.
//
//tandem:kernel
//tandem:reduce max
func fastest(i int, p particles[[]float32]) float32 {
	return p.VX[i]*p.VX[i] + p.VY[i]*p.VY[i]
}

// column is a slice of another name.
type column []float64

type axes struct {
	U, V column
}

type limits struct{ low, high float64 }

// field is a structure of slices, numbers and structures of both.
type field struct {
	in, out axes
	tables  struct {
		weight []float64
		at     []uint32
	}
	most, bounds limits
	scale        float64
	turns        int32
}

// bend uses fields in all the ways that there are.
//
//tandem:kernel
func bend(r, c int, cols int, f field) {
	at := r*cols + c
	sum := 0.0
	for k, w := range f.tables.weight {
		if k < len(f.tables.at) {
			sum += w * f.in.U[int32(f.tables.at[k])%int32(len(f.in.U))]
		}
	}
	for range f.tables.at {
		f.turns++
	}
	f.bounds.low -= f.scale
	f.out.U[at] = min(max(sum, f.bounds.low), f.most.high)
	f.out.V[at] += float64(f.turns)
}

// binned counts words by their kind, and adds up those of a group.
//
//tandem:kernel
//tandem:group 64
//tandem:scatter b.Last
func binned(g kernels.Group, b struct {
	Words, Bins, Sums, Last []uint32
},
) {
	i := g.Global()
	kind := uint32(0)
	if i < len(b.Words) {
		kind = b.Words[i] % 8
		atomics.Add(&b.Bins[kind], 1)
		b.Last[i] = kind
	}
	sum := kernels.GroupSum(g, kind)
	if g.Local() == 0 {
		b.Sums[g.Index()] = sum
	}
}

// bodies are more slices than a launch has room for in itself.
type bodies struct {
	X, Y, Z, VX, VY, VZ, Mass []float32
}

// pull changes the velocities of bodies by what the others do to them.
//
//tandem:kernel
func pull(i int, dt, soft float32, b bodies) {
	ax, ay, az := float32(0), float32(0), float32(0)
	for j := range b.Mass {
		dx, dy, dz := b.X[j]-b.X[i], b.Y[j]-b.Y[i], b.Z[j]-b.Z[i]
		w := b.Mass[j] / (dx*dx + dy*dy + dz*dz + soft)
		ax, ay, az = ax+w*dx, ay+w*dy, az+w*dz
	}
	b.VX[i] += dt * ax
	b.VY[i] += dt * ay
	b.VZ[i] += dt * az
}

const red, green, blue = 0, 1, 2

// luminance weighs the planes of a picture, of which the last one is not used for
// short rows.
//
//tandem:kernel
func luminance(r, c int, cols int, weights [3]float32, planes [3][]float32, y []float32) {
	at := r*cols + c
	y[at] = weights[red]*planes[red][at] + weights[green]*planes[green][at]
	if cols > 5 {
		y[at] += weights[blue] * planes[blue][at]
	}
}

// picture has planes in an array, on the host or in resident buffers.
type picture[V kernels.Vector[int32]] struct {
	Planes [4]V
	Gain   [4]int32
}

// fade changes two of four planes in place.
//
//tandem:kernel
func fade(i int, p picture[[]int32]) {
	p.Planes[green][i] = p.Planes[green][i] * p.Gain[green] >> 4
	p.Planes[3][i] ^= p.Planes[green][i] + int32(len(p.Planes[3]))
}

// grid has slices in arrays of arrays and of structures, and one of another name.
type grid [2][2]struct {
	At   []uint32
	Text [1]column
}

// pick reads through tables in a grid, and counts what it picks in an array of tables.
//
//tandem:kernel
//tandem:scatter counts[1]
func pick(i int, g grid, counts [2][]uint32, out []float64) {
	sum := 0.0
	for _, at := range g[0][1].At {
		if n := int32(len(g[1][0].Text[0])); n > 0 {
			sum += g[1][0].Text[0][int32(at)%n]
		}
	}
	out[i] = sum
	atomics.Add(&counts[0][i%4], 1)
	counts[1][i] = uint32(len(g[0][1].At))
}

// eight adds up elements of as many slices as a kernel may have.
//
//tandem:kernel
//tandem:reduce sum
func eight(i int, a, b, c, d, e, f, g, h []uint32) uint32 {
	return a[i] ^ b[i]&c[i] + d[i]*e[i] ^ f[i]&g[i] ^ h[i]
}

// masked weighs a neighbourhood of 5 by 5 by a mask, 50 words of scalars.
//
//tandem:kernel
func masked(r, c int, rows, cols int, mask [25]float64, src, dst []float64) {
	sum := 0.0
	for k, w := range mask {
		y, x := r+k/5-2, c+k%5-2
		if y >= 0 && y < rows && x >= 0 && x < cols {
			sum += w * src[y*cols+x]
		}
	}
	dst[r*cols+c] = sum
}

// looked has as many scalars as a launch takes.
//
//tandem:kernel
func looked(i int, table [127]float32, last uint64, at []int32, y []float32) {
	y[i] = table[uint32(at[i])%127] + float32(last>>60)
}
