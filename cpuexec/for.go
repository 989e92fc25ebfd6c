package cpuexec

import (
	"context"
	"sync/atomic"

	"github.com/tandem-go/tandem/steal"
)

// rounds is how many times the owner of a range goes back to it for more: each
// time it takes that fraction of what is left. It bounds what a thief comes too
// late for, and with 16 the last cuts are small while a range of 2^20 granules
// is still consumed in about 200 atomic operations.
const rounds = 16

// For runs body on all of [0, n), in parts [lo, hi) that don't overlap, on the
// calling goroutine and on workers that are free, and returns when all is done.
// A part has at least grain indices, but for the last; grain 0 lets For choose.
// Bodies of different parts run at the same time.
//
// When ctx ends, no further part is begun, and For returns its cause once those
// under way have ended. A panic in body does the same, and is returned as a
// [*PanicError].
func (p *Pool) For(ctx context.Context, n, grain int, body func(lo, hi int)) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	if p.closed() {
		return ErrClosed
	}
	if n <= 0 {
		return nil
	}
	if grain <= 0 {
		grain = p.grain(n)
	}
	l := &loop{space: steal.NewSpace(n, grain), ctx: ctx, body: body}
	granules := l.space.Granules()
	workers := min(p.workers, int(granules))
	l.ranges = make([]steal.Range, workers)
	l.ranges[0].Put(0, granules)
	return l.run(p)
}

// grain is the size of the parts of n indices whose caller has not chosen one:
// so many parts that the last of them hardly delays the whole.
func (p *Pool) grain(n int) int { return max(1, n/(64*p.workers)) }

// loop is one For in progress.
type loop struct {
	space  steal.Space
	ctx    context.Context // of the call that the loop lives in
	body   func(lo, hi int)
	ranges []steal.Range // by worker; the caller's is the first
	failed atomic.Bool   // somebody panicked: stop early
}

// run is the caller's side: it works, then waits for its guests, also when body
// takes this goroutine away by runtime.Goexit.
func (l *loop) run(p *Pool) (err error) {
	inv := p.Invite(len(l.ranges)-1, l.work)
	defer func() {
		guest := inv.Withdraw()
		switch {
		case err != nil:
		case guest != nil:
			err = guest
		case l.left():
			err = context.Cause(l.ctx)
		}
	}()
	return protect(func() { l.work(0) })
}

// work consumes the range of one worker, then what it can steal, until nothing
// is left anywhere or the loop has to stop.
func (l *loop) work(worker int) {
	finished := false
	defer func() {
		if !finished {
			l.failed.Store(true)
		}
	}()
	own := &l.ranges[worker]
	for !l.stopped() {
		first, last := own.TakeFront(own.Left() / rounds)
		if first == last {
			if !l.stealInto(own) {
				break
			}
			continue
		}
		l.body(l.space.Indices(first, last))
	}
	finished = true
}

// stealInto moves half of the fullest range into own, which is empty.
func (l *loop) stealInto(own *steal.Range) bool {
	for {
		var victim *steal.Range
		var most uint32
		for i := range l.ranges {
			if left := l.ranges[i].Left(); left > most {
				victim, most = &l.ranges[i], left
			}
		}
		if victim == nil {
			return false
		}
		if first, last := victim.StealHalf(); first != last {
			return own.Put(first, last)
		}
	}
}

// stopped is asked before every part. What is then still in a range was never
// begun.
func (l *loop) stopped() bool { return l.failed.Load() || l.ctx.Err() != nil }

// left tells whether parts were never begun.
func (l *loop) left() bool {
	for i := range l.ranges {
		if l.ranges[i].Left() > 0 {
			return true
		}
	}
	return false
}
