package steal_test

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/tandem-go/tandem/steal"
)

// playDeque applies a script to a deque and to a slice, which must agree.
func playDeque(t *testing.T, start uint64, script []byte) {
	t.Helper()
	var d steal.Deque[int]
	d.SetPositions(start)
	var want []*int
	for i, op := range script {
		switch op % 4 {
		case 0, 1:
			v := new(int)
			*v = i
			d.Push(v)
			want = append(want, v)
		case 2:
			got := d.Pop()
			if len(want) == 0 {
				if got != nil {
					t.Fatalf("step %d: popped %d from nothing", i, *got)
				}
				continue
			}
			if last := want[len(want)-1]; got != last {
				t.Fatalf("step %d: popped %v, want %d", i, got, *last)
			}
			want = want[:len(want)-1]
		case 3:
			got, outcome := d.Steal()
			if len(want) == 0 {
				if outcome != steal.Empty {
					t.Fatalf("step %d: outcome %v from nothing", i, outcome)
				}
				continue
			}
			if outcome != steal.Stolen || got != want[0] {
				t.Fatalf("step %d: stole %v, %v, want %d", i, got, outcome, *want[0])
			}
			want = want[1:]
		}
		if d.Len() != len(want) {
			t.Fatalf("step %d: length %d, want %d", i, d.Len(), len(want))
		}
	}
}

func TestDequeAgreesWithModel(t *testing.T) {
	random := seeded(t)
	for range 100 {
		script := make([]byte, 2000)
		for i := range script {
			script[i] = byte(random.Uint32())
		}
		playDeque(t, -random.Uint64N(300), script)
	}
}

func FuzzDeque(f *testing.F) {
	f.Add(^uint64(0), []byte{0, 0, 2, 3, 3, 2, 0})
	f.Fuzz(playDeque)
}

// An owner that pushes and pops, and thieves: each item must come out once. The
// positions wrap around, and the ring grows on the way.
func TestDequeExactlyOnce(t *testing.T) {
	const items = 20_000
	random := seeded(t)
	for round := range 10 {
		var d steal.Deque[int]
		d.SetPositions(-random.Uint64N(items))
		seen := make([]atomic.Int32, items)
		var done atomic.Bool
		var wg sync.WaitGroup
		for thief := range 3 {
			wg.Go(func() {
				into := make([]*int, 8)
				for !done.Load() || d.Len() > 0 {
					if thief == 0 {
						n, _ := d.StealHalf(into)
						for _, v := range into[:n] {
							seen[*v].Add(1)
						}
					} else if v, outcome := d.Steal(); outcome == steal.Stolen {
						seen[*v].Add(1)
					}
					runtime.Gosched()
				}
			})
		}
		for i := range items {
			d.Push(&i)
			// Now short, now long: both the last item and growth are disputed.
			if round%2 == 0 || i%500 == 0 {
				for random.IntN(3) > 0 {
					if v := d.Pop(); v != nil {
						seen[*v].Add(1)
					}
				}
			}
		}
		done.Store(true)
		wg.Wait()
		for i := range seen {
			if n := seen[i].Load(); n != 1 {
				t.Fatalf("round %d: item %d came out %d times", round, i, n)
			}
		}
	}
}

// dequeModel is a deque as a sequential machine over a string of items. A thief
// that lost learned nothing, so Lost is allowed anywhere.
var dequeModel = porcupine.Model{
	Init: func() any { return "" },
	Step: func(state, input, output any) (bool, any) {
		items, op, out := state.(string), input.(string), output.(string)
		switch {
		case out == "lost":
			return true, items
		case op == "pop" || op == "steal":
			if items == "" {
				return out == "", items
			}
			at := 0
			if op == "pop" {
				at = len(items) - 1
			}
			return out == items[at:at+1], items[:at] + items[at+1:]
		default:
			return true, items + op
		}
	},
}

func TestDequeIsLinearizable(t *testing.T) {
	random := seeded(t)
	for range 200 {
		var d steal.Deque[byte]
		d.SetPositions(-random.Uint64N(8))
		h := newHistory()
		var wg sync.WaitGroup
		owner := rand.New(rand.NewPCG(random.Uint64(), 0))
		wg.Go(func() {
			for i := range byte(16) {
				if owner.IntN(2) == 0 {
					v := 'a' + i
					h.do(0, string(rune(v)), func() any { d.Push(&v); return "" })
					continue
				}
				h.do(0, "pop", func() any {
					if v := d.Pop(); v != nil {
						return string(rune(*v))
					}
					return ""
				})
			}
		})
		for thief := range 2 {
			wg.Go(func() {
				for range 8 {
					h.do(1+thief, "steal", func() any {
						v, outcome := d.Steal()
						switch outcome {
						case steal.Stolen:
							return string(rune(*v))
						case steal.Lost:
							return "lost"
						default:
							return ""
						}
					})
				}
			})
		}
		wg.Wait()
		h.check(t, dequeModel)
	}
}

// PopAbove must take what was pushed since the mark and nothing older, also when
// thieves have been there.
func TestDequePopsAboveMark(t *testing.T) {
	random := seeded(t)
	for range 200 {
		var d steal.Deque[int]
		d.SetPositions(-random.Uint64N(10))
		old, fresh := random.IntN(6), random.IntN(6)
		push := func(n, v int) {
			for range n {
				d.Push(&v)
			}
		}
		push(old, 0)
		mark := d.Mark()
		push(fresh, 1)
		stolen := random.IntN(old + fresh + 1)
		for range stolen {
			d.Steal()
		}
		got := 0
		for v := d.PopAbove(mark); v != nil; v = d.PopAbove(mark) {
			if *v != 1 {
				t.Fatal("popped something older than the mark")
			}
			got++
		}
		if want := min(fresh, old+fresh-stolen); got != want {
			t.Fatalf("%d popped of %d old, %d fresh, %d stolen; want %d", got, old, fresh, stolen, want)
		}
	}
}

// What has left the deque must not be kept alive by it.
func TestDequeLetsGo(t *testing.T) {
	var d steal.Deque[[1 << 20]byte]
	var freed atomic.Int32
	const items = 10
	for range items {
		v := new([1 << 20]byte)
		runtime.AddCleanup(v, func(int) { freed.Add(1) }, 0)
		d.Push(v)
	}
	for i := range items {
		if i%2 == 0 {
			d.Pop()
		} else {
			d.Steal()
		}
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
	runtime.KeepAlive(&d)
}

func BenchmarkDeque(b *testing.B) {
	v := new(int)
	b.Run("op=push-pop", func(b *testing.B) {
		var d steal.Deque[int]
		for b.Loop() {
			d.Push(v)
			d.Pop()
		}
	})
	b.Run("op=push-steal", func(b *testing.B) {
		var d steal.Deque[int]
		for b.Loop() {
			d.Push(v)
			d.Steal()
		}
	})
}
