package hybridblas

import "gonum.org/v1/gonum/blas"

func (l *library[T]) gemv(t blas.Transpose, m, n int, alpha T, a []T, lda int, x []T, incX int, beta T, y []T, incY int) bool {
	if float64(m)*float64(n) < l.least2 || !validTrans(t) || alpha == 0 {
		return false
	}
	lenX, lenY := n, m
	if t != blas.NoTrans {
		lenX, lenY = m, n
	}
	A, X, Y := matrix[T]{a, m, n, lda}, vector[T]{x, lenX, incX}, vector[T]{y, lenY, incY}
	if !A.ok() || !X.ok() || !Y.ok() {
		return false
	}
	how, watch := l.choose(call{opGemv, l.kind, transBits(t), m, n, 1})
	if how == wrapped || overlap(A, Y.asMatrix()) || overlap(X.asMatrix(), Y.asMatrix()) {
		return false
	}
	defer watch.end()
	l.strips(lenY, l.share(lenY), func(lo, hi int) {
		out := Y.part(lo, hi)
		part := operand[T]{A, t}.part(lo, 0, hi-lo, lenX)
		l.routines.gemv(t, part.rows, part.cols, alpha, part.data, lda, x, incX, beta, out.data, incY)
	})
	return true
}
