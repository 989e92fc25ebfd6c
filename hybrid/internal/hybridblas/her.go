package hybridblas

import "gonum.org/v1/gonum/blas"

// her is A += alpha*x*xᴴ on one triangle. A worker does some rows: their block on
// the diagonal by the wrapped routine, what is beside it as an update of rank 1.
func (l *library[T]) her(ul blas.Uplo, n int, alpha T, x []T, incX int, a []T, lda int) bool {
	if float64(n)*float64(n) < l.least2 || !validUplo(ul) || alpha == 0 {
		return false
	}
	X, A := vector[T]{x, n, incX}, matrix[T]{a, n, n, lda}
	if !X.ok() || !A.ok() {
		return false
	}
	how, watch := l.choose(call{opHer, l.kind, uploBit(ul), n, n, 1})
	if how == wrapped || overlap(A, X.asMatrix()) {
		return false
	}
	defer watch.end()
	mem := takeScratch[T](2 * n)
	defer mem.giveBack()
	u, uc := X.copied(mem.data[:n]), X.copied(mem.data[n:])
	conjugateAll(uc)
	l.strips(n, l.triangleShare(n), func(lo, hi int) {
		l.routines.her(ul, hi-lo, alpha, u[lo:hi], 1, A.at(lo, lo), lda)
		if from, to := besideDiagonal(ul, lo, hi, n); from < to {
			l.routines.ger(hi-lo, to-from, alpha, u[lo:hi], 1, uc[from:to], 1, A.at(lo, from), lda)
		}
	})
	return true
}

// her2 is A += alpha*x*yᴴ + conj(alpha)*y*xᴴ on one triangle.
func (l *library[T]) her2(ul blas.Uplo, n int, alpha T, x []T, incX int, y []T, incY int, a []T, lda int) bool {
	if float64(n)*float64(n) < l.least2 || !validUplo(ul) || alpha == 0 {
		return false
	}
	X, Y, A := vector[T]{x, n, incX}, vector[T]{y, n, incY}, matrix[T]{a, n, n, lda}
	if !X.ok() || !Y.ok() || !A.ok() {
		return false
	}
	how, watch := l.choose(call{opHer2, l.kind, uploBit(ul), n, n, 1})
	if how == wrapped || overlap(A, X.asMatrix()) || overlap(A, Y.asMatrix()) {
		return false
	}
	defer watch.end()
	mem := takeScratch[T](4 * n)
	defer mem.giveBack()
	u, v := X.copied(mem.data[:n]), Y.copied(mem.data[n:2*n])
	uc, vc := X.copied(mem.data[2*n:3*n]), Y.copied(mem.data[3*n:])
	conjugateAll(uc)
	conjugateAll(vc)
	l.strips(n, l.triangleShare(n), func(lo, hi int) {
		l.routines.her2(ul, hi-lo, alpha, u[lo:hi], 1, v[lo:hi], 1, A.at(lo, lo), lda)
		if from, to := besideDiagonal(ul, lo, hi, n); from < to {
			out := A.at(lo, from)
			l.routines.ger(hi-lo, to-from, alpha, u[lo:hi], 1, vc[from:to], 1, out, lda)
			l.routines.ger(hi-lo, to-from, conjugate(alpha), v[lo:hi], 1, uc[from:to], 1, out, lda)
		}
	})
	return true
}

// besideDiagonal is which columns of the rows [lo, hi) are stored beside their
// block on the diagonal.
func besideDiagonal(ul blas.Uplo, lo, hi, n int) (from, to int) {
	if ul == blas.Upper {
		return hi, n
	}
	return 0, lo
}
