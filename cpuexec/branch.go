package cpuexec

import "context"

// Branch is a lane for halves of any type: see [Join].
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
// their results. It is the convenient form of [Lane.Fork] and [Lane.Join], for
// halves of different types. It allocates a few words for right, which makes it
// some five times slower when the halves are empty.
func Join[L, R any](b *Branch, left func(b *Branch) L, right func(b *Branch) R) (L, R) {
	c := &closure[R]{f: right}
	half := b.Fork(runClosure, Closure{c})
	l := left(b)
	b.Join(half)
	return l, c.res
}

// Do runs f, which may divide its work by [Join], on the calling goroutine and on
// those workers that are free. See [Fork], of which it is the convenient form.
func (p *Pool) Do(ctx context.Context, f func(b *Branch)) error {
	_, err := Fork(ctx, p, func(b *Branch, _ Closure) struct{} { f(b); return struct{}{} }, Closure{})
	return err
}
