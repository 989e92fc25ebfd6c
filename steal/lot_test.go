package steal_test

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/tandem-go/tandem/steal"
)

// parked is a Lot as a sequential machine: who is in it, the last to come last.
// Its methods leave the old one as it was.
type parked []int

func (p parked) enter(who int) parked { return append(slices.Clone(p), who) }

func (p parked) leave(who int) (parked, bool) {
	at := slices.Index(p, who)
	if at < 0 {
		return p, false
	}
	return slices.Delete(slices.Clone(p), at, at+1), true
}

func (p parked) wake() (rest parked, who int, ok bool) {
	if len(p) == 0 {
		return p, 0, false
	}
	return p[:len(p)-1], p[len(p)-1], true
}

// playLot applies a script to a Lot and to its model.
func playLot(t *testing.T, script []byte) {
	t.Helper()
	const n = 5
	var lot steal.Lot
	var m parked
	var sleepers [n]*steal.Sleeper
	for i := range sleepers {
		sleepers[i] = steal.NewSleeper()
	}
	for i, op := range script {
		who := int(op) / 4 % n
		s := sleepers[who]
		switch op % 4 {
		case 0:
			if slices.Contains(m, who) {
				continue
			}
			if len(s.C) > 0 { // was woken since
				<-s.C
			}
			lot.Enter(s)
			m = m.enter(who)
		case 1:
			var want bool
			m, want = m.leave(who)
			if got := lot.Leave(s); got != want {
				t.Fatalf("step %d: %d left %v, want %v", i, who, got, want)
			}
		case 2:
			var want bool
			var woken [n]int
			for j, s := range sleepers {
				woken[j] = len(s.C)
			}
			if m, who, want = m.wake(); want {
				woken[who]++
			}
			if got := lot.Wake(); got != want {
				t.Fatalf("step %d: woke %v, want %v", i, got, want)
			}
			for j, s := range sleepers {
				if len(s.C) != woken[j] {
					t.Fatalf("step %d: sleeper %d has %d wake-ups, want %d", i, j, len(s.C), woken[j])
				}
			}
		case 3:
			if got := lot.WakeAll(); got != len(m) {
				t.Fatalf("step %d: woke %d, want %d", i, got, len(m))
			}
			for _, who := range m {
				if len(sleepers[who].C) != 1 {
					t.Fatalf("step %d: sleeper %d was not woken", i, who)
				}
			}
			m = nil
		}
		if lot.Len() != len(m) {
			t.Fatalf("step %d: %d inside, want %d", i, lot.Len(), len(m))
		}
	}
}

func TestLotAgreesWithModel(t *testing.T) {
	random := seeded(t)
	for range 500 {
		script := make([]byte, 500)
		for i := range script {
			script[i] = byte(random.Uint32())
		}
		playLot(t, script)
	}
}

func FuzzLot(f *testing.F) {
	f.Add([]byte{0, 4, 2, 1, 5, 0, 2, 2, 8, 12, 3, 13, 2})
	f.Fuzz(playLot)
}

// lotHistory is a Lot's model for histories. The input of Enter and Leave is who
// does it, from 0; Enter's is negative, -1-who.
var lotHistory = porcupine.Model{
	Init: func() any { return parked(nil) },
	Step: func(state, input, output any) (bool, any) {
		m, ok := state.(parked), true
		switch in := input.(type) {
		case string:
			if in == "wake all" {
				return output.(int) == len(m), parked(nil)
			}
			m, _, ok = m.wake()
		case int:
			if in < 0 {
				m = m.enter(-1 - in)
			} else {
				m, ok = m.leave(in)
			}
		}
		return ok == output.(bool), m
	},
	Equal: func(a, b any) bool { return slices.Equal(a.(parked), b.(parked)) },
}

func TestLotIsLinearizable(t *testing.T) {
	random := seeded(t)
	for range 100 {
		var lot steal.Lot
		h := newHistory()
		var wg sync.WaitGroup
		for client := range 3 {
			random := rand.New(rand.NewPCG(random.Uint64(), 0))
			s := steal.NewSleeper()
			wg.Go(func() {
				for range 6 {
					h.do(client, -1-client, func() any { lot.Enter(s); return true })
					for range random.IntN(3) {
						h.do(client, "wake", func() any { return lot.Wake() })
					}
					if random.IntN(4) == 0 {
						h.do(client, "wake all", func() any { return lot.WakeAll() })
					}
					runtime.Gosched()
					left := h.do(client, client, func() any { return lot.Leave(s) }).(bool)
					if !left {
						<-s.C // of whoever woke it
					}
					if len(s.C) > 0 {
						t.Errorf("a wake-up too many; left: %v", left)
					}
				}
			})
		}
		wg.Wait()
		h.check(t, lotHistory)
	}
}

// Workers that park whenever they find nothing, and producers that wake at most
// one for each piece of work: if any wake-up were lost, work would stay behind
// and the test would not end.
func TestLotLosesNoWakeUp(t *testing.T) {
	const workers, producers, each = 4, 3, 5000
	var lot steal.Lot
	var work, done atomic.Int64
	quit := make(chan struct{})
	take := func() bool {
		for {
			n := work.Load()
			if n == 0 {
				return false
			}
			if work.CompareAndSwap(n, n-1) {
				if done.Add(1) == producers*each {
					close(quit)
				}
				return true
			}
		}
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			s := steal.NewSleeper()
			for {
				if take() {
					continue
				}
				lot.Enter(s)
				if work.Load() > 0 {
					if !lot.Leave(s) {
						<-s.C
					}
					continue
				}
				select {
				case <-s.C:
				case <-quit:
					return
				}
			}
		})
	}
	for range producers {
		wg.Go(func() {
			for i := range each {
				work.Add(1)
				lot.Wake()
				if i%64 == 0 {
					runtime.Gosched()
				}
			}
		})
	}
	wg.Wait()
	if work.Load() != 0 || done.Load() != producers*each {
		t.Errorf("%d done, %d left", done.Load(), work.Load())
	}
}

// Wake must wake one, the last to have come, and only once.
func TestLotWakesOne(t *testing.T) {
	var lot steal.Lot
	if lot.Wake() {
		t.Error("somebody was woken in an empty lot")
	}
	sleepers := []*steal.Sleeper{steal.NewSleeper(), steal.NewSleeper(), steal.NewSleeper()}
	for _, s := range sleepers {
		lot.Enter(s)
	}
	if !lot.Wake() || len(sleepers[2].C) != 1 || len(sleepers[0].C)+len(sleepers[1].C) != 0 {
		t.Error("not the last to have come was woken, or not it alone")
	}
	if lot.Leave(sleepers[2]) {
		t.Error("a woken sleeper left as if it had not been")
	}
	if !lot.Leave(sleepers[0]) || lot.Len() != 1 {
		t.Errorf("%d sleepers, want 1", lot.Len())
	}
	if !lot.Wake() || len(sleepers[1].C) != 1 || lot.Wake() || lot.Len() != 0 {
		t.Error("the remaining sleeper was not woken once")
	}
}
