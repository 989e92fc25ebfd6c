package cpuexec

import "context"

// Branch is a lane for halves of any type: see [Both] and [Join].
type Branch = Lane[Closure, struct{}]

// Closure is what a [Branch] has forked.
type Closure struct{ half interface{ run(b *Branch) } }

// closure is a function and the place for its result.
type closure[R any] struct {
	f   func(b *Branch) R
	res R
}

func (c *closure[R]) run(b *Branch) { c.res = c.f(b) }

func runClosure(b *Branch, c Closure) struct{} {
	c.half.run(b)
	return struct{}{}
}

// Join runs left and right, possibly at the same time on two workers, and returns
// their results. It is [Both] for halves that are different functions, and goes
// about them in the same way. What right captures is allocated at each call, which
// costs more than all the rest: where halves take only nanoseconds, use Both, or
// ask [Lane.Surplus] first.
func Join[L, R any](b *Branch, left func(b *Branch) L, right func(b *Branch) R) (L, R) {
	if b.deque.Surplus() {
		return left(b), right(b)
	}
	return forkClosure(b, left, right)
}

func forkClosure[L, R any](b *Branch, left func(b *Branch) L, right func(b *Branch) R) (L, R) {
	c := spare[R](b)
	c.f = right
	half := b.Fork(runClosure, Closure{c})
	l := left(b)
	if b.deque.Pop(uint32(half)) {
		return l, right(b)
	}
	b.joinSlowly(uint32(half))
	return l, c.res
}

// spare returns a place for a right half: the one that was last used at the
// position of the next fork, if it was for the same type. That one may belong to
// a Join that is running it on this lane right now; but then it has no more use
// for f, and writes and reads res after this Join has returned.
func spare[R any](b *Branch) *closure[R] {
	if pos := b.deque.Head(); pos < room {
		if c, ok := b.frames[pos].arg.half.(*closure[R]); ok {
			return c
		}
	}
	return new(closure[R])
}

// Do runs f, which may divide its work by [Both] or [Join], on the calling goroutine and on
// those workers that are free. See [Fork], of which it is the convenient form.
func (p *Pool) Do(ctx context.Context, f func(b *Branch)) error {
	_, err := Fork(ctx, p, func(b *Branch, _ Closure) struct{} { f(b); return struct{}{} }, Closure{})
	return err
}
