package cpuexec

import (
	"cmp"
	"context"
	"slices"
)

// ParallelSort sorts x in increasing order, as [slices.Sort] does: NaNs come first.
//
// The caller and the workers that are free sort blocks of x, then merge them two by
// two, each pair in pieces that end at equal ranks (merge path: Odeh, Green, Mwassi,
// Shmueli and Birk, IPDPSW 2012), so that the last pair keeps all of them busy too. It
// holds room for another len(x) elements meanwhile.
//
// When ctx ends, or something panics, what has not begun is left out, and errors are
// those of [Pool.For]. Whatever happens, x holds each of its elements once in the end.
// x must not be used by others meanwhile. Package kernels/radix sorts numbers by their
// digits, without comparing them.
func ParallelSort[S ~[]E, E cmp.Ordered](ctx context.Context, p *Pool, x S) error {
	return sorter[E]{pool: p, block: slices.Sort[[]E], less: cmp.Less[E], merge: mergeOrdered[E]}.sort(ctx, x)
}

// ParallelSortFunc is [ParallelSort] in the order of compare, which returns a negative
// number if a goes before b, a positive one if it goes behind it, and 0 otherwise. It
// is called by many goroutines, and must be a strict weak order, or the result's order
// is unspecified. Equal elements come in any order.
func ParallelSortFunc[S ~[]E, E any](ctx context.Context, p *Pool, x S, compare func(a, b E) int) error {
	block := func(x []E) { slices.SortFunc(x, compare) }
	return compared(p, compare, block).sort(ctx, x)
}

// ParallelSortStableFunc is [ParallelSortFunc] that keeps equal elements in the order
// in which they were.
func ParallelSortStableFunc[S ~[]E, E any](ctx context.Context, p *Pool, x S, compare func(a, b E) int) error {
	block := func(x []E) { mergeSort(x, make([]E, len(x)/2), compare) }
	return compared(p, compare, block).sort(ctx, x)
}

func compared[E any](p *Pool, compare func(a, b E) int, block func([]E)) sorter[E] {
	return sorter[E]{
		pool: p, block: block,
		less:  func(a, b E) bool { return compare(a, b) < 0 },
		merge: func(dst, a, b []E) { mergeFunc(dst, a, b, compare) },
	}
}

// sorter is a way to sort. All but block must keep the order of what is equal.
type sorter[E any] struct {
	pool  *Pool
	block func(x []E) // sorts, and leaves a permutation if it panics
	less  func(a, b E) bool
	merge func(dst, a, b []E) // both in order; dst is as long as both
}

// Blocks are a power of 4 in number, so that they are merged back and forth an even
// number of times and the last lands in x, and at least blocksPerWorker for each
// worker, since some take longer than others. To merge them takes about as long as the
// levels of quicksort that they save. Four of smallestBlock float64 took 0.8 of the
// time of slices.Sort on 2 workers (8,192 in all, AMD EPYC, 2026-11); with fewer, a
// benchmark that repeats has the branches predicted.
const (
	blocksPerWorker = 2
	smallestBlock   = 2048
)

func (s sorter[E]) sort(ctx context.Context, x []E) error {
	n := len(x)
	if s.pool.workers == 1 || n < 4*smallestBlock {
		return s.pool.For(ctx, min(n, 1), 1, func(int, int) { s.block(x) })
	}
	blocks := 4
	for blocks < blocksPerWorker*s.pool.workers && n/(4*blocks) >= smallestBlock {
		blocks *= 4
	}
	if err := s.pool.For(ctx, blocks, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			s.block(x[share(i, blocks, n):share(i+1, blocks, n)])
		}
	}); err != nil {
		return err
	}
	inOrder := false
	if err := protect(func() { inOrder = s.inOrder(x, blocks) }); err != nil || inOrder {
		return err
	}
	return s.mergeBlocks(ctx, x, blocks)
}

// share is where the i-th of so many parts of n elements begins.
func share(i, parts, n int) int { return int(uint64(i) * uint64(n) / uint64(parts)) }

// inOrder tells whether blocks that are each in order are so one after the other.
func (s sorter[E]) inOrder(x []E, blocks int) bool {
	for i := 1; i < blocks; i++ {
		if at := share(i, blocks, len(x)); s.less(x[at], x[at-1]) {
			return false
		}
	}
	return true
}
