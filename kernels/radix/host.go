package radix

import (
	"slices"
	"unsafe"
)

// A digit of the host has 8 bits.
const (
	digitBits = 8
	buckets   = 1 << digitBits
)

// Up to so many keys package slices has been as fast as counting their digits, and
// insertion if they have values.
const (
	fewKeys  = 128
	fewPairs = 48
)

// few sorts keys if they are few.
func few[U word, V any](keys []U, values []V, paired bool) bool {
	var word U
	switch limit := int(unsafe.Sizeof(word)) / 4; {
	case !paired && len(keys) <= limit*fewKeys:
		slices.Sort(keys)
		return true
	case paired && len(keys) <= limit*fewPairs:
		for i := 1; i < len(keys); i++ {
			k, v, at := keys[i], values[i], i
			for ; at > 0 && keys[at-1] > k; at-- {
				keys[at], values[at] = keys[at-1], values[at-1]
			}
			keys[at], values[at] = k, v
		}
		return true
	}
	return false
}

// ordered reports whether keys are sorted, having reversed them if they were so the
// other way round. Values must not have equal keys for that.
func ordered[U word, V any](keys []U, values []V, paired bool) bool {
	up, down := 1, 1
	for up < len(keys) && keys[up-1] <= keys[up] {
		up++
	}
	for down < len(keys) && (keys[down-1] > keys[down] || !paired && keys[down-1] == keys[down]) {
		down++
	}
	if up < len(keys) && down == len(keys) {
		slices.Reverse(keys)
		slices.Reverse(values)
		return true
	}
	return up == len(keys)
}

// serial sorts on this goroutine.
func serial[U word, V any](keys []U, values []V) {
	var counts [int(unsafe.Sizeof(uint64(0)))][buckets]int
	var word U
	digits := int(unsafe.Sizeof(word))
	for _, k := range keys {
		for d := range digits {
			counts[d][uint8(k>>(digitBits*d))]++
		}
	}
	from, fromValues := keys, values
	to, toValues := make([]U, len(keys)), make([]V, len(values))
	for d := range digits {
		shift := digitBits * d
		if counts[d][uint8(keys[0]>>shift)] == len(keys) {
			continue
		}
		total := 0
		for b, c := range counts[d] {
			counts[d][b] = total
			total += c
		}
		move(&counts[d], shift, from, fromValues, to, toValues)
		from, fromValues, to, toValues = to, toValues, from, fromValues
	}
	if &from[0] != &keys[0] {
		copy(keys, from)
		copy(values, fromValues)
	}
}

// move stores each key, and its value, at the next place of its digit.
func move[U word, V any](next *[buckets]int, shift int, from []U, fromValues []V, to []U, toValues []V) {
	fromValues = fromValues[:len(from)]
	for i, k := range from {
		b := uint8(k >> shift)
		at := next[b]
		next[b] = at + 1
		to[at] = k
		toValues[at] = fromValues[i]
	}
}

// parts is how many parts a worker has: some are slower than others.
const parts = 4

// onWorkers sorts in parts of the keys. When each fails, keys and values are what they
// were, but for the order.
func onWorkers[U word, V any](each func(n int, body func(lo, hi int)) error, workers int, keys []U, values []V) error {
	n := len(keys)
	count := parts * workers
	part := func(p int) (lo, hi int) { return p * n / count, (p + 1) * n / count }
	counts := make([][buckets]int, count)
	from, fromValues := keys, values
	to, toValues := make([]U, n), make([]V, n)
	home := func() {
		if &from[0] != &keys[0] {
			copy(keys, from)
			copy(values, fromValues)
		}
	}
	var word U
	for d := range int(unsafe.Sizeof(word)) {
		shift := digitBits * d
		if err := each(count, func(lo, hi int) {
			for p := lo; p < hi; p++ {
				var c [buckets]int
				first, last := part(p)
				for _, k := range from[first:last] {
					c[uint8(k>>shift)]++
				}
				counts[p] = c
			}
		}); err != nil {
			home()
			return err
		}
		if !offsets(counts, n) {
			continue
		}
		if err := each(count, func(lo, hi int) {
			for p := lo; p < hi; p++ {
				first, last := part(p)
				move(&counts[p], shift, from[first:last], fromValues[first:last], to, toValues)
			}
		}); err != nil {
			home()
			return err
		}
		from, fromValues, to, toValues = to, toValues, from, fromValues
	}
	home()
	return nil
}

// offsets turns the counts of parts into the first place of each digit of each part, and
// reports whether there is more than one digit among the n keys.
func offsets(counts [][buckets]int, n int) bool {
	total := 0
	for b := range buckets {
		before := total
		for p := range counts {
			c := counts[p][b]
			counts[p][b] = total
			total += c
		}
		if total-before == n {
			return false
		}
	}
	return true
}
