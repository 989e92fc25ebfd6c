package cpuexec

import (
	"context"

	"github.com/tandem-go/tandem/steal"
)

// Reduce computes part for consecutive parts [lo, hi) of [0, n), each of grain
// indices but the last, as [Pool.For] would, and combines the results two by two
// from the first to the last. So the result depends on n and grain and on nothing
// else, whichever workers computed what; with grain 0, which lets Reduce choose,
// it depends on the number of workers too. For n <= 0 it is the zero T.
//
// combine(a, b) may reuse what a holds. Errors are those of For.
func Reduce[T any](ctx context.Context, p *Pool, n, grain int, part func(lo, hi int) T, combine func(a, b T) T) (T, error) {
	var none T
	if grain <= 0 {
		grain = p.grain(n)
	}
	space := steal.NewSpace(n, grain)
	results := make([]T, space.Granules())
	if err := p.For(ctx, len(results), 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			results[i] = part(space.Indices(uint32(i), uint32(i)+1))
		}
	}); err != nil {
		return none, err
	}
	if len(results) == 0 {
		return none, nil
	}
	sum := results[0]
	for _, r := range results[1:] {
		sum = combine(sum, r)
	}
	return sum, nil
}
