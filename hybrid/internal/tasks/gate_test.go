package tasks

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

func isEmpty(g *gate) bool {
	select {
	case <-g.empty:
		return true
	default:
		return false
	}
}

func TestGate(t *testing.T) {
	g := newGate(newLedger(2))
	if !g.enter() || !g.enterInside() {
		t.Fatal("an open gate lets nobody in")
	}
	g.leave(g.ledger.outside())
	g.leave(g.ledger.outside())
	if isEmpty(g) {
		t.Error("an open gate says that all have left for good")
	}
	if !g.enter() {
		t.Fatal("an open gate lets nobody in")
	}
	g.close()
	g.close()
	if g.enter() {
		t.Error("a shut gate lets somebody in from outside")
	}
	if !g.enterInside() {
		t.Error("a shut gate with somebody inside refuses what is submitted there")
	}
	g.leave(g.ledger.outside())
	if isEmpty(g) {
		t.Error("empty with one inside")
	}
	g.leave(g.ledger.outside())
	if !isEmpty(g) {
		t.Error("not empty when all have left")
	}
	if g.enterInside() {
		t.Error("an empty, shut gate lets somebody in")
	}
	g = newGate(newLedger(0))
	if g.close(); !isEmpty(g) {
		t.Error("a gate that nobody has used is not empty when shut")
	}
}

// Whoever gets in while the gate is being shut must be waited for, and empty must
// come when the last has left, even if that one was refused.
func TestGateUnderContention(t *testing.T) {
	for range 100 {
		g := newGate(newLedger(3))
		var inside, entered, left atomic.Int64
		var wg sync.WaitGroup
		for i := range g.ledger.tallies { // 4 of them
			at := &g.ledger.tallies[i]
			wg.Go(func() {
				for g.enter() {
					runtime.Gosched()
					entered.Add(1)
					inside.Add(1)
					if g.enterInside() {
						entered.Add(1)
						left.Add(1)
						g.leave(at)
					} else {
						t.Error("refused inside")
					}
					left.Add(1)
					inside.Add(-1)
					g.leave(at)
				}
			})
		}
		wg.Go(g.close)
		<-g.empty
		if n := inside.Load(); n != 0 {
			t.Fatalf("empty with %d inside", n)
		}
		if entered.Load() != left.Load() {
			t.Fatalf("%d entered and %d left", entered.Load(), left.Load())
		}
		wg.Wait()
	}
}
