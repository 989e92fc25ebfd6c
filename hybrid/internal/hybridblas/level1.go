package hybridblas

func (l *library[T]) axpy(n int, alpha T, x []T, incX int, y []T, incY int) bool {
	if n < l.least1 || alpha == 0 {
		return false
	}
	X, Y := vector[T]{x, n, incX}, vector[T]{y, n, incY}
	if !X.ok() || !Y.ok() || overlap(X.asMatrix(), Y.asMatrix()) {
		return false
	}
	how, watch := l.choose(call{opAxpy, l.kind, incBit(incX, incY), n, 1, 1})
	if how == wrapped {
		return false
	}
	defer watch.end()
	l.strips(n, l.share(n), func(lo, hi int) {
		l.routines.axpy(hi-lo, alpha, X.part(lo, hi).data, incX, Y.part(lo, hi).data, incY)
	})
	return true
}

func (l *library[T]) scal(n int, alpha T, x []T, incX int) bool {
	if n < l.least1 || incX < 1 { // gonum's has no negative increments
		return false
	}
	X := vector[T]{x, n, incX}
	if !X.ok() {
		return false
	}
	how, watch := l.choose(call{opScal, l.kind, incBit(incX, incX), n, 1, 1})
	if how == wrapped {
		return false
	}
	defer watch.end()
	l.strips(n, l.share(n), func(lo, hi int) {
		l.routines.scal(hi-lo, alpha, X.part(lo, hi).data, incX)
	})
	return true
}

func (l *library[T]) dot(n int, x []T, incX int, y []T, incY int) (T, bool) {
	return l.inner(opDot, l.routines.dot, n, x, incX, y, incY)
}

func (l *library[T]) dotc(n int, x []T, incX int, y []T, incY int) (T, bool) {
	return l.inner(opDotc, l.routines.dotc, n, x, incX, y, incY)
}

// inner adds up the inner products of parts, in their order.
func (l *library[T]) inner(routine opcode, f func(n int, x []T, incX int, y []T, incY int) T, n int, x []T, incX int, y []T, incY int) (sum T, done bool) {
	if n < l.least1 {
		return sum, false
	}
	X, Y := vector[T]{x, n, incX}, vector[T]{y, n, incY}
	if !X.ok() || !Y.ok() {
		return sum, false
	}
	how, watch := l.choose(call{routine, l.kind, incBit(incX, incY), n, 1, 1})
	if how == wrapped {
		return sum, false
	}
	defer watch.end()
	width := l.share(n)
	sums := make([]T, ceil(n, width))
	l.strips(n, width, func(lo, hi int) {
		sums[lo/width] = f(hi-lo, X.part(lo, hi).data, incX, Y.part(lo, hi).data, incY)
	})
	for _, s := range sums {
		sum += s
	}
	return sum, true
}
