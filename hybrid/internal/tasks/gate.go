package tasks

import (
	"sync"
	"sync/atomic"
)

// gate tells when all tasks are resolved, once it is shut.
//
// Who enters adds to entered and then looks at shut; who leaves adds to a tally
// and then looks at shut; who shuts it does that before it adds up. So of an
// entrance or a leave that does not see the gate shut, the sums tell.
type gate struct {
	entered atomic.Int64 // and for a moment those that are refused
	ledger  *ledger
	empty   chan struct{} // closed when the gate is shut and all have left

	_    [64]byte // what those who leave look at lies apart from what those who enter write
	shut atomic.Bool
	mu   sync.Mutex
	gone bool // empty is closed; guarded by mu
}

func newGate(l *ledger) *gate { return &gate{ledger: l, empty: make(chan struct{})} }

// enter counts a task in, unless the gate is shut.
func (g *gate) enter() bool {
	g.entered.Add(1)
	if !g.shut.Load() {
		return true
	}
	g.entered.Add(-1)
	g.look() // somebody may have counted this one in
	return false
}

// enterInside is enter for what another task submits: it passes a gate that was
// shut, as long as any task is inside.
func (g *gate) enterInside() bool {
	if g.enter() {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.settled() {
		return false
	}
	g.entered.Add(1)
	return true
}

// leave counts a task out. The last one after the gate was shut closes empty.
func (g *gate) leave(at *tally) {
	at.left.Add(1)
	if g.shut.Load() {
		g.look()
	}
}

// close shuts the gate.
func (g *gate) close() {
	g.shut.Store(true)
	g.look()
}

// look closes empty if it is time.
func (g *gate) look() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.settled()
}

// settled reports whether all have left a gate that is shut. mu is held: nobody
// enters. Those who have left are added up first: if they are as many as have
// entered by then, nobody is inside.
func (g *gate) settled() bool {
	if out := g.ledger.sum(left); !g.gone && out == g.entered.Load() {
		g.gone = true
		close(g.empty)
	}
	return g.gone
}
