package residency

import "slices"

// stretch is the bytes [lo, hi).
type stretch struct{ lo, hi int64 }

// stretches is a set of bytes as sorted stretches that neither overlap nor
// touch. There are as many as devices have shares in a buffer: few.
type stretches []stretch

// add puts [lo, hi) into the set.
func (s *stretches) add(lo, hi int64) {
	if lo >= hi {
		return
	}
	first, _ := slices.BinarySearchFunc(*s, lo, func(a stretch, lo int64) int { return compare(a.hi, lo) })
	last := first
	for last < len(*s) && (*s)[last].lo <= hi {
		lo, hi = min(lo, (*s)[last].lo), max(hi, (*s)[last].hi)
		last++
	}
	*s = slices.Replace(*s, first, last, stretch{lo, hi})
}

// remove takes [lo, hi) out of the set.
func (s *stretches) remove(lo, hi int64) {
	if lo >= hi {
		return
	}
	var kept stretches
	for _, a := range *s {
		if a.hi <= lo || hi <= a.lo {
			kept = append(kept, a)
			continue
		}
		if a.lo < lo {
			kept = append(kept, stretch{a.lo, lo})
		}
		if hi < a.hi {
			kept = append(kept, stretch{hi, a.hi})
		}
	}
	*s = kept
}

// missing is what [lo, hi) has and the set has not.
func (s stretches) missing(lo, hi int64) stretches {
	var gaps stretches
	for _, a := range s {
		if a.hi <= lo {
			continue
		}
		if a.lo >= hi {
			break
		}
		if lo < a.lo {
			gaps = append(gaps, stretch{lo, a.lo})
		}
		lo = max(lo, a.hi)
	}
	if lo < hi {
		gaps = append(gaps, stretch{lo, hi})
	}
	return gaps
}

// common is what [lo, hi) and the set both have.
func (s stretches) common(lo, hi int64) stretches {
	var both stretches
	for _, a := range s {
		if from, to := max(lo, a.lo), min(hi, a.hi); from < to {
			both = append(both, stretch{from, to})
		}
	}
	return both
}

func (s stretches) size() (nbytes int64) {
	for _, a := range s {
		nbytes += a.hi - a.lo
	}
	return nbytes
}

func compare(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
