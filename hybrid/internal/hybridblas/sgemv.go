package hybridblas

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// Sgemv is y = alpha*op(A)*x + beta*y. gonum's clears all of y's slice with beta 0, not
// only the vector as its Dgemv does; where the wrapped one doesn't, it is kept from that.
func (b *BLAS) Sgemv(tA blas.Transpose, m, n int, alpha float32, a []float32, lda int, x []float32, incX int, beta float32, y []float32, incY int) {
	switch {
	case b.large2(m, n) && b.s.gemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY):
	case work2(m, n) < b.small.s.matrix:
		if beta == 0 && !b.small.s.clears {
			y = vectorOf(tA, m, n, y, incY)
		}
		gonum.Implementation{}.Sgemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
	default:
		b.Float32.Sgemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
	}
}

// vectorOf is the part of y's slice that y = op(A)*x has, if it has it all. It is
// inlined into calls that take 20 ns.
func vectorOf(t blas.Transpose, m, n int, y []float32, incY int) []float32 {
	if t != blas.NoTrans {
		m = n
	}
	if last := (m - 1) * max(incY, -incY); uint(last) < uint(len(y)) {
		return y[:last+1]
	}
	return y
}
