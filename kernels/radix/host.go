package radix

import (
	"cmp"
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
	fewKeys  = 512
	fewPairs = 48
)

// fewest is up to how many keys it takes longer to make words of them than to compare
// them as they are.
const fewest = 64

// sortFewest is package slices' sort, which leaves NaN, and zeros of both signs, in any
// order.
func sortFewest[K Key, U word](keys []K, bits []U) {
	slices.Sort(keys)
	if half := K(1) / 2; half == 0 { // integers
		return
	}
	nans := 0
	for nans < len(keys) && keys[nans] != keys[nans] {
		nans++
	}
	if nans == 0 && !zeros(keys, bits) {
		return
	}
	first, above := nans, len(keys)
	for first < above {
		if mid := (first + above) / 2; keys[mid] < 0 {
			first = mid + 1
		} else {
			above = mid
		}
	}
	last := first
	for last < len(keys) && keys[last] == 0 {
		last++
	}
	for _, same := range [2][]U{bits[:nans], bits[first:last]} {
		if len(same) > 1 && varying(same) != 0 {
			encode[K](same)
			slices.Sort(same)
			decode[K](same)
		}
	}
}

// zeros reports whether there is a zero among sorted keys, none of which is NaN. It adds
// up signs rather than search for where they change: that would be four branches at 16
// keys which a processor can't predict.
func zeros[K Key, U word](keys []K, bits []U) bool {
	sign, negative := 8*unsafe.Sizeof(bits[0])-1, U(0) // with those of -0
	for _, b := range bits {
		negative += b >> sign
	}
	at := int(negative)
	return at < len(keys) && keys[at] == 0 || at > 0 && keys[at-1] == 0
}

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
// other way round. Values must not have equal keys for that. Of numbers that are
// neither less nor greater it takes only those with the same bits, which leaves NaN and
// zeros of both signs to the sorting of words.
func ordered[K Key, U word, V any](keys []K, bits []U, values []V, paired bool) bool {
	up, down := 1, 1
	for up < len(keys) && (keys[up-1] < keys[up] || bits[up-1] == bits[up]) {
		up++
	}
	if up >= len(keys) {
		return true
	}
	for down < len(keys) && (keys[down-1] > keys[down] || !paired && bits[down-1] == bits[down]) {
		down++
	}
	if down < len(keys) {
		return false
	}
	slices.Reverse(keys)
	slices.Reverse(values)
	return true
}

const (
	// fewValues is up to how many values keys are counted by: what is counted then stays
	// in the first-level cache.
	fewValues = 16
	// sampled is how many keys are looked at to see whether there may be so few. A sort
	// of repeatedFrom keys takes some 2 µs, the look 100 ns.
	sampled      = 32
	repeatedFrom = 128
	placesBits   = 6
)

// tally counts values, each at the first free place from where its hash is.
type tally[U word] struct {
	value [1 << placesBits]U
	count [1 << placesBits]int
	n     int
}

// add counts a key, and reports whether there was room for its value.
func (t *tally[U]) add(k U) bool {
	const golden = 0x9e3779b97f4a7c15 // 2^64 over the golden ratio: Knuth, volume 3, 6.4
	for at := uint64(k) * golden >> (64 - placesBits); ; at = (at + 1) % (1 << placesBits) {
		switch {
		case t.count[at] == 0:
			if t.n == fewValues {
				return false
			}
			t.n++
			t.value[at], t.count[at] = k, 1
			return true
		case t.value[at] == k:
			t.count[at]++
			return true
		}
	}
}

// repeated sorts keys if they have few values, by counting them.
func repeated[U word](keys []U) bool {
	if len(keys) < repeatedFrom {
		return false
	}
	var sample, all tally[U]
	for i := range sampled {
		if !sample.add(keys[i*(len(keys)/sampled)]) || sample.n > fewValues/2 {
			return false
		}
	}
	for _, k := range keys {
		if !all.add(k) {
			return false
		}
	}
	places := make([]int, 0, fewValues)
	for at, c := range all.count {
		if c > 0 {
			places = append(places, at)
		}
	}
	slices.SortFunc(places, func(a, b int) int { return cmp.Compare(all.value[a], all.value[b]) })
	for _, at := range places {
		run := keys[:all.count[at]]
		for i := range run {
			run[i] = all.value[at]
		}
		keys = keys[len(run):]
	}
	return true
}

// varying has the bits in which keys differ.
func varying[U word](keys []U) (bits U) {
	for _, k := range keys {
		bits |= k ^ keys[0]
	}
	return bits
}

// serial sorts on this goroutine.
func serial[U word, V any](keys []U, values []V) {
	from, fromValues := keys, values
	to, toValues := make([]U, len(keys)), make([]V, len(values))
	shift := 0
	for bits := varying(keys); bits != 0; bits >>= digitBits {
		if uint8(bits) != 0 {
			var next [buckets]int
			count(&next, shift, from)
			total := 0
			for b, c := range next {
				next[b] = total
				total += c
			}
			move(&next, shift, from, fromValues, to, toValues)
			from, fromValues, to, toValues = to, toValues, from, fromValues
		}
		shift += digitBits
	}
	if &from[0] != &keys[0] {
		copy(keys, from)
		copy(values, fromValues)
	}
}

// count adds up how often each digit occurs.
func count[U word](counts *[buckets]int, shift int, keys []U) {
	for _, k := range keys {
		counts[uint8(k>>shift)]++
	}
}

// move stores each key, and its value, at the next place of its digit.
func move[U word, V any](next *[buckets]int, shift int, from []U, fromValues []V, to []U, toValues []V) {
	fromValues, toValues = fromValues[:len(from)], toValues[:len(to)]
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
	parted := parts * workers
	part := func(p int) (lo, hi int) { return p * n / parted, (p + 1) * n / parted }
	counts := make([][buckets]int, parted)
	from, fromValues := keys, values
	to, toValues := make([]U, n), make([]V, n)
	home := func() {
		if &from[0] != &keys[0] {
			copy(keys, from)
			copy(values, fromValues)
		}
	}
	shift := 0
	for bits := varying(keys); bits != 0; bits >>= digitBits {
		if uint8(bits) != 0 {
			if err := each(parted, func(lo, hi int) {
				for p := lo; p < hi; p++ {
					first, last := part(p)
					counts[p] = [buckets]int{}
					count(&counts[p], shift, from[first:last])
				}
			}); err != nil {
				home()
				return err
			}
			offsets(counts)
			if err := each(parted, func(lo, hi int) {
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
		shift += digitBits
	}
	home()
	return nil
}

// offsets turns the counts of parts into the first place of each digit of each part.
func offsets(counts [][buckets]int) {
	total := 0
	for b := range buckets {
		for p := range counts {
			c := counts[p][b]
			counts[p][b] = total
			total += c
		}
	}
}
