package cpuexec

import "sync/atomic"

// Counts is what a pool has done so far. The numbers are of different moments
// when they are read while the pool works.
type Counts struct {
	Tasks      uint64 // tasks run, each worker's up to when it last had nothing to do
	Stolen     uint64 // tasks that a worker took from another's deque
	Forks      uint64 // halves of fork-joins that another worker took
	Panics     uint64 // panics in tasks that nobody waited for
	Parked     uint64 // times that a worker went to sleep
	Replaced   uint64 // times that a waiting worker's place was taken by another goroutine
	Inversions uint64 // tasks from outside that went before one of higher priority, because it was their turn
}

// counts is the part of Counts that workers write. Tasks are counted by seat,
// because a word that all workers write would cost more than a task.
type counts struct {
	stolen, forks, panics, parked, replaced atomic.Uint64
}

// Counts returns what the pool has done.
func (p *Pool) Counts() Counts {
	c := Counts{
		Stolen:     p.counts.stolen.Load(),
		Forks:      p.counts.forks.Load(),
		Panics:     p.counts.panics.Load(),
		Parked:     p.counts.parked.Load(),
		Replaced:   p.counts.replaced.Load(),
		Inversions: p.tasks.Inversions(),
	}
	for _, s := range p.seats {
		c.Tasks += s.tasks.Load()
	}
	return c
}
