package hybridblas

import "gonum.org/v1/gonum/blas"

// trmv is x = op(A)*x. The workers read a copy of x.
func (l *library[T]) trmv(ul blas.Uplo, t blas.Transpose, d blas.Diag, n int, a []T, lda int, x []T, incX int) bool {
	if float64(n)*float64(n) < l.least2 || !validUplo(ul) || !validTrans(t) || !validDiag(d) {
		return false
	}
	A, X := operand[T]{matrix[T]{a, n, n, lda}, t}, vector[T]{x, n, incX}
	if !A.ok() || !X.ok() {
		return false
	}
	how, watch := l.choose(call{opTrmv, l.kind, uploBit(ul)<<1 | transBits(t)<<2 | diagBit(d)<<4, n, n, 1})
	if how == wrapped || overlap(A.matrix, X.asMatrix()) {
		return false
	}
	defer watch.end()
	mem := takeScratch[T](n)
	defer mem.giveBack()
	old := vector[T]{X.copied(mem.data), n, 1}
	upper := (ul == blas.Upper) == (t == blas.NoTrans)
	l.strips(n, l.share(n), func(lo, hi int) {
		out := X.part(lo, hi)
		l.routines.trmv(ul, t, d, hi-lo, A.at(lo, lo), lda, out.data, incX)
		from, to := 0, lo
		if upper {
			from, to = hi, n
		}
		if from < to {
			l.addProduct(1, A.part(lo, from, hi-lo, to-from), old, from, to, out)
		}
	})
	return true
}
