package steal_test

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/tandem-go/tandem/steal"
)

// model is what a Range must be indistinguishable from when nobody else uses it.
type model struct{ lo, hi uint32 }

func (m *model) put(lo, hi uint32) bool {
	if m.lo != m.hi {
		return false
	}
	m.lo, m.hi = lo, hi
	return true
}

func (m *model) front(n uint32) (lo, hi uint32) {
	lo = m.lo
	m.lo += min(max(n, 1), m.hi-m.lo)
	return lo, m.lo
}

func (m *model) back(n uint32) (lo, hi uint32) {
	hi = m.hi
	m.hi -= min(max(n, 1), m.hi-m.lo)
	return m.hi, hi
}

func (m *model) half() (lo, hi uint32) {
	hi = m.hi
	left := m.hi - m.lo
	m.hi -= left - left/2 // not (left+1)/2, which overflows
	return m.hi, hi
}

// step applies one operation to both and reports a difference.
func step(t *testing.T, r *steal.Range, m *model, op uint8, a, b uint32) {
	t.Helper()
	var got, want [2]uint32
	switch op % 5 {
	case 0:
		lo, hi := min(a, b), max(a, b)
		if g, w := r.Put(lo, hi), m.put(lo, hi); g != w {
			t.Fatalf("Put(%d, %d) = %v, want %v", lo, hi, g, w)
		}
	case 1:
		got[0], got[1] = r.TakeFront(a)
		want[0], want[1] = m.front(a)
	case 2:
		got[0], got[1] = r.TakeBack(a)
		want[0], want[1] = m.back(a)
	case 3:
		got[0], got[1] = r.StealHalf()
		want[0], want[1] = m.half()
	case 4:
		got[0], got[1] = r.Drain()
		want[0], want[1] = m.back(m.hi - m.lo)
	}
	if got != want {
		t.Fatalf("operation %d(%d) = %v, want %v", op%5, a, got, want)
	}
	if lo, hi := r.Bounds(); lo != m.lo || hi != m.hi || r.Left() != hi-lo {
		t.Fatalf("after operation %d: [%d, %d), %d left; want [%d, %d)", op%5, lo, hi, r.Left(), m.lo, m.hi)
	}
}

func TestRangeAgreesWithModel(t *testing.T) {
	random := seeded(t)
	for range 200 {
		var r steal.Range
		var m model
		limit := uint64(1) << (1 + random.IntN(32))
		for range 200 {
			step(t, &r, &m, uint8(random.Uint32()), uint32(random.Uint64N(limit)), uint32(random.Uint64N(limit)))
		}
	}
}

func FuzzRange(f *testing.F) {
	f.Add([]byte{0, 0, 200, 1, 3, 0, 2, 7, 0, 3, 0, 0, 4, 0, 0})
	f.Fuzz(func(t *testing.T, script []byte) {
		var r steal.Range
		var m model
		for ; len(script) >= 3; script = script[3:] {
			// The largest values matter as much as the small ones.
			a, b := uint32(script[1]), ^uint32(script[2])
			if script[0] < 128 {
				b = uint32(script[2])
			}
			step(t, &r, &m, script[0], a, b)
		}
	})
}

func TestRangeHoldsTheLargestSpace(t *testing.T) {
	var r steal.Range
	if !r.Put(0, steal.MaxGranules) || r.Left() != steal.MaxGranules {
		t.Fatalf("%d granules left, want %d", r.Left(), uint32(steal.MaxGranules))
	}
	if lo, hi := r.StealHalf(); hi != steal.MaxGranules || hi-lo != 1<<31 {
		t.Errorf("half is [%d, %d)", lo, hi)
	}
}

// Two owners' words must not share a cache line, nor the pair of lines that
// processors fetch together.
func TestRangeFillsAPairOfCacheLines(t *testing.T) {
	if size := unsafe.Sizeof(steal.Range{}); size != 128 {
		t.Errorf("%d bytes, want 128", size)
	}
}

// Owners that take, thieves that move halves to ranges of their own, others that
// take from the back: together they must get each granule once.
func TestRangeExactlyOnce(t *testing.T) {
	const granules, workers = 20_000, 4
	random := seeded(t)
	for range 20 {
		seen := make([]atomic.Int32, granules)
		ranges := make([]steal.Range, workers)
		ranges[0].Put(0, granules)
		var left atomic.Int64
		left.Store(granules)
		var wg sync.WaitGroup
		for id := range workers {
			random := rand.New(rand.NewPCG(random.Uint64(), 0))
			wg.Go(func() {
				consume := func(lo, hi uint32) {
					for i := lo; i < hi; i++ {
						seen[i].Add(1)
					}
					left.Add(-int64(hi - lo))
				}
				for left.Load() > 0 {
					victim := &ranges[random.IntN(workers)]
					switch random.IntN(3) {
					case 0:
						consume(victim.TakeBack(random.Uint32N(8)))
					case 1:
						if ranges[id].Left() == 0 {
							if lo, hi := victim.StealHalf(); lo < hi && !ranges[id].Put(lo, hi) {
								t.Error("the owner's own range was filled by somebody else")
							}
						}
					default:
						consume(ranges[id].TakeFront(random.Uint32N(8)))
					}
					runtime.Gosched()
				}
			})
		}
		wg.Wait()
		for i := range seen {
			if n := seen[i].Load(); n != 1 {
				t.Fatalf("granule %d taken %d times", i, n)
			}
		}
	}
}

func BenchmarkRangeTakeFront(b *testing.B) {
	var r steal.Range
	for b.Loop() {
		if lo, hi := r.TakeFront(1); lo == hi {
			r.Put(0, steal.MaxGranules)
		}
	}
}
