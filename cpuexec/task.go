package cpuexec

import (
	"context"
	"log/slog"
	"runtime/debug"

	"github.com/tandem-go/tandem/steal"
)

// Priority is the order in which tasks from outside are run: all that wait at a
// higher one go first, except that after 61 tasks of other priorities it is the
// turn of one that waits. See [steal.Injector].
type Priority int

// The priorities.
const (
	High Priority = iota
	Normal
	Low
)

// String implements fmt.Stringer.
func (p Priority) String() string {
	switch p {
	case High:
		return "high"
	case Normal:
		return "normal"
	case Low:
		return "low"
	}
	return "unknown priority"
}

// Task is something to run on a worker.
type Task interface{ Run(w *Worker) }

// Func is a function as a Task. A func needs no allocation to become one.
type Func func(w *Worker)

// Run implements Task.
func (f Func) Run(w *Worker) { f(w) }

// task is what waits for a worker. It is small, so that a million may wait.
type task struct {
	what  Task
	scope *Scope // that waits for it, or nil
}

// Spawn has a worker run f, and returns without waiting for that. Tasks of one
// priority that one goroutine spawns are begun in their order. If as many tasks
// wait as the queue limit allows, Spawn waits for room until ctx ends and returns
// its cause. After Close it returns ErrClosed. In all other cases f is run once.
//
// A panic in f is logged and counted.
func (p *Pool) Spawn(ctx context.Context, priority Priority, f func(w *Worker)) error {
	err := p.TrySpawn(priority, f)
	if err != ErrQueueFull { //nolint:errorlint // TrySpawn returns it as it is
		return err
	}
	waiter := steal.NewSleeper()
	for {
		p.waiting.Enter(waiter)
		if err := p.TrySpawn(priority, f); err != ErrQueueFull { //nolint:errorlint // as above
			p.passOn(waiter)
			return err
		}
		select {
		case <-waiter.C:
		case <-p.quit:
			p.passOn(waiter)
			return ErrClosed
		case <-ctx.Done():
			p.passOn(waiter)
			return context.Cause(ctx)
		}
	}
}

// passOn leaves the queue for room, and lets the next one have the room that
// this one was told of and did not use.
func (p *Pool) passOn(waiter *steal.Sleeper) {
	if !p.waiting.Leave(waiter) {
		p.waiting.Wake()
	}
}

// TrySpawn is Spawn without waiting: it returns ErrQueueFull if there is no room.
func (p *Pool) TrySpawn(priority Priority, f func(w *Worker)) error {
	return p.TrySpawnTask(priority, Func(f))
}

// TrySpawnTask is TrySpawn for a Task. While it waits it holds 24 bytes of the
// queue, and nothing is allocated for it.
func (p *Pool) TrySpawnTask(priority Priority, t Task) error {
	if priority < High || priority > Low {
		return &PriorityError{Priority: priority}
	}
	return p.push(priority, task{what: t})
}

func (p *Pool) push(priority Priority, t task) error {
	if !p.tasks.Push(int(priority), t) {
		if p.closed() {
			return ErrClosed
		}
		return ErrQueueFull
	}
	p.lot.Wake()
	return nil
}

// Spawn has this worker, or one that steals it, run f once, and returns without
// waiting for that. It never waits for room: what tasks spawn is theirs, and is
// not counted against the queue limit. The newest is run first.
func (w *Worker) Spawn(f func(w *Worker)) { w.spawn(task{what: Func(f)}) }

func (w *Worker) spawn(t task) {
	if w.seat == nil {
		// Without a seat there is no deque. The queue may be full, and waiting
		// for room could be waiting for oneself.
		switch {
		case w.pool.push(Normal, t) == nil:
		case w.outside:
			w.run(t)
		default:
			w.pool.running.Go(func() { (&Worker{pool: w.pool}).run(t) })
		}
		return
	}
	node := w.seat.node()
	*node = t
	w.seat.deque.Push(node)
	w.pool.lot.Wake()
}

// node returns a place for a task. Places are made many at a time and used again.
func (s *seat) node() *task {
	last := len(s.nodes) - 1
	if last < 0 {
		fresh := make([]task, 64)
		for i := range fresh {
			s.nodes = append(s.nodes, &fresh[i])
		}
		last = len(fresh) - 1
	}
	node := s.nodes[last]
	s.nodes = s.nodes[:last]
	return node
}

// nodesKept bounds the places that a seat keeps for reuse: a thief collects
// those that its victims have made.
const nodesKept = 1 << 17

// open takes a task out of its place.
func (s *seat) open(node *task) task {
	t := *node
	*node = task{}
	if len(s.nodes) < nodesKept {
		s.nodes = append(s.nodes, node)
	}
	return t
}

// ownFirst is after how many pieces of work a worker looks at the queue from
// outside before its own deque: a task that spawns its successor for ever must
// not keep everybody else waiting. Odd, so that it falls on both of step's turns.
const ownFirst = 61

// toil runs a task: one of high priority, its own newest, one from outside, or a
// stolen one.
func (w *Worker) toil() bool {
	t, ok := w.next()
	if ok {
		w.run(t)
	} else {
		w.seat.adopt(nil)
	}
	return ok
}

func (w *Worker) next() (task, bool) {
	s, queue := w.seat, w.pool.tasks
	if queue.Urgent() > 0 || s.turn%ownFirst == 0 {
		if t, ok := w.fromOutside(); ok {
			return t, true
		}
	}
	if node := s.deque.Pop(); node != nil {
		return s.open(node), true
	}
	if t, ok := w.fromOutside(); ok {
		return t, true
	}
	return w.rob()
}

// fromOutside takes a task from the queue. If there are more, it wakes the next
// worker, who wakes the next in turn.
func (w *Worker) fromOutside() (task, bool) {
	t, ok := w.pool.tasks.Pop()
	if ok {
		w.pool.waiting.Wake()
		if w.pool.lot.Len() > 0 && w.pool.tasks.Len() > 0 {
			w.pool.lot.Wake()
		}
	}
	return t, ok
}

// rob takes half of another worker's tasks, at most as many as fit in loot, and
// returns the oldest. It gives up only after a round in which all were empty.
func (w *Worker) rob() (task, bool) {
	s, seats := w.seat, w.pool.seats
	for {
		lost := false
		first := s.random.IntN(len(seats))
		for i := range seats {
			victim := seats[(first+i)%len(seats)]
			if victim == s {
				continue
			}
			n, last := victim.deque.StealHalf(s.loot[:])
			lost = lost || last == steal.Lost
			if n == 0 {
				continue
			}
			w.pool.counts.stolen.Add(uint64(n))
			for j := n - 1; j > 0; j-- { // the oldest of them on top, as they were
				s.deque.Push(s.loot[j])
			}
			t := s.open(s.loot[0])
			clear(s.loot[:n])
			if n > 1 || victim.deque.Len() > 0 {
				w.pool.lot.Wake()
			}
			return t, true
		}
		if !lost {
			return task{}, false
		}
	}
}

// run runs a task. A panic goes to who waits for the task or, if nobody does, to
// the log. A task that ends by runtime.Goexit takes this goroutine with it, but
// counts as done.
func (w *Worker) run(t task) {
	if w.seat != nil {
		w.seat.begun++
		w.seat.adopt(t.scope)
	}
	failure := ErrGoexit // unless we come to know better
	defer func() {
		if v := recover(); v != nil {
			failure = panicked(v)
		}
		if t.scope != nil {
			if failure != nil || w.seat == nil || !w.seat.leave(t.scope) {
				t.scope.done(failure)
			}
			return
		}
		if p, ok := failure.(*PanicError); ok { //nolint:errorlint // it was made above
			w.pool.counts.panics.Add(1)
			slog.Error("cpuexec: a task that nobody waits for panicked", "value", p.Value, "stack", string(p.Stack))
		}
	}()
	if t.scope == nil || !t.scope.stopped() {
		t.what.Run(w)
	}
	failure = nil
}

// panicked makes an error of what recover returned. A panic that was carried here
// from another goroutine keeps its own stack, and gets this one in addition.
func panicked(v any) *PanicError {
	stack := debug.Stack()
	if p, ok := v.(*PanicError); ok {
		carried := *p
		carried.Waiter = stack
		return &carried
	}
	return &PanicError{Value: v, Stack: stack}
}
