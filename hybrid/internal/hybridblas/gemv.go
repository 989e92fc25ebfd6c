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

// share is how many elements of a vector one worker takes at once. Work of level
// 2 and 1 is even, and each worker gains by long parts.
func (e *engine) share(n int) int {
	if e.cfg.Tile > 0 {
		return e.cfg.Tile
	}
	const cacheLine = 16 // elements of the smallest type: no two workers write one
	parts := 2 * e.workers
	return (n/parts + cacheLine) / cacheLine * cacheLine
}

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
