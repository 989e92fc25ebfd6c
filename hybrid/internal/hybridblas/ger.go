package hybridblas

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
