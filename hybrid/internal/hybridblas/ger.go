package hybridblas

import "gonum.org/v1/gonum/blas"

func (l *library[T]) ger(m, n int, alpha T, x []T, incX int, y []T, incY int, a []T, lda int) bool {
	return l.rank1(opGer, m, n, alpha, x, incX, y, incY, a, lda)
}

func (l *library[T]) gerc(m, n int, alpha T, x []T, incX int, y []T, incY int, a []T, lda int) bool {
	return l.rank1(opGerc, m, n, alpha, x, incX, y, incY, a, lda)
}

// rank1 is A += alpha*x*yᵀ, or with y conjugated. A worker does some rows. gonum's
// complex gerc takes 15 to 25 times as long as its geru, so all goes by that.
func (l *library[T]) rank1(routine opcode, m, n int, alpha T, x []T, incX int, y []T, incY int, a []T, lda int) bool {
	if float64(m)*float64(n) < l.least2 || alpha == 0 || incX < 0 || incY < 0 {
		return false // gonum 0.17 takes a negative incY for 1
	}
	X, Y, A := vector[T]{x, m, incX}, vector[T]{y, n, incY}, matrix[T]{a, m, n, lda}
	if !X.ok() || !Y.ok() || !A.ok() {
		return false
	}
	how, watch := l.choose(call{routine, l.kind, 0, m, n, 1})
	if how == wrapped || overlap(A, X.asMatrix()) || overlap(A, Y.asMatrix()) {
		return false
	}
	defer watch.end()
	mem := takeScratch[T](n)
	defer mem.giveBack()
	v := Y.copied(mem.data)
	if routine == opGerc {
		conjugateAll(v)
	}
	l.strips(m, l.share(m), func(lo, hi int) {
		l.routines.ger(hi-lo, n, alpha, X.part(lo, hi).data, incX, v, 1, A.at(lo, 0), lda)
	})
	return true
}

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

// triangleShare is share for rows of a triangle, which are not equally long.
func (e *engine) triangleShare(n int) int { return max(1, e.share(n)/partsPerWorker) }
