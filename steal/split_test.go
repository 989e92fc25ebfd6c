package steal_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tandem-go/tandem/steal"
)

const room = 40

// splitModel is a Split as a sequential machine: how many positions were stolen,
// are shared, and are there at all, and what its owner is asked for.
type splitModel struct {
	stolen, shared, head uint32 // stolen <= shared <= head
	asked                bool   // at Push
	wanted               uint32 // head with a surplus
}

// reserve is what Surplus promises, everything what a request wants, and nothing
// what is wanted after Waive until the next request.
const (
	nothing    = 0
	reserve    = 2
	everything = 1<<32 - 1
)

func newSplitModel() splitModel { return splitModel{wanted: reserve} }

func (m *splitModel) push(asked bool) (pos uint32, ok bool) {
	if pos = m.head; pos == room || m.asked && !asked {
		return pos, false
	}
	m.head++
	return pos, true
}

// pop is Pop of the last position.
func (m *splitModel) pop() bool {
	if m.head-1 < m.shared {
		return false
	}
	m.head--
	return true
}

// reclaim is Reclaim of the last position.
func (m *splitModel) reclaim() bool {
	if m.head-1 < m.stolen {
		return false
	}
	m.head--
	m.shared = min(m.shared, m.head)
	return true
}

// release is Release of the last position.
func (m *splitModel) release() {
	m.head--
	m.stolen, m.shared = m.head, m.head
	if m.wanted != everything && m.wanted != nothing {
		m.wanted = m.head + reserve
	}
}

func (m *splitModel) relax() {
	if m.wanted != everything {
		m.wanted = nothing
	}
}

// share is ShareAll or, if half, Answer.
func (m *splitModel) share(half bool) int {
	private := m.head - m.shared
	if half {
		private = (private + 1) / 2
	}
	m.shared += private
	if m.wanted != nothing {
		m.wanted = m.stolen + reserve
	}
	return int(m.shared - m.stolen)
}

func (m *splitModel) steal(least uint32) (pos uint32, ok bool) {
	if m.stolen == m.shared || m.stolen < least {
		return 0, false
	}
	m.stolen++
	return m.stolen - 1, true
}

// playSplit applies a script to a Split and to its model.
func playSplit(t *testing.T, script []byte) {
	t.Helper()
	var d steal.Split
	d.Open(room)
	m := newSplitModel()
	for i, op := range script {
		odd, number := op%2 == 1, uint32(op)/12%4
		switch op / 2 % 6 {
		case 0, 1:
			push := d.Push
			if odd {
				push = d.PushAsked
			}
			wantPos, wantOK := m.push(odd)
			if pos, ok := push(); pos != wantPos || ok != wantOK {
				t.Fatalf("step %d: push %d, %v, want %d, %v of %+v", i, pos, ok, wantPos, wantOK, m)
			}
		case 2: // remove the last
			if m.head == 0 {
				continue
			}
			last := m.head - 1
			private := m.pop()
			if got := d.Pop(last); got != private {
				t.Fatalf("step %d: popped %v of %+v", i, got, m)
			}
			if private {
				break
			}
			mine := m.reclaim()
			if got := d.Reclaim(last); got != mine {
				t.Fatalf("step %d: reclaimed %v of %+v", i, got, m)
			}
			if !mine {
				d.Release(last)
				m.release()
			}
		case 3:
			wantPos, want := m.steal(number)
			if pos, outcome := d.StealFrom(number); pos != wantPos || (outcome == steal.Stolen) != want || outcome == steal.Lost {
				t.Fatalf("step %d: stole %d, %v, want %d, %v", i, pos, outcome, wantPos, want)
			}
		case 4:
			switch {
			case odd:
				d.Ask()
				m.asked, m.wanted = true, everything
			case number > 0:
				d.Waive()
				m.wanted = nothing
			default:
				d.Relax()
				m.relax()
			}
		case 5:
			share := d.ShareAll
			if odd {
				d.Rearm()
				m.asked = false
				share = d.Answer
			}
			want := m.share(odd)
			if got := share(); got != want {
				t.Fatalf("step %d: %d shared, want %d", i, got, want)
			}
		}
		if d.Head() != m.head || d.Surplus() != (m.head >= m.wanted) {
			t.Fatalf("step %d: head %d, surplus %v of %+v", i, d.Head(), d.Surplus(), m)
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
	f.Add([]byte{0, 0, 0, 9, 11, 7, 6, 5, 4, 4, 4})
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
				switch pos, outcome := d.Steal(); outcome {
				case steal.Stolen:
					stolen.Add(1)
					seen[items[pos].fork].Add(1)
					items[pos].done.Store(true)
				case steal.Empty:
					d.Ask()
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
