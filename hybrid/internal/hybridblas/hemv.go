package hybridblas

import "gonum.org/v1/gonum/blas"

// hemv is y = alpha*A*x + beta*y where A is Hermitian or symmetric. A worker
// computes some rows: the block on the diagonal by the wrapped routine, what is
// beside it as products with stored and with mirrored blocks.
func (l *library[T]) hemv(ul blas.Uplo, n int, alpha T, a []T, lda int, x []T, incX int, beta T, y []T, incY int) bool {
	if float64(n)*float64(n) < l.least2 || !validUplo(ul) || alpha == 0 {
		return false
	}
	A, X, Y := matrix[T]{a, n, n, lda}, vector[T]{x, n, incX}, vector[T]{y, n, incY}
	if !A.ok() || !X.ok() || !Y.ok() {
		return false
	}
	how, watch := l.choose(call{opHemv, l.kind, uploBit(ul), n, n, 1})
	if how == wrapped || overlap(A, Y.asMatrix()) || overlap(X.asMatrix(), Y.asMatrix()) {
		return false
	}
	defer watch.end()
	if l.symvRows != nil && incX == 1 && incY == 1 {
		l.symv(ul, n, alpha, a, lda, x, beta, y)
		return true
	}
	l.strips(n, l.share(n), func(lo, hi int) {
		out, in := Y.part(lo, hi), X.part(lo, hi)
		l.routines.hemv(ul, hi-lo, alpha, A.at(lo, lo), lda, in.data, incX, beta, out.data, incY)
		l.addProduct(alpha, mirrored(A, ul, true, lo, 0, hi-lo, lo), X, 0, lo, out)
		if hi < n {
			l.addProduct(alpha, mirrored(A, ul, true, lo, hi, hi-lo, n-hi), X, hi, n, out)
		}
	})
	return true
}

// addProduct is y += alpha*A*x[lo:hi].
func (l *library[T]) addProduct(alpha T, a operand[T], x vector[T], lo, hi int, y vector[T]) {
	if lo == hi {
		return
	}
	in := x.part(lo, hi)
	l.routines.gemv(a.trans, a.rows, a.cols, alpha, a.data, a.stride, in.data, in.inc, 1, y.data, y.inc)
}
