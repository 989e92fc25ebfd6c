package steal_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tandem-go/tandem/steal"
)

const room = 40

// playSplit applies a script to a Split and to a model: the numbers of positions
// that were stolen, are shared, and are there at all.
func playSplit(t *testing.T, script []byte) {
	t.Helper()
	var d steal.Split
	d.Open(room)
	var stolen, shared, head uint32 // stolen <= shared <= head
	asked := false
	for i, op := range script {
		switch op / 2 % 5 {
		case 0, 1:
			push, full := d.Push, head == room
			if op%2 == 1 {
				push = d.PushAsked
			}
			pos, ok := push()
			if pos != head || ok != (!full && (!asked || op%2 == 1)) {
				t.Fatalf("step %d: push %d, %v with %d there, asked %v", i, pos, ok, head, asked)
			}
			if ok {
				head++
			}
		case 2: // remove the last
			if head == 0 {
				continue
			}
			private := head-1 >= shared
			if got := d.Pop(head - 1); got != private {
				t.Fatalf("step %d: popped %v, want %v", i, got, private)
			}
			if !private {
				mine := d.Reclaim(head - 1)
				if mine != (stolen < head) {
					t.Fatalf("step %d: reclaimed %v with %d stolen of %d", i, mine, stolen, head)
				}
				if !mine {
					d.Release(head - 1)
					stolen = head - 1
				}
				shared = head - 1
			}
			head--
		case 3:
			pos, outcome := d.StealFrom(uint32(op) / 10 % 4)
			switch {
			case stolen == shared:
				asked = true
				fallthrough
			case stolen < uint32(op)/10%4:
				if outcome != steal.Empty {
					t.Fatalf("step %d: outcome %v, want Empty", i, outcome)
				}
			case outcome != steal.Stolen || pos != stolen:
				t.Fatalf("step %d: stole %d, %v, want %d", i, pos, outcome, stolen)
			default:
				stolen++
			}
		case 4:
			if op%2 == 0 {
				shared = head
				d.ShareAll()
			} else {
				asked = false
				d.Rearm()
				shared += (head - shared + 1) / 2
				if got := d.Answer(); got != int(shared-stolen) {
					t.Fatalf("step %d: %d shared, want %d", i, got, shared-stolen)
				}
			}
		}
		if d.Head() != head {
			t.Fatalf("step %d: head %d, want %d", i, d.Head(), head)
		}
	}
}

func TestSplitAgreesWithModel(t *testing.T) {
	random := seeded(t)
	for range 500 {
		script := make([]byte, 500)
		for i := range script {
			script[i] = byte(random.Uint32())
		}
		playSplit(t, script)
	}
}

func FuzzSplit(f *testing.F) {
	f.Add([]byte{0, 0, 0, 9, 3, 2, 2, 2})
	f.Fuzz(playSplit)
}

// The owner forks and joins at random depths while thieves steal: each fork must
// be done once, by its owner or by one thief. The items are plain memory, so the
// race detector also sees whether sharing publishes them and Release gives them
// back.
func TestSplitExactlyOnce(t *testing.T) {
	const thieves, forks = 3, 30_000
	random := seeded(t)
	var d steal.Split
	d.Open(room)
	type item struct {
		fork int
		done atomic.Bool
	}
	items := make([]item, room)
	seen := make([]atomic.Int32, forks)
	var over atomic.Bool
	var stolen atomic.Int64
	var wg sync.WaitGroup
	for range thieves {
		wg.Go(func() {
			for !over.Load() {
				if pos, outcome := d.Steal(); outcome == steal.Stolen {
					stolen.Add(1)
					seen[items[pos].fork].Add(1)
					items[pos].done.Store(true)
				}
				runtime.Gosched()
			}
		})
	}
	join := func() {
		pos := d.Head() - 1
		if d.Pop(pos) || d.Reclaim(pos) {
			seen[items[pos].fork].Add(1)
			return
		}
		for !items[pos].done.Load() {
			runtime.Gosched()
		}
		items[pos].done.Store(false)
		d.Release(pos)
	}
	for next := 0; next < forks; {
		if d.Head() > 0 && random.IntN(5) < 2 {
			join()
			continue
		}
		pos, ok := d.Push()
		switch {
		case ok:
			items[pos].fork = next
			next++
		case pos == room:
			join()
		default:
			d.Rearm()
			d.Answer()
		}
		if random.IntN(50) == 0 {
			d.ShareAll()
			runtime.Gosched()
		}
	}
	for d.Head() > 0 {
		join()
	}
	over.Store(true)
	wg.Wait()
	for i := range seen {
		if n := seen[i].Load(); n != 1 {
			t.Fatalf("fork %d was done %d times", i, n)
		}
	}
	if stolen.Load() == 0 {
		t.Error("nothing was stolen: this test has tested nothing")
	}
}

func BenchmarkSplitPushPop(b *testing.B) {
	var d steal.Split
	d.Open(room)
	for b.Loop() {
		if pos, ok := d.Push(); !ok || !d.Pop(pos) {
			b.Fatal("a private position was lost")
		}
	}
}
