package sample

import (
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/atomics"
)

// treeSums sums 256 elements at a time, as a tree in shared memory.
//
//tandem:kernel
//tandem:group 256
func treeSums(g kernels.Group, x, sums []float32) {
	part := kernels.Shared[[256]float32](g)
	l := g.Local()
	part[l] = 0
	if i := g.Global(); i < len(x) {
		part[l] = x[i]
	}
	g.Barrier()
	//tandem:turns 8
	for reach := 128; reach > 0; reach /= 2 {
		if l < reach {
			part[l] += part[l+reach]
		}
		g.Barrier()
	}
	if l == 0 {
		sums[g.Index()] = part[0]
	}
}

// scan is the sums of each block's elements up to and with each one (Hillis and
// Steele), and the block's own beside them.
//
//tandem:kernel
//tandem:group 64
func scan(g kernels.Group, x, y, blocks []int32) {
	sums := kernels.Shared[[64]int32](g)
	l, i := g.Local(), g.Global()
	mine := int32(0)
	if i < len(x) {
		mine = x[i]
	}
	sums[l] = mine
	g.Barrier()
	//tandem:turns 6
	for reach := 1; reach < g.Size(); reach *= 2 {
		before := int32(0)
		if l >= reach {
			before = sums[l-reach]
		}
		g.Barrier()
		mine += before
		sums[l] = mine
		g.Barrier()
	}
	if i < len(y) {
		y[i] = mine
	}
	if l == g.Size()-1 {
		blocks[g.Index()] = mine
	}
}

// normalise divides each block by its greatest magnitude, unless that is 0, and keeps
// what the sub-groups sum up to.
//
//tandem:kernel
//tandem:group 128
func normalise(g kernels.Group, skip int, x []float64, sums []float64) {
	if g.Index() == skip {
		return
	}
	i := g.Global()
	v := x[i]
	if v < 0 {
		v = -v
	}
	most := kernels.GroupMax(g, v)
	v = x[i]
	if most > 0 {
		v /= most
		all := kernels.GroupSum(g, v)
		v -= all / float64(g.Size())
	}
	sub := kernels.SubgroupSum(g, v)
	x[i] = v
	if g.Lane() == 0 {
		sums[4*g.Index()+g.Subgroup()] = sub
	}
}

// cell is an element of shared memory that is a structure.
type cell struct {
	key   uint32
	place int32
}

// oddEven sorts blocks of 32 by key, keeping equal ones in order.
//
//tandem:kernel
//tandem:group 32
func oddEven(g kernels.Group, keys []uint32, places []int32) {
	cells := kernels.Shared[[32]cell](g)
	l := g.Local()
	cells[l] = cell{keys[g.Global()], int32(l)}
	g.Barrier()
	for turn := range 32 {
		if l&1 == turn&1 && l < 31 {
			a, b := cells[l], cells[l+1]
			if b.key < a.key {
				cells[l], cells[l+1] = b, a
			}
		}
		g.Barrier()
	}
	c := cells[l]
	keys[g.Global()], places[g.Global()] = c.key, c.place
}

// histogram counts in shared memory, and adds that up in the slice.
//
//tandem:kernel
//tandem:group 64
func histogram(g kernels.Group, per int, x []uint32, bins, least []uint32, marks []int32) {
	counts := kernels.Shared[[16]uint32](g)
	l := g.Local()
	if l < 16 {
		counts[l] = 0
	}
	g.Barrier()
	for k := range per {
		if i := (g.Index()*per+k)*64 + l; i < len(x) {
			v := x[i]
			atomics.Add(&counts[v%16], 1)
			atomics.Min(&least[v%16], v)
			atomics.Or(&marks[v%16], int32(v&0xff00))
			if atomics.CompareAndSwap(&marks[16], 0, 7) == 7 {
				atomics.Xor(&marks[17], 0)
			}
		}
	}
	g.Barrier()
	if l < 16 {
		if n := counts[l]; n > 0 {
			atomics.Add(&bins[l], n)
		}
	}
}

// blockBins has a histogram for each group.
//
//tandem:kernel
//tandem:group 64
func blockBins(g kernels.Group, x, bins []uint32) {
	counts := kernels.Shared[[16]uint32](g)
	l := g.Local()
	if l < 16 {
		counts[l] = 0
	}
	g.Barrier()
	if i := g.Global(); i < len(x) {
		atomics.Add(&counts[x[i]%16], 1)
	}
	g.Barrier()
	if l < 16 {
		bins[16*g.Index()+l] = counts[l]
	}
}

// halves has the first half of a group store sums and the second, in another slice,
// differences, but for the last.
//
//tandem:kernel
//tandem:group 32
func halves(g kernels.Group, x, sums, differences []int32) {
	i, l := g.Global(), g.Local()
	if l < 16 {
		sums[16*g.Index()+l] = x[i] + x[i+16]
	} else {
		if l == 31 {
			return
		}
		differences[15*g.Index()+l-16] = x[i-16] - x[i]
	}
}

// extremes uses atomic operations in a kernel of single indices.
//
//tandem:kernel
func extremes(i int, x []int32, of []int32) {
	atomics.Max(&of[0], x[i])
	atomics.Min(&of[1], x[i])
	was := atomics.Add(&of[2], 1)
	if was < 0 {
		atomics.Exchange(&of[3], 1)
	}
	atomics.And(&of[4], x[i]|1)
}

// place stores where a permutation says.
//
//tandem:kernel
//tandem:scatter y
func place(i int, to []uint32, x, y []float32) { y[to[i]] = x[i] }
