package cpuexec

// Both runs f(l, left) and f(l, right), possibly at the same time on two workers,
// and returns their results. It is the form of fork-join to begin with:
//
//	func fib(l *cpuexec.Lane[int, int], n int) int {
//		if n < 2 {
//			return n
//		}
//		a, b := l.Both(fib, n-1, n-2)
//		return a + b
//	}
//
// As long as there is a [Lane.Surplus] the halves are plain calls, one after the
// other, so that f needs no cut-off; otherwise right is forked. What is done by
// plain calls can't be stolen any more, though what it calls Both for in turn can:
// of halves that differ much, right should be the larger one.
func (l *Lane[A, R]) Both(f func(*Lane[A, R], A) R, left, right A) (R, R) {
	if l.deque.Surplus() {
		return f(l, left), f(l, right)
	}
	return l.forkBoth(f, left, right)
}

func (l *Lane[A, R]) forkBoth(f func(*Lane[A, R], A) R, left, right A) (R, R) {
	half := l.Fork(f, right)
	res := f(l, left)
	return res, l.Join(half)
}

// Both is [Lane.Both] for a [Branch]: f may have any types, and may call itself
// and others with other types. It costs no more, since what it is given is only
// stored, and allocated for, when the half is forked.
func Both[A, R any](b *Branch, f func(b *Branch, arg A) R, left, right A) (R, R) {
	if b.deque.Surplus() {
		return f(b, left), f(b, right)
	}
	return forkClosure(b,
		func(b *Branch) R { return f(b, left) },
		func(b *Branch) R { return f(b, right) })
}
