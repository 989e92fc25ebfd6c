package cpuexec

import (
	"runtime"
	"sync/atomic"
	"time"

	"github.com/tandem-go/tandem/steal"
)

// Lane is a goroutine's part in a fork-join computation whose halves take an A
// and return an R. It is passed to each half, which may fork others on it, and
// must be used by nobody else and for no longer.
//
// What is forked lies in a table of frames, by value: a fork allocates nothing.
// Only when another worker has asked does it cost more than a call.
type Lane[A, R any] struct {
	deque  steal.Split
	frames *[room]frame[A, R]
	over   []overflow[A, R] // forks beyond the table's end
	crew   *crew[A, R]
	worker *Worker       // whose goroutine this is; nil for the one that called Fork's outermost form
	wake   chan struct{} // one value for each time that a thief ends what is waited for
	eager  int           // forks that are shared although nobody has asked
	vain   int           // forks since somebody last asked

	_       [64]byte
	askedAt atomic.Int64 // when a thief last asked, in nanoseconds since epoch
	_       [56]byte
}

// frame is a forked half. Its owner writes it before it is shared; then it is its
// thief's until state is done.
type frame[A, R any] struct {
	run func(*Lane[A, R], A) R
	arg A
	res R

	state   atomic.Uint32
	thief   atomic.Pointer[Lane[A, R]] // who has stolen it
	base    uint32                     // thief's first position for what this half forks
	failure error                      // instead of a result
}

// The states of a stolen frame.
const (
	underway = iota
	awaited  // its owner sleeps until it is done
	done
)

type overflow[A, R any] struct {
	run func(*Lane[A, R], A) R
	arg A
}

// room is how many forks of one lane can be stolen at a time. Those that are
// nested deeper are run by their own lane: the outer ones are the larger ones.
const room = 1024

// askInterval is how often thieves together may ask a lane for halves. Sharing
// some, their theft and the wait for their results costs about a microsecond, so
// that computations too small to be worth it lose at most a few percent (a
// heartbeat, Acar et al., PLDI 2018, beaten by who is idle anyway).
const askInterval = 20 * time.Microsecond

var epoch = time.Now()

// ask requests that l share some of its halves.
func (l *Lane[A, R]) ask() {
	now, last := int64(time.Since(epoch)), l.askedAt.Load()
	if now-last >= int64(askInterval) && l.askedAt.CompareAndSwap(last, now) {
		l.deque.Ask()
	}
}

// Surplus reports that enough halves lie ready for whoever wants some. [Lane.Both]
// asks for that. A function whose halves take only nanoseconds may do so itself,
// and is then hardly slower than code that knows nothing of lanes, because it
// calls itself directly:
//
//	if l.Surplus() {
//		return fib(l, n-1) + fib(l, n-2)
//	}
//	return fork(l, n)
//
// The fork is best left to a function of its own: what it keeps on the stack costs
// the plain calls a tenth of their time where they do little else.
func (l *Lane[A, R]) Surplus() bool { return l.deque.Surplus() }

// Forked is a half that was forked and is to be joined.
type Forked uint32

// Fork lets another worker run f(arg), if one asks for work. The result is
// returned by Join, to be called by the same function in the reverse order of its
// forks. It is for what is not simply two halves, see [Lane.Both], and for what
// should lie ready to be stolen whether or not there is a surplus.
func (l *Lane[A, R]) Fork(f func(*Lane[A, R], A) R, arg A) Forked {
	pos, ok := l.deque.Push()
	if !ok {
		return l.forkSlowly(f, arg)
	}
	frame := &l.frames[pos]
	frame.run, frame.arg = f, arg
	if l.vain++; l.vain == vainForks {
		l.deque.Relax()
	}
	return Forked(pos)
}

// vainForks is after how many forks that nobody has asked for there is a
// [Lane.Surplus] without any, until somebody asks. In a computation that forks so
// often whoever asks has an answer soon. Small trees, summed one after the other
// while the other workers were asleep, took 1.3 times as long with their forks. One
// tree of a million nodes forks 200 times, and should not stop before its end.
const vainForks = 256

// forkSlowly is Fork for when the half is to be shared, or the table is full.
func (l *Lane[A, R]) forkSlowly(f func(*Lane[A, R], A) R, arg A) Forked {
	l.deque.Rearm()
	l.vain = 0
	pos, ok := l.deque.PushAsked()
	if !ok {
		l.over = append(l.over, overflow[A, R]{f, arg})
		return Forked(room + len(l.over) - 1)
	}
	l.frames[pos].run, l.frames[pos].arg = f, arg
	l.deque.Answer()
	if l.eager > 0 {
		if l.worker == nil && l.eager == eagerForks {
			l.crew.callNext() // the first fork of the computation
		}
		l.eager--
		l.deque.Ask()
	}
	return Forked(pos)
}

// eagerForks is how many forks a lane shares unasked each time that it begins
// something that nobody else works on. Later ones are shared only when somebody
// asks, at the next fork: until then, a lane that computes for long without
// forking keeps them to itself. Computations whose halves are long divide near
// their beginning.
const eagerForks = 4

func (l *Lane[A, R]) beEager() {
	l.eager = eagerForks
	l.deque.Ask()
}

// Join returns the result of a forked half. If no other worker has taken it, it
// is run now. Otherwise Join works on what that worker has forked of it, and on
// nothing else; if there is nothing, it waits, and a goroutine that belongs to
// the pool gives its place to another.
//
// A panic in a stolen half is raised again here, as a [*PanicError]. If the
// goroutine that ran it has been ended by runtime.Goexit, Join panics with
// ErrGoexit.
func (l *Lane[A, R]) Join(half Forked) R {
	if l.deque.Pop(uint32(half)) {
		f := &l.frames[half]
		return f.run(l, f.arg)
	}
	return l.joinSlowly(uint32(half))
}

// joinSlowly is Join for a half that is not simply the last and private.
func (l *Lane[A, R]) joinSlowly(pos uint32) R {
	if pos >= room {
		return l.joinOverflow(int(pos - room))
	}
	if pos >= l.deque.Head() {
		panic("cpuexec: a half was joined that was not forked, or twice")
	}
	l.unwind(pos + 1)
	f := &l.frames[pos]
	if l.deque.Reclaim(pos) {
		return f.run(l, f.arg)
	}
	l.await(f)
	res, failure := f.res, f.failure
	l.release(pos)
	if failure != nil {
		panic(failure)
	}
	return res
}

func (l *Lane[A, R]) joinOverflow(i int) R {
	if i >= len(l.over) {
		panic("cpuexec: a half was joined that was not forked, or twice")
	}
	half := l.over[i]
	clear(l.over[i:])
	l.over = l.over[:i]
	return half.run(l, half.arg)
}

// unwind removes the halves from position to on that were forked and will not be
// joined, because a panic has passed their Joins.
func (l *Lane[A, R]) unwind(to uint32) {
	if len(l.over) > 0 {
		clear(l.over)
		l.over = l.over[:0]
	}
	for l.deque.Head() > to {
		pos := l.deque.Head() - 1
		if !l.deque.Reclaim(pos) {
			l.await(&l.frames[pos])
			l.release(pos)
		}
	}
}

// release makes the frame of a stolen half, which is done, ready for another.
func (l *Lane[A, R]) release(pos uint32) {
	f := &l.frames[pos]
	var none R
	f.res, f.failure = none, nil
	f.thief.Store(nil)
	f.state.Store(underway)
	l.deque.Release(pos)
}

// The patience of one who waits for a stolen half, and of a worker without work,
// since it last found something. Every yieldEvery-th look lets other goroutines
// run. On the machine of docs/architecture.md a look takes about 5 ns and a yield
// 100 ns; a goroutine's sleep and its waking cost some 5 µs. Both are longer than
// askInterval: whoever goes must have been allowed to ask.
const (
	waiterPatience = 30 * time.Microsecond
	workerPatience = 60 * time.Microsecond
	yieldEvery     = 16

	// A small half is done before help would be of use.
	looksBeforeHelp = 500
)

// worthStealing is the time that a stolen half should take. A worker that finds
// only smaller ones has found nothing.
const worthStealing = 5 * time.Microsecond

// patience measures for how long somebody has found nothing.
type patience struct {
	since time.Duration // epoch
	looks int
}

// found begins anew.
func (p *patience) found() { *p = patience{} }

// over counts a look that found nothing, and reports whether it was the last.
func (p *patience) over(limit time.Duration) bool {
	p.looks++
	if p.looks%yieldEvery != 0 {
		return false
	}
	runtime.Gosched()
	now := time.Since(epoch)
	if p.since == 0 {
		p.since = now
	}
	return now-p.since > limit
}

// await returns when the thief of f is done. It leapfrogs (Wagner and Calder
// 1993): what it runs meanwhile was forked by that thief below f, so it is a
// descendant of f, and would have been run on this stack without a theft too.
func (l *Lane[A, R]) await(f *frame[A, R]) {
	for range looksBeforeHelp {
		if f.state.Load() == done {
			return
		}
	}
	var idle patience
	for f.state.Load() != done {
		if thief := f.thief.Load(); thief != nil {
			switch pos, outcome := thief.deque.StealFrom(f.base); outcome {
			case steal.Stolen:
				l.runStolen(thief, pos)
				idle.found()
				continue
			case steal.Empty:
				thief.ask()
			}
		}
		if !idle.over(waiterPatience) {
			continue
		}
		if f.state.CompareAndSwap(underway, awaited) {
			if l.worker != nil {
				l.worker.standUp()
			}
			l.crew.asleep.Add(1)
			<-l.wake
			l.crew.asleep.Add(-1)
		}
		return
	}
}

// runStolen runs a half that was stolen from another lane on this one.
func (l *Lane[A, R]) runStolen(victim *Lane[A, R], pos uint32) {
	f := &victim.frames[pos]
	base := l.deque.Head()
	f.base = base
	f.thief.Store(l) // publishes base
	l.crew.pool.counts.forks.Add(1)
	l.beEager()
	failure := ErrGoexit // unless we come to know better
	defer func() {
		if v := recover(); v != nil {
			failure = panicked(v)
		}
		if failure != nil {
			f.failure = failure
			l.unwind(base)
		}
		// After this the frame is its owner's again.
		if f.state.Swap(done) == awaited {
			victim.wake <- struct{}{}
		}
	}()
	f.res = f.run(l, f.arg)
	failure = nil
}

// stealAny takes a half from any lane of the crew and runs it. It is for a
// goroutine that has nothing else on its stack.
func (l *Lane[A, R]) stealAny() bool {
	for i := range l.crew.lanes {
		victim := l.crew.lanes[i].Load()
		if victim == nil || victim == l {
			continue
		}
		switch pos, outcome := victim.deque.Steal(); outcome {
		case steal.Stolen:
			l.crew.callNext()
			l.runStolen(victim, pos)
			return true
		case steal.Empty:
			victim.ask()
		}
	}
	return false
}

// forget lets go of what the frames hold, and makes the lane ready for another
// computation.
func (l *Lane[A, R]) forget() {
	for i := range l.frames {
		f := &l.frames[i]
		if f.run == nil {
			break // frames are used from the first on
		}
		*f = frame[A, R]{}
	}
	l.worker, l.eager, l.vain = nil, 0, 0
	l.deque.Open(room)
}
