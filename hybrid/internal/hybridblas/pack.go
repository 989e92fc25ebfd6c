package hybridblas

import (
	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/internal/microkernel"
)

// A panel has, for each column of op(A), a number of each of its lanes, which are
// rows of op(A). The last panel is filled up with zeros.

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
