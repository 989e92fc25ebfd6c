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
	limits
	bounds limits
	scale  float64
	turns  int32
	rest   []float32
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
	f.out.U[at] = min(max(sum, f.bounds.low), f.limits.high)
	(f.out.V)[at] += float64(f.turns)
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
