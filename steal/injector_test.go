package steal_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/tandem-go/tandem/steal"
)

// queues is an injector as a sequential machine.
type queues struct {
	lanes   [steal.Lanes]string
	skipped [steal.Lanes]int
	limit   int
}

func (q *queues) push(lane int, v byte) bool {
	n := 0
	for _, l := range q.lanes {
		n += len(l)
	}
	if n >= q.limit {
		return false
	}
	q.lanes[lane] += string([]byte{v})
	return true
}

func (q *queues) pop() (v byte, ok bool) {
	lane := -1
	for i, l := range q.lanes {
		if l != "" && (lane < 0 || q.skipped[i] >= steal.Patience) {
			higher := lane >= 0
			lane = i
			if higher {
				break
			}
		}
	}
	if lane < 0 {
		return 0, false
	}
	return q.popFrom(lane)
}

func (q *queues) popFrom(lane int) (v byte, ok bool) {
	if q.lanes[lane] == "" {
		return 0, false
	}
	v, q.lanes[lane] = q.lanes[lane][0], q.lanes[lane][1:]
	for i := range q.skipped {
		if q.skipped[i]++; i == lane || q.lanes[i] == "" {
			q.skipped[i] = 0
		}
	}
	return v, true
}

func playInjector(t *testing.T, limit uint8, script []byte) {
	t.Helper()
	q := steal.NewInjector[byte](int(limit))
	m := queues{limit: int(limit)}
	for i, op := range script {
		lane := int(op>>4) % steal.Lanes
		switch op % 4 {
		case 0, 1:
			if got, want := q.Push(lane, byte(i)), m.push(lane, byte(i)); got != want {
				t.Fatalf("step %d: push %v, want %v", i, got, want)
			}
		case 2:
			got, ok := q.Pop()
			if want, wantOK := m.pop(); got != want || ok != wantOK {
				t.Fatalf("step %d: popped %d, %v, want %d, %v", i, got, ok, want, wantOK)
			}
		case 3:
			got, ok := q.PopFrom(lane)
			if want, wantOK := m.popFrom(lane); got != want || ok != wantOK {
				t.Fatalf("step %d: popped %d, %v from lane %d, want %d, %v", i, got, ok, lane, want, wantOK)
			}
		}
		if got, want := q.Urgent(), len(m.lanes[0]); got != want {
			t.Fatalf("step %d: %d urgent, want %d", i, got, want)
		}
		for lane := range steal.Lanes {
			if got, want := q.LenOf(lane), len(m.lanes[lane]); got != want {
				t.Fatalf("step %d: lane %d holds %d, want %d", i, lane, got, want)
			}
		}
	}
}

func TestInjectorAgreesWithModel(t *testing.T) {
	random := seeded(t)
	for range 200 {
		script := make([]byte, 3000)
		for i := range script {
			script[i] = byte(random.Uint32())
		}
		playInjector(t, uint8(random.Uint32()), script)
	}
}

func FuzzInjector(f *testing.F) {
	f.Add(uint8(5), []byte{0, 16, 32, 2, 2, 2, 2, 19})
	f.Fuzz(playInjector)
}

// With the higher lanes never empty, an item of the lowest must leave within
// the documented bound.
func TestInjectorStarvesNoLane(t *testing.T) {
	q := steal.NewInjector[string](1000)
	for k := range 5 {
		q.Push(2, fmt.Sprint("low ", k))
	}
	got := 0
	for popped := 1; got < 5; popped++ {
		for lane := range 2 {
			for q.LenOf(lane) < 3 {
				q.Push(lane, "higher")
			}
		}
		if v, _ := q.Pop(); v != "higher" {
			if v != fmt.Sprint("low ", got) {
				t.Fatalf("%q left, want low %d", v, got)
			}
			got++
		}
		if bound := (steal.Patience + steal.Lanes) * (got + 1); popped > bound {
			t.Fatalf("low %d is still there after %d items, want at most %d", got, popped, bound)
		}
	}
	if q.Inversions() < 5 {
		t.Errorf("%d inversions counted, want at least the 5 of the low lane", q.Inversions())
	}
}

// Without a need for aging, priorities are strict and nothing is inverted.
func TestInjectorIsStrict(t *testing.T) {
	q := steal.NewInjector[int](1000)
	for i := range 50 {
		q.Push(i%steal.Lanes, i%steal.Lanes)
	}
	last := 0
	for range 50 {
		v, ok := q.Pop()
		if !ok || v < last {
			t.Fatalf("lane %d after lane %d", v, last)
		}
		last = v
	}
	if q.Inversions() != 0 {
		t.Errorf("%d inversions", q.Inversions())
	}
}

func TestInjectorClosed(t *testing.T) {
	q := steal.NewInjector[int](10)
	q.Push(1, 7)
	q.Close()
	if q.Push(0, 8) {
		t.Error("a closed injector let something in")
	}
	if v, ok := q.Pop(); !ok || v != 7 {
		t.Errorf("popped %d, %v, want what was in", v, ok)
	}
}

func TestInjectorExactlyOnce(t *testing.T) {
	t.Run("lanes=all", func(t *testing.T) {
		testExactlyOnce(t, func(i int) int { return i % steal.Lanes })
	})
	t.Run("lanes=mostly one", func(t *testing.T) {
		testExactlyOnce(t, func(i int) int { return i % 100 / 99 })
	})
	t.Run("lanes=one", func(t *testing.T) {
		testExactlyOnce(t, func(int) int { return 1 })
	})
}

// testExactlyOnce has several producers push items, each in the lane of its
// number, and several consumers.
func testExactlyOnce(t *testing.T, lane func(i int) int) {
	const producers, each = 3, 10_000
	q := steal.NewInjector[int](500)
	seen := make([]atomic.Int32, producers*each)
	var left atomic.Int64
	left.Store(producers * each)
	var wg sync.WaitGroup
	for p := range producers {
		wg.Go(func() {
			for i := p * each; i < (p+1)*each; i++ {
				for !q.Push(lane(i), i) {
					runtime.Gosched()
				}
			}
		})
	}
	for range 3 {
		wg.Go(func() {
			last := map[int]int{} // of each producer and lane
			for left.Load() > 0 {
				v, ok := q.Pop()
				if !ok {
					runtime.Gosched()
					continue
				}
				left.Add(-1)
				seen[v].Add(1)
				key := v/each*steal.Lanes + lane(v)
				if before, ok := last[key]; ok && v < before {
					t.Errorf("%d after %d of the same producer and lane", v, before)
				}
				last[key] = v
			}
		})
	}
	wg.Wait()
	for i := range seen {
		if n := seen[i].Load(); n != 1 {
			t.Fatalf("item %d left %d times", i, n)
		}
	}
	if q.Len() != 0 {
		t.Errorf("%d items in an empty injector", q.Len())
	}
}

type injected struct {
	lane int // -1: pop
	v    byte
}

type popped struct {
	v  byte
	ok bool
}

var injectorModel = porcupine.Model{
	Init: func() any { return queues{limit: 4} },
	Step: func(state, input, output any) (bool, any) {
		q, in, out := state.(queues), input.(injected), output.(popped)
		var want popped
		if in.lane >= 0 {
			want.ok = q.push(in.lane, in.v)
		} else {
			want.v, want.ok = q.pop()
		}
		return want == out, q
	},
}

func TestInjectorIsLinearizable(t *testing.T) {
	random := seeded(t)
	for range 200 {
		q := steal.NewInjector[byte](4)
		for lane := range steal.Lanes { // so that histories reach the end of a block
			for range random.IntN(steal.Block) {
				q.Push(lane, 0)
				q.Pop()
			}
		}
		h := newHistory()
		var wg sync.WaitGroup
		for client := range 3 {
			random := rand.New(rand.NewPCG(random.Uint64(), 0))
			wg.Go(func() {
				for range 8 {
					v := byte(random.Uint32())
					if lane := random.IntN(steal.Lanes); random.IntN(2) == 0 {
						h.do(client, injected{lane, v}, func() any { return popped{ok: q.Push(lane, v)} })
						continue
					}
					h.do(client, injected{lane: -1}, func() any {
						v, ok := q.Pop()
						return popped{v, ok}
					})
				}
			})
		}
		wg.Wait()
		h.check(t, injectorModel)
	}
}

// What has been popped must not be kept alive by the injector.
func TestInjectorLetsGo(t *testing.T) {
	const items = 40
	q := steal.NewInjector[*[1 << 16]byte](items)
	var freed atomic.Int32
	for i := range items {
		v := new([1 << 16]byte)
		runtime.AddCleanup(v, func(int) { freed.Add(1) }, 0)
		q.Push(i/8%2, v) // from an open lane, and by turns
	}
	for range items {
		q.Pop()
	}
	for range 100 {
		runtime.GC()
		if freed.Load() == items {
			break
		}
		runtime.Gosched()
	}
	if got := freed.Load(); got != items {
		t.Errorf("%d of %d items were freed", got, items)
	}
	runtime.KeepAlive(q)
}

// A million queued items must not cost more than they are large.
func TestInjectorMemory(t *testing.T) {
	const items = 1_000_000
	type item [6]uint64
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	q := steal.NewInjector[item](items)
	for i := range items {
		if !q.Push(i%steal.Lanes, item{}) {
			t.Fatalf("full after %d items", i)
		}
	}
	if q.Push(0, item{}) {
		t.Error("one item too many was let in")
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if each := float64(after.HeapAlloc-before.HeapAlloc) / items; each > 60 {
		t.Errorf("%.1f bytes for an item of 48", each)
	}
	runtime.KeepAlive(q)
}

func BenchmarkInjector(b *testing.B) {
	q := steal.NewInjector[[6]uint64](100)
	b.ReportAllocs()
	for b.Loop() {
		q.Push(1, [6]uint64{})
		q.Pop()
	}
}
