package tasks

import (
	"sync"
	"sync/atomic"
)

// gate counts tasks that are not resolved, until it is shut and all have left.
type gate struct {
	word  atomic.Int64 // the count, and shut
	empty chan struct{}
	once  sync.Once
}

// shut is set in a gate's word when no further task may enter from outside.
const shut = 1 << 62

func newGate() *gate { return &gate{empty: make(chan struct{})} }

// enter counts a task in, unless the gate is shut.
func (g *gate) enter() bool {
	if g.word.Add(1) < shut {
		return true
	}
	g.leave()
	return false
}

// enterInside is enter for what another task submits: it passes a gate that was
// shut, as long as any task is inside.
func (g *gate) enterInside() bool {
	for {
		n := g.word.Load()
		if n == shut {
			return false
		}
		if g.word.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// leave counts a task out. The last one after the gate was shut closes empty. A
// refused enter may be the last too.
func (g *gate) leave() {
	if g.word.Add(-1) == shut {
		g.once.Do(func() { close(g.empty) })
	}
}

// close shuts the gate.
func (g *gate) close() {
	if g.word.Or(shut) == 0 {
		g.once.Do(func() { close(g.empty) })
	}
}
