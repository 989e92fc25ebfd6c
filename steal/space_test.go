package steal_test

import (
	"math"
	"testing"

	"github.com/tandem-go/tandem/steal"
)

// checkSpace holds a space to what it promises: granules that cover [0, n)
// without gaps, each a multiple of the grain but the last.
func checkSpace(t *testing.T, n, grain int, at uint32) {
	t.Helper()
	s := steal.NewSpace(n, grain)
	n, grain = max(n, 0), max(grain, 1)
	if s.N() != n {
		t.Fatalf("N = %d, want %d", s.N(), n)
	}
	size := s.GranuleSize()
	if size < grain || size%grain != 0 {
		t.Fatalf("n %d: granules of %d, not a multiple of %d", n, size, grain)
	}
	if size > grain && n/(size-grain) < steal.MaxGranules {
		t.Errorf("n %d: granules of %d when %d would have done", n, size, size-grain)
	}
	granules := s.Granules()
	if lo, hi := s.Indices(0, granules); lo != 0 || hi != n {
		t.Fatalf("all granules cover [%d, %d), want [0, %d)", lo, hi, n)
	}
	if granules == 0 {
		return
	}
	at %= granules
	lo, hi := s.Indices(at, at+1)
	switch _, before := s.Indices(0, at); {
	case lo != before:
		t.Fatalf("granule %d begins at %d, but those before it end at %d", at, lo, before)
	case hi <= lo || hi-lo > size || hi-lo < size && hi != n:
		t.Fatalf("granule %d of %d is [%d, %d) with size %d", at, granules, lo, hi, size)
	}
}

func TestSpaceCoversOnce(t *testing.T) {
	random := seeded(t)
	for _, n := range []int{-1, 0, 1, 2, 1<<32 - 2, 1<<32 - 1, 1 << 32, 1<<32 + 1, 1<<62 + 3, math.MaxInt} {
		for _, grain := range []int{-1, 0, 1, 2, 1000, 1 << 40, math.MaxInt} {
			for range 20 {
				checkSpace(t, n, grain, random.Uint32())
			}
			checkSpace(t, n, grain, math.MaxUint32)
		}
	}
}

func FuzzSpace(f *testing.F) {
	f.Add(1000, 7, uint32(3))
	f.Add(math.MaxInt, 3, uint32(math.MaxUint32))
	f.Fuzz(checkSpace)
}

func TestGranulesFor(t *testing.T) {
	s := steal.NewSpace(1000, 10)
	for indices, want := range map[int]uint32{-5: 1, 0: 1, 9: 1, 10: 1, 25: 2, 1000: 100, math.MaxInt: steal.MaxGranules} {
		if got := s.GranulesFor(indices); got != want {
			t.Errorf("GranulesFor(%d) = %d, want %d", indices, got, want)
		}
	}
}
