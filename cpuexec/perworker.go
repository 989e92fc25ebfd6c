package cpuexec

import (
	"iter"
	"sync"
	"sync/atomic"
)

// PerWorker is state of which each worker has its own: scratch memory that is
// made once for each, or a part of a result that is put together at the end with
// All. It may be used by any number of goroutines.
type PerWorker[T any] struct {
	create func() T
	seats  []place[T]

	mu     sync.Mutex
	spares []*place[T] // guarded by mu
}

// place is one state, in cache lines that nobody else writes to.
type place[T any] struct {
	busy  atomic.Bool // whoever has set it owns made and state
	made  bool
	state T
	_     [128]byte
}

// NewPerWorker makes state for the workers of p. Each is made by create when it is
// first used; nil means the zero value.
func NewPerWorker[T any](p *Pool, create func() T) *PerWorker[T] {
	return &PerWorker[T]{create: create, seats: make([]place[T], p.workers)}
}

// Use lends f the state of w's worker. Nobody else has it until f returns or
// panics. A goroutine that is none of the pool's workers, for which w is nil, a
// task that has given up its place, and an f that calls Use again, get a state
// that is not in use, or a new one: there are never more of them than were in use
// at one time.
func (l *PerWorker[T]) Use(w *Worker, f func(state *T)) {
	own := l.take(w)
	defer own.busy.Store(false)
	if !own.made {
		if l.create != nil {
			own.state = l.create()
		}
		own.made = true
	}
	f(&own.state)
}

func (l *PerWorker[T]) take(w *Worker) *place[T] {
	if w != nil && w.seat != nil {
		if own := &l.seats[w.seat.id]; own.busy.CompareAndSwap(false, true) {
			return own
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.spares {
		if s.busy.CompareAndSwap(false, true) {
			return s
		}
	}
	s := &place[T]{}
	s.busy.Store(true)
	l.spares = append(l.spares, s)
	return s
}

// All goes over every state that has been made, in no order that means anything.
// It panics if one of them is in use: what it is for is to put together what the
// workers have done, after waiting for them.
func (l *PerWorker[T]) All() iter.Seq[*T] {
	return func(yield func(*T) bool) {
		l.mu.Lock()
		spares := l.spares[:len(l.spares):len(l.spares)]
		l.mu.Unlock()
		for i := range l.seats {
			if !l.seats[i].show(yield) {
				return
			}
		}
		for _, s := range spares {
			if !s.show(yield) {
				return
			}
		}
	}
}

// show yields the state if there is one.
func (s *place[T]) show(yield func(*T) bool) bool {
	if !s.busy.CompareAndSwap(false, true) {
		panic("cpuexec: PerWorker.All while a state is in use: wait for the workers first")
	}
	defer s.busy.Store(false)
	return !s.made || yield(&s.state)
}
