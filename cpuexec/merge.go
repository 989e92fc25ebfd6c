package cpuexec

import (
	"cmp"
	"context"
	"slices"
)

// piecesPerWorker is into how many pieces the merges of a level are cut for each
// worker: the last of them hardly delay the whole.
const piecesPerWorker = 16

// smallestPiece is how many elements are worth a part of a loop and a search of where
// it begins: some µs to a fraction of one.
const smallestPiece = 1024

// mergeBlocks merges blocks that are each in order, two by two, until there is one.
func (s sorter[E]) mergeBlocks(ctx context.Context, x []E, blocks int) error {
	from, to := x, make([]E, len(x))
	// A level reads the one array, which holds all elements, and writes the other.
	defer func() {
		if &from[0] != &x[0] {
			copy(x, from) // it has failed
		}
	}()
	for ; blocks > 1; blocks /= 2 {
		if err := s.mergeLevel(ctx, to, from, blocks); err != nil {
			return err
		}
		from, to = to, from
	}
	return nil
}

// mergeLevel merges each two blocks of from into one of to. Where the pieces of a
// merge end is decided once and for all, and no piece ends before it begins: so each
// element is taken once, even if the order that was given contradicts itself.
func (s sorter[E]) mergeLevel(ctx context.Context, to, from []E, blocks int) error {
	pairs := blocks / 2
	each := max(1, min(piecesPerWorker*s.pool.workers/pairs, len(from)/pairs/smallestPiece))
	cuts := make([]int, pairs*(each+1)) // how many elements of a pair's first block are before a piece
	of := func(pair int) (lo int, a, b []E) {
		lo = share(2*pair, blocks, len(from))
		mid, hi := share(2*pair+1, blocks, len(from)), share(2*pair+2, blocks, len(from))
		return lo, from[lo:mid], from[mid:hi]
	}
	if err := s.pool.For(ctx, len(cuts), each, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			_, a, b := of(i / (each + 1))
			cuts[i] = s.cut(a, b, share(i%(each+1), each, len(a)+len(b)))
		}
	}); err != nil {
		return err
	}
	for pair := range pairs {
		_, a, b := of(pair)
		n, cuts := len(a)+len(b), cuts[pair*(each+1):(pair+1)*(each+1)]
		for i := 1; i < each; i++ {
			cuts[i] = min(max(cuts[i], cuts[i-1]), cuts[i-1]+share(i, each, n)-share(i-1, each, n))
		}
	}
	return s.pool.For(ctx, pairs*each, 1, func(lo, hi int) {
		for piece := lo; piece < hi; piece++ {
			pair, i := piece/each, piece%each
			start, a, b := of(pair)
			n, i0, i1 := len(a)+len(b), cuts[pair*(each+1)+i], cuts[pair*(each+1)+i+1]
			k0, k1 := share(i, each, n), share(i+1, each, n)
			s.merge(to[start+k0:start+k1], a[i0:i1], b[k0-i0:k1-i1])
		}
	})
}

// cut is how many of the first k elements of a merge come from a. Of equal elements
// those of a go first.
func (s sorter[E]) cut(a, b []E, k int) int {
	lo, hi := max(0, k-len(b)), min(k, len(a))
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if s.less(b[k-mid-1], a[mid]) {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// mergeOrdered merges a and b, which are in order, into dst, which is as long as both.
func mergeOrdered[E cmp.Ordered](dst, a, b []E) {
	var k int
	for len(a) > 0 && a[0] != a[0] { // NaNs go first, and are not compared below
		dst[k], a, k = a[0], a[1:], k+1
	}
	for len(b) > 0 && b[0] != b[0] {
		dst[k], b, k = b[0], b[1:], k+1
	}
	switch dst = dst[k:]; {
	case len(a) == 0 || len(b) == 0 || b[0] >= a[len(a)-1]:
		copy(dst[copy(dst, a):], b)
		return
	case b[len(b)-1] < a[0]:
		copy(dst[copy(dst, b):], a)
		return
	}
	i, j := 0, 0
	for k = 0; i < len(a) && j < len(b); k++ {
		if b[j] < a[i] {
			dst[k] = b[j]
			j++
		} else {
			dst[k] = a[i]
			i++
		}
	}
	k += copy(dst[k:], a[i:])
	copy(dst[k:], b[j:])
}

// mergeFunc is mergeOrdered in the order of compare. dst may end with b itself. It
// moves all elements also when compare panics.
func mergeFunc[E any](dst, a, b []E, compare func(a, b E) int) {
	i, j, k := 0, 0, 0
	defer func() {
		k += copy(dst[k:], a[i:])
		copy(dst[k:], b[j:])
	}()
	switch {
	case len(a) == 0 || len(b) == 0 || compare(b[0], a[len(a)-1]) >= 0:
		return
	case compare(b[len(b)-1], a[0]) < 0:
		k, j = copy(dst, b), len(b)
		return
	}
	for ; i < len(a) && j < len(b); k++ {
		if compare(b[j], a[i]) < 0 {
			dst[k] = b[j]
			j++
		} else {
			dst[k] = a[i]
			i++
		}
	}
}

// mergeSort sorts x stably, with room for half of it. It leaves a permutation when
// compare panics.
func mergeSort[E any](x, room []E, compare func(a, b E) int) {
	if len(x) <= insertionSorted {
		slices.SortStableFunc(x, compare)
		return
	}
	mid := len(x) / 2
	mergeSort(x[:mid], room, compare)
	mergeSort(x[mid:], room, compare)
	if compare(x[mid], x[mid-1]) < 0 {
		mergeFunc(x, room[:copy(room, x[:mid])], x[mid:], compare)
	}
}

// insertionSorted is how many elements package slices sorts stably by insertion alone.
const insertionSorted = 20
