package hybridblas

import (
	"math"

	"gonum.org/v1/gonum/blas"
)

// leastTriangle is how many elements of a triangle are worth a worker of their own: 20
// µs, a few times what it takes to wake one.
const leastTriangle = 1 << 17

// symv is hemv for real numbers without gaps, where each stored element is read once:
// rows of the triangle, as many elements for each worker, add to a vector of the
// worker's, and those are added up in their order.
func (l *library[T]) symv(ul blas.Uplo, n int, alpha T, a []T, lda int, x []T, beta T, y []T) {
	parts := max(1, min(n*n/2/leastTriangle, l.workers))
	if l.cfg.Tile > 0 {
		parts = ceil(n, l.cfg.Tile)
	}
	x, y = x[:n], y[:n]
	l.scaleVector(beta, y)
	if parts == 1 {
		l.symvRows(ul, n, 0, n, alpha, a, lda, x, y)
		return
	}
	mem := takeScratch[T]((parts - 1) * n)
	defer mem.giveBack()
	l.each(parts, func(i int) {
		out := y
		if i > 0 {
			out = mem.data[(i-1)*n : i*n]
			clear(out)
		}
		lo, hi := triangleCut(ul, n, i, parts), triangleCut(ul, n, i+1, parts)
		l.symvRows(ul, n, lo, hi, alpha, a, lda, x, out)
	})
	for i := range parts - 1 {
		l.routines.axpy(n, 1, mem.data[i*n:(i+1)*n], 1, y, 1)
	}
}

// triangleCut is the row at which part i of a triangle of order n begins, if all parts
// have as many elements: on a multiple of 8, which are computed at a time.
func triangleCut(ul blas.Uplo, n, i, parts int) int {
	above := float64(i) / float64(parts) // of the triangle's elements
	at := float64(n) * math.Sqrt(above)
	if ul == blas.Upper {
		at = float64(n) * (1 - math.Sqrt(1-above))
	}
	if i == parts {
		return n
	}
	return int(at) / 8 * 8
}

// scaleVector is y = beta*y; with beta 0 nothing is read of y.
func (l *library[T]) scaleVector(beta T, y []T) {
	switch beta {
	case 0:
		clear(y)
	case 1:
	default:
		l.routines.scal(len(y), beta, y, 1)
	}
}
