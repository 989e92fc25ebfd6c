package residency

import (
	"math/rand/v2"
	"testing"
)

// TestStretches compares the set with one flag for each byte.
func TestStretches(t *testing.T) {
	const n = 40
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 0))
		var set stretches
		var want [n]bool
		for step := range 60 {
			a, b := rng.Int64N(n+1), rng.Int64N(n+1)
			lo, hi := min(a, b), max(a, b)
			add := rng.IntN(2) == 0
			if add {
				set.add(lo, hi)
			} else {
				set.remove(lo, hi)
			}
			for i := lo; i < hi; i++ {
				want[i] = add
			}
			checkStretches(t, set, want[:])
			a, b = rng.Int64N(n+1), rng.Int64N(n+1)
			checkParts(t, set, want[:], min(a, b), max(a, b))
			if t.Failed() {
				t.Fatalf("seed %d, step %d: %v", seed, step, set)
			}
		}
	}
}

// checkStretches checks the content, and that stretches are sorted and apart.
func checkStretches(t *testing.T, set stretches, want []bool) {
	t.Helper()
	got := flags(set, len(want))
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("byte %d: in the set: %v, want %v", i, got[i], want[i])
		}
	}
	for i, s := range set {
		if s.lo >= s.hi || i > 0 && set[i-1].hi >= s.lo {
			t.Errorf("stretch %d is empty, out of order, or touches the one before", i)
		}
	}
}

// checkParts checks that missing and common divide [lo, hi).
func checkParts(t *testing.T, set stretches, want []bool, lo, hi int64) {
	t.Helper()
	missing, common := flags(set.missing(lo, hi), len(want)), flags(set.common(lo, hi), len(want))
	for i := range want {
		inside := lo <= int64(i) && int64(i) < hi
		if missing[i] != (inside && !want[i]) || common[i] != (inside && want[i]) {
			t.Errorf("of [%d, %d) byte %d is missing: %v, common: %v", lo, hi, i, missing[i], common[i])
		}
	}
	if sum := set.missing(lo, hi).size() + set.common(lo, hi).size(); sum != hi-lo {
		t.Errorf("the parts of [%d, %d) have %d bytes", lo, hi, sum)
	}
}

func flags(set stretches, n int) []bool {
	all := make([]bool, n)
	for _, s := range set {
		for i := s.lo; i < s.hi; i++ {
			all[i] = true
		}
	}
	return all
}
