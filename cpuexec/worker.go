package cpuexec

import (
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/tandem-go/tandem/steal"
)

// Worker is a goroutine of the pool that is running a task, which may use it to
// spawn others. It must not be kept for longer, nor be used by another goroutine.
type Worker struct {
	pool *Pool
	// seat is nil when the worker has given up its place to another goroutine
	// because it was going to wait. It then ends what it is doing, and ends.
	seat *seat
	// outside is a goroutine that is none of the pool's: Close doesn't wait for it.
	outside bool
}

// seat is what a pool has a fixed number of: the right to run, and a deque.
// Whoever sits on it owns everything in it but the deque's far end.
type seat struct {
	id      int
	deque   steal.Deque[task]
	nodes   []*task // for reuse
	sleeper *steal.Sleeper
	timer   *time.Timer
	random  *rand.Rand
	loot    [32]*task
	turn    uint
	heard   *broadcast    // the last that the seat's worker has attended to
	scope   *Scope        // of the task that is running, or was the last to run
	credit  int64         // counted in scope.pending, but not spawned yet or done already
	begun   uint64        // tasks
	tasks   atomic.Uint64 // begun, published each time that there is nothing to do
}

func newSeat(id int, heard *broadcast) *seat {
	return &seat{id: id, heard: heard, sleeper: steal.NewSleeper(), random: rand.New(rand.NewPCG(uint64(id), 0))}
}

// Pool is the pool that w works for.
func (w *Worker) Pool() *Pool { return w.pool }

// Place is the number of the worker's place in the pool, below Workers, or -1 once
// it has given that up. It is for counts that each place keeps for itself; for state
// that only one goroutine at a time may use, see [PerWorker].
func (w *Worker) Place() int {
	if w.seat == nil {
		return -1
	}
	return w.seat.id
}

// Block runs f, which may wait for long: for a channel, a lock, a network. In the
// meantime another goroutine works in the place of this one. A task that waits
// for what only other tasks can bring about must do so in Block: a pool all of
// whose workers wait otherwise runs no tasks.
func (w *Worker) Block(f func()) {
	w.standUp()
	f()
}

// standUp gives the worker's seat to a new goroutine.
func (w *Worker) standUp() {
	s := w.seat
	if s == nil {
		return
	}
	s.adopt(nil)
	w.seat = nil
	w.pool.counts.replaced.Add(1)
	w.pool.running.Go(func() { w.pool.work(s) })
}

// work is the life of the goroutine on a seat. Work that calls runtime.Goexit
// takes this goroutine with it; another takes its place.
func (p *Pool) work(s *seat) {
	w := &Worker{pool: p, seat: s}
	finished := false
	defer func() {
		if !finished {
			w.standUp()
		}
	}()
	for w.seat != nil {
		if !w.step() && !w.park() {
			break
		}
	}
	finished = true
}

// step does one piece of work, and reports whether there was any. Broadcasts go
// first, then parties and tasks take turns.
func (w *Worker) step() bool {
	if w.attend() {
		return true
	}
	w.seat.turn++
	if w.seat.turn%2 == 0 {
		return w.celebrate() || w.toil()
	}
	return w.toil() || w.celebrate()
}

// celebrate joins a party.
func (w *Worker) celebrate() bool {
	if len(w.pool.parties) == 0 {
		return false
	}
	select {
	case to := <-w.pool.parties:
		w.seat.adopt(nil)
		to.join(w)
		return true
	default:
		return false
	}
}

// idle tells whether there is nothing for a worker to do.
func (p *Pool) idle() bool {
	if len(p.parties) > 0 || p.tasks.Len() > 0 {
		return false
	}
	for _, s := range p.seats {
		if s.deque.Len() > 0 {
			return false
		}
	}
	return true
}

// watchInterval is how often a parked worker looks at the fork-joins in progress, which
// don't call for help each time they could use some. Linux rounds shorter sleeps
// up to about this.
//
// A visit that finds only small halves takes about 0.1 ms of the time of whom it
// helps, so that after each of these the next is later, up to the longest.
const (
	watchInterval        = time.Millisecond
	longestWatchInterval = 4 * time.Millisecond
)

// park waits for something to do, see [steal.Lot] for the protocol, and reports
// whether the worker should go on.
func (w *Worker) park() bool {
	p, s := w.pool, w.seat
	s.tasks.Store(s.begun)
	p.lot.Enter(s.sleeper)
	// What was let in before the pool closed is seen after that was seen.
	closed := p.closed()
	if closed || !p.idle() || s.called() {
		w.leaveLot()
		return !closed || !p.idle() || s.called()
	}
	tick := w.watch()
	p.counts.parked.Add(1)
	ticked := false
	select {
	case <-s.sleeper.C:
	case <-p.quit:
		w.leaveLot()
	case <-tick:
		w.leaveLot()
		ticked = true
	}
	if tick != nil {
		s.timer.Stop()
		p.watching.Store(false)
	}
	if ticked {
		w.visit()
	}
	return true
}

// watch makes this worker the one that looks at the fork-joins in progress, if
// there are any and no other does.
func (w *Worker) watch() <-chan time.Time {
	if w.pool.watched.Load() == 0 || !w.pool.watching.CompareAndSwap(false, true) {
		return nil
	}
	interval := time.Duration(w.pool.interval.Load())
	if w.seat.timer == nil {
		w.seat.timer = time.NewTimer(interval)
	} else {
		w.seat.timer.Reset(interval)
	}
	return w.seat.timer.C
}

// leaveLot is for a worker that does not sleep, or does not any more. Should it
// have been woken meanwhile, another is woken in its place: what it is going to
// do may be something else.
func (w *Worker) leaveLot() {
	if !w.pool.lot.Leave(w.seat.sleeper) {
		<-w.seat.sleeper.C
		w.pool.lot.Wake()
	}
}

// visit joins the fork-joins in progress, one after the other.
func (w *Worker) visit() {
	p := w.pool
	p.mu.Lock()
	crews := append([]party(nil), p.crews...)
	p.mu.Unlock()
	interval := min(2*time.Duration(p.interval.Load()), longestWatchInterval)
	for _, c := range crews {
		if w.seat == nil {
			break
		}
		if c.join(w) {
			interval = watchInterval
		}
		runtime.Gosched()
	}
	p.interval.Store(int64(interval))
}
