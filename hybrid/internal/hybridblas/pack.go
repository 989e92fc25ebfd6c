package hybridblas

import (
	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/hybrid/internal/microkernel"
)

// A panel has, for each column of op(A), a number of each of its lanes, which are
// rows of op(A). The last panel is filled up with zeros.

// packReal packs scale*op(A).
func packReal[R microkernel.Float](to []R, lanes int, a operand[R], scale R) {
	if a.trans == blas.NoTrans {
		for i := 0; i < a.rows; i += lanes {
			packRows(to[i*a.cols:], 1, lanes, a.block(i, 0, min(lanes, a.rows-i), a.cols), scale)
		}
		return
	}
	for i := 0; i < a.cols; i += lanes {
		n := min(lanes, a.cols-i)
		panel := to[i*a.rows:][:lanes*a.rows]
		for l := range a.rows {
			out := panel[l*lanes:][:lanes]
			from := a.at(l, i)[:n]
			switch {
			case scale != 1:
				for r, v := range from {
					out[r] = scale * v
				}
			case n == 16: // whole vectors, without a call
				*(*[16]R)(out) = [16]R(from)
			case n == 8:
				*(*[8]R)(out) = [8]R(from)
			default:
				copy(out, from)
			}
			clear(out[n:])
		}
	}
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
			both := matrix[R]{parts[R](a.at(i, 0)[:(m-1)*a.stride+a.cols]), m, a.cols, 2 * a.stride}
			packRows(to[0][i*a.cols:], 2, lanes, both, 1)
			both.data = both.data[1:]
			packRows(to[1][i*a.cols:], 2, lanes, both, sign)
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

// packRows packs one panel from rows, of which every step-th number counts. Four
// rows at a time are read, so that what is written beside each other is written
// together.
func packRows[R microkernel.Float](to []R, step, lanes int, rows matrix[R], scale R) {
	panel := to[:lanes*rows.cols]
	if rows.rows < lanes {
		clear(panel)
	}
	length := (rows.cols-1)*step + 1
	r := 0
	for ; r+4 <= rows.rows; r += 4 {
		a, b := rows.at(r, 0)[:length], rows.at(r+1, 0)[:length]
		c, d := rows.at(r+2, 0)[:length], rows.at(r+3, 0)[:length]
		at := r
		for l := 0; l < length; l += step {
			out := panel[at : at+4 : at+4]
			out[0], out[1], out[2], out[3] = scale*a[l], scale*b[l], scale*c[l], scale*d[l]
			at += lanes
		}
	}
	for ; r < rows.rows; r++ {
		from := rows.at(r, 0)[:length]
		at := r
		for l := 0; l < length; l += step {
			panel[at] = scale * from[l]
			at += lanes
		}
	}
}
