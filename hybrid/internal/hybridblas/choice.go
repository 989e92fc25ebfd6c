package hybridblas

import (
	"math"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"
)

// choices remembers, for each routine, type, variant, size and shape, which way
// is the fastest. A choice costs some nanoseconds: it is looked up in a table,
// whose cells are filled from the performance model. What that doesn't know is
// measured in the background, and done by the wrapped routine until then. What is
// known is looked at again (verdict).
type choices struct {
	blas   *BLAS
	tables [opcodes][kinds]atomic.Pointer[table]

	// In place of these a test simulates a machine.
	exercise func(c call) func(w way)
	quiet    func(d time.Duration) bool

	looking  sync.Mutex // held while calls are measured: one after the other
	mu       sync.Mutex // guards verdicts and what they point to
	verdicts map[cell]*verdict

	begin   sync.Once
	ended   sync.WaitGroup
	queue   chan request
	quit    chan struct{}
	closing sync.Once
	asked   atomic.Int32 // calls that wait to be measured, or are
}

// table is the choices for one routine and type.
type table [variants][sizes][shapes]place

// place is where the choice of a cell is. Whoever finds it unknown fills it; two
// that do so at once fill in the same.
type place struct {
	way   atomic.Uint32
	late  atomic.Int32  // see watch
	alone atomic.Uint64 // bits of the seconds that the wrapped routine takes for a unit of work
	each  atomic.Uint64 // bits of the nanoseconds that the way takes for it; 0 where there is no other
	left  atomic.Int64  // nanoseconds of calls until the next look
}

// spend takes the time of a call from what is left until the next look, and tells
// whether it was the call with which nothing is.
func (p *place) spend(work float64) (due bool) {
	took := int64(math.Float64frombits(p.each.Load()) * work)
	left := p.left.Add(-took)
	return left < 0 && left+took >= 0
}

const (
	sizes  = 16 // by factors of about four in work
	shapes = 8  // which of m, n and k are much smaller than the others
)

// cell is where the choice for calls of about one size and shape is kept.
type cell struct {
	op          opcode
	kind        kind
	variant     uint8
	size, shape int
}

// The largest calls of each level that are measured, by the binary logarithm of
// their work and by their size class. Larger ones go the way that was best for
// those.
var (
	mostWork = [4]int{1: 22, 2: 22, 3: 27}
	mostSize = [4]int{1: 11, 2: 12, 3: 15}
)

// cell is the cell of a call.
func (c call) cell() cell {
	m, n, k := bits.Len(uint(c.m)), bits.Len(uint(c.n)), bits.Len(uint(c.k))
	level := c.op.level()
	size, mean := 0, 0 // of the sum of the logarithms, and of one of them
	switch level {
	case 3:
		size, mean = (m+n+k)/2, (m+n+k)/3
	case 2:
		size, mean = (m+n)/2, (m+n)/2
	default:
		size, mean = m/2, m
	}
	shape := 0
	if m < mean-1 {
		shape |= 1
	}
	if n < mean-1 && level > 1 {
		shape |= 2
	}
	if k < mean-1 && level > 2 {
		shape |= 4
	}
	return cell{c.op, c.kind, c.variant, min(size, mostSize[level]), shape}
}

// standing is a call that stands for all of c's cell: c itself, if it isn't larger
// than what is measured, or with all its sizes reduced alike.
func (c call) standing() call {
	excess := math.Exp2(float64(mostWork[c.op.level()])) / c.work()
	if excess >= 1 {
		return c
	}
	scale := math.Pow(excess, 1/float64(c.op.level()))
	reduce := func(n int) int { return max(1, int(float64(n)*scale)) }
	c.m = reduce(c.m)
	if c.op.level() > 1 {
		c.n = reduce(c.n)
	}
	if c.op.level() > 2 {
		c.k = reduce(c.k)
	}
	return c
}

// choose tells how to do a call. Unless that is by the wrapped routine, the watch
// is to be ended when it is done.
func (e *engine) choose(c call) (way, watch) {
	if e.forced != unknown {
		if e.forced == onDevices && !e.devicesTake(c) {
			return inParallel, watch{}
		}
		return e.forced, watch{}
	}
	at := c.cell()
	p := e.choices.place(at)
	w := way(p.way.Load())
	switch {
	case w == unknown:
		w = e.choices.find(request{at, c.standing()}, p)
	case p.spend(c.work()):
		e.choices.again(request{at, c.standing()}, p)
	}
	if w <= wrapped {
		return wrapped, watch{}
	}
	alone := math.Float64frombits(p.alone.Load()) * c.work()
	return w, watch{p, time.Now(), time.Duration(tooLate * alone * 1e9)}
}

// watch looks whether a call that others help with takes longer than it would have
// alone: what was measured on a machine with nothing else to do is not true of one
// that is busy. A few such calls in a row, or every third of many, and the wrapped
// routine has the cell until the next look.
type watch struct {
	place *place // nil if nobody looks
	begun time.Time
	late  time.Duration
}

const (
	// tooLate is how much longer than the wrapped routine a call may take: as
	// much as single measurements scatter.
	tooLate = 1.05
	// mostLate is the number at which a cell is given up; a late call counts 2,
	// another takes 1 away.
	mostLate = 8
)

func (w watch) end() {
	if w.place == nil {
		return
	}
	if time.Since(w.begun) <= w.late {
		if w.place.late.Load() > 0 {
			w.place.late.Add(-1)
		}
		return
	}
	if w.place.late.Add(2) >= mostLate {
		w.place.way.Store(uint32(wrapped))
		w.place.left.Store(0) // the next call has the verdict know of it
	}
}

// request is a cell to be filled, and a call to fill it by.
type request struct {
	cell
	call call
}

// place is the place of a cell.
func (ch *choices) place(c cell) *place {
	at := &ch.tables[c.op][c.kind]
	t := at.Load()
	if t == nil {
		at.CompareAndSwap(nil, new(table))
		t = at.Load()
	}
	return &t[c.variant][c.size][c.shape]
}

// find fills a cell from the model, or has it measured.
func (ch *choices) find(r request, p *place) way {
	if w, known := ch.recall(r, p); known {
		return w
	}
	if p.way.CompareAndSwap(uint32(unknown), uint32(asked)) && !ch.ask(r) {
		p.way.Store(uint32(unknown))
	}
	return wrapped
}

// again has a cell looked at again.
func (ch *choices) again(r request, p *place) {
	if !ch.ask(r) {
		p.left.Store(0) // the next call asks
	}
}

// ask has a call measured in the background. It reports false if too many wait.
func (ch *choices) ask(r request) bool {
	ch.begin.Do(func() { ch.ended.Go(ch.measureAll) })
	ch.asked.Add(1)
	select {
	case ch.queue <- r:
		return true
	default:
		ch.asked.Add(-1)
		return false
	}
}
