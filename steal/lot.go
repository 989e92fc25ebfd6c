package steal

import (
	"sync"
	"sync/atomic"
)

// Lot is where workers park that found nothing to do. It loses no wake-up and
// wakes no herd.
//
// The protocol has two sides. A worker announces itself with Enter, looks once
// more at everything it could do, and then either waits for its Sleeper or
// leaves. Whoever has work publishes it and then calls Wake. Both orders go
// through the sequentially consistent count: if Wake finds nobody, then the
// worker's Enter comes later, and its second look after that, so it finds the
// work. Wake chooses one worker, the last to have entered, whose caches are
// still warm; a worker that finds more than it can do wakes the next.
//
// The zero Lot is empty and ready for use.
type Lot struct {
	count atomic.Int32 // len(inside)

	mu     sync.Mutex
	inside []*Sleeper // guarded by mu
}

// Sleeper is a worker's place in a Lot. C gets one value for each time the
// sleeper was woken. The zero Sleeper is unusable; see [NewSleeper].
type Sleeper struct {
	C  chan struct{}
	in bool // guarded by the lot's mu
}

// NewSleeper makes a sleeper that is in no lot.
func NewSleeper() *Sleeper { return &Sleeper{C: make(chan struct{}, 1)} }

// Enter announces that s is going to sleep. Its worker must look for work again
// before it waits for s.C.
func (l *Lot) Enter(s *Sleeper) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.in = true
	l.inside = append(l.inside, s)
	l.count.Add(1) // before the worker's second look
}

// Leave takes back Enter. If it reports false, s has been woken already: its
// worker must either receive from s.C and do what it was woken for, or wake
// another in its place.
func (l *Lot) Leave(s *Sleeper) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !s.in {
		return false
	}
	for i, other := range l.inside {
		if other == s {
			l.inside = append(l.inside[:i], l.inside[i+1:]...)
			break
		}
	}
	s.in = false
	l.count.Add(-1)
	return true
}

// Wake wakes one sleeper, and reports whether there was one. What it is to find
// must have been published before.
func (l *Lot) Wake() bool {
	if l.count.Load() == 0 {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	last := len(l.inside) - 1
	if last < 0 {
		return false
	}
	s := l.inside[last]
	l.inside[last] = nil
	l.inside = l.inside[:last]
	s.in = false
	l.count.Add(-1)
	s.C <- struct{}{} // never blocks: the last value was received before s entered again
	return true
}

// WakeAll wakes every sleeper that is in the lot, for news that each must have,
// and returns how many there were. A Wake for each would not do: the first one
// woken may be back before the last.
func (l *Lot) WakeAll() int {
	if l.count.Load() == 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.inside)
	for _, s := range l.inside {
		s.in = false
		s.C <- struct{}{} // never blocks, as in Wake
	}
	clear(l.inside)
	l.inside = l.inside[:0]
	l.count.Add(int32(-n))
	return n
}

// Len is the number of sleepers.
func (l *Lot) Len() int { return int(l.count.Load()) }
