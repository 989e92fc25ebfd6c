package hybridblas

import (
	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/internal/microkernel"
)

// A panel has, for each column of op(A), a number of each of its lanes, which are
// rows of op(A). The last panel is filled up with zeros.

// panels are a block of A and one of B in panels, in one plane for real numbers of
// type R, or in two for the parts of complex ones, and tiles of C.
type panels[R microkernel.Float] struct {
	cols    int // of a panel of B
	a, b    [2][]R
	tile    [3][]R
	scratch *scratch[R]
}

// takePanels returns room for blocks of so many rows, columns and steps, to be
// given back by the caller.
func takePanels[R microkernel.Float](planes, rows, cols, depth int) panels[R] {
	p := panels[R]{cols: microkernel.Cols[R]()}
	sizeA := ceil(rows, microkernel.Rows) * microkernel.Rows * depth
	sizeB := ceil(cols, p.cols) * p.cols * depth
	sizeTile := microkernel.Rows * p.cols
	p.scratch = takeScratch[R](planes*(sizeA+sizeB) + len(p.tile)*sizeTile)
	rest := p.scratch.data
	take := func(n int) (part []R) {
		part, rest = rest[:n:n], rest[n:]
		return part
	}
	for at := range planes {
		p.b[at], p.a[at] = take(sizeB), take(sizeA)
	}
	for at := range p.tile {
		p.tile[at] = take(sizeTile)
	}
	return p
}

// each calls body for the tiles of what s has of a block of C, each with where its
// panels of A and B begin: panels of B change last, and stay in the cache.
func (p *panels[R]) each(depth, rows, cols int, s stored, body func(i, j, m, n, a, b int)) {
	for j := 0; j < cols; j += p.cols {
		n := min(p.cols, cols-j)
		for i := 0; i < rows; i += microkernel.Rows {
			m := min(microkernel.Rows, rows-i)
			if lo, hi := s.of(i, m, cols); lo < j+n && j < hi {
				body(i, j, m, n, i*depth, j*depth)
			}
		}
	}
}

// packReal packs scale*op(A).
func packReal[R microkernel.Float](to []R, lanes int, a operand[R], scale R) {
	microkernel.Pack(to, lanes, a.trans != blas.NoTrans, a.data, a.rows, a.cols, a.stride, scale)
}

// packParts packs the real parts of op(A) into one plane and the imaginary ones
// into the other.
func packParts[T complex64 | complex128, R microkernel.Float](to [2][]R, lanes int, a operand[T]) {
	sign := R(1)
	if a.trans == blas.ConjTrans || a.trans == conjugated {
		sign = -1
	}
	if a.trans == blas.NoTrans || a.trans == conjugated {
		for i := 0; i < a.rows; i += lanes {
			m := min(lanes, a.rows-i)
			both := parts[R](a.at(i, 0)[:(m-1)*a.stride+a.cols])
			microkernel.PackRows(to[0][i*a.cols:], lanes, both, m, a.cols, 2*a.stride, 2, 1)
			microkernel.PackRows(to[1][i*a.cols:], lanes, both[1:], m, a.cols, 2*a.stride, 2, sign)
		}
		return
	}
	for i := 0; i < a.cols; i += lanes {
		n := min(lanes, a.cols-i)
		re, im := to[0][i*a.rows:][:lanes*a.rows], to[1][i*a.rows:][:lanes*a.rows]
		for l := range a.rows {
			from := parts[R](a.at(l, i)[:n])
			x, y := re[l*lanes:][:lanes], im[l*lanes:][:lanes]
			for r := range n {
				x[r], y[r] = from[2*r], sign*from[2*r+1]
			}
			clear(x[n:])
			clear(y[n:])
		}
	}
}
