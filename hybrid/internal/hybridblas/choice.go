package hybridblas

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// choices remembers, for each routine, type, variant, size and shape, which way
// is the fastest. A choice costs a few nanoseconds: it is looked up in a table,
// whose cells are filled from the performance model. What that doesn't know is
// measured in the background, and done by the wrapped routine until then.
type choices struct {
	blas   *BLAS
	tables [opcodes][kinds]atomic.Pointer[table]

	begin   sync.Once
	ended   sync.WaitGroup
	queue   chan call
	quit    chan struct{}
	closing sync.Once
	busy    atomic.Int32 // calls under way that are cut into tiles
}

// table is the choices for one routine and type. Whoever finds a cell unknown
// fills it; two that do so at once fill in the same.
type table [variants][sizes][shapes]atomic.Uint32

const (
	sizes  = 24 // by factors of about four in work
	shapes = 8  // which of m, n and k are much smaller than the others
)

// mostMeasured is the work of the largest calls of each level that are measured.
// Larger ones go the way that was best for those.
var mostMeasured = [4]float64{1: 1 << 22, 2: 1 << 22, 3: 1 << 26}

// class is the call that stands for all of its cell's size and shape, as far as
// they are measured.
func (c call) class() (standing call, size, shape int) {
	for most := mostMeasured[c.op.level()]; c.work() > most; {
		switch max(c.m, c.n, c.k) {
		case c.m:
			c.m = (c.m + 1) / 2
		case c.n:
			c.n = (c.n + 1) / 2
		default:
			c.k = (c.k + 1) / 2
		}
	}
	m, n, k := bits.Len(uint(c.m)), bits.Len(uint(c.n)), bits.Len(uint(c.k))
	sum := m + n + k
	dims := 4 - c.op.level() // those that are 1 for each routine of the level
	mean := (sum - dims + 1) / (4 - dims)
	if m < mean-2 {
		shape |= 1
	}
	if n < mean-2 {
		shape |= 2
	}
	if k < mean-2 && dims == 1 {
		shape |= 4
	}
	return c, min(sum/2, sizes-1), shape
}

// choose tells how to do a call.
func (e *engine) choose(c call) way {
	if e.forced != unknown {
		if e.forced == onDevices && !e.devicesTake(c) {
			return inParallel
		}
		return e.forced
	}
	standing, size, shape := c.class()
	t := e.choices.table(c)
	cell := &t[c.variant][size][shape]
	switch w := way(cell.Load()); w {
	case unknown:
		return e.choices.find(standing, cell)
	case asked:
		return wrapped
	default:
		return w
	}
}

func (ch *choices) table(c call) *table {
	at := &ch.tables[c.op][c.kind]
	if t := at.Load(); t != nil {
		return t
	}
	at.CompareAndSwap(nil, new(table))
	return at.Load()
}

// find fills a cell from the model, or has it measured.
func (ch *choices) find(c call, cell *atomic.Uint32) way {
	if w, known := ch.known(c); known {
		cell.Store(uint32(w))
		return w
	}
	if cell.CompareAndSwap(uint32(unknown), uint32(asked)) && !ch.ask(c) {
		cell.Store(uint32(unknown))
	}
	return wrapped
}

// ask has a call measured in the background. It reports false if too many wait.
func (ch *choices) ask(c call) bool {
	ch.begin.Do(func() { ch.ended.Go(ch.measureAll) })
	select {
	case ch.queue <- c:
		return true
	default:
		return false
	}
}

// tell fills the cell of a call that has been measured.
func (ch *choices) tell(c call) {
	standing, size, shape := c.class()
	if w, known := ch.known(standing); known {
		ch.table(c)[c.variant][size][shape].Store(uint32(w))
	}
}
