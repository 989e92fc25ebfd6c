package cpuexec

import (
	"fmt"
	"runtime"
	"sync"
)

// Pool is a fixed number of CPU workers. It may be used by any number of
// goroutines.
type Pool struct {
	workers int
	invites chan *Invitation
	quit    chan struct{}
	closing sync.Once
	running sync.WaitGroup // the pool's goroutines
}

// waitingInvites is how many invitations for each worker may wait. Beyond that
// the workers have so much to do that a further invitation would change nothing:
// it is dropped, and whoever sent it does the work himself.
const waitingInvites = 8

// New starts a pool of the given number of workers, the caller of its methods
// counted as one. Zero means GOMAXPROCS.
func New(workers int) (*Pool, error) {
	if workers < 0 {
		return nil, fmt.Errorf("cpuexec: a pool of %d workers", workers)
	}
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	p := &Pool{
		workers: workers,
		invites: make(chan *Invitation, waitingInvites*workers),
		quit:    make(chan struct{}),
	}
	for id := 1; id < workers; id++ {
		p.running.Go(func() { p.work(id) })
	}
	return p, nil
}

// Workers is the number of workers.
func (p *Pool) Workers() int { return p.workers }

// Close ends the workers after what they are doing, and waits for them. It is
// idempotent. It must not be called from inside work of the pool.
func (p *Pool) Close() {
	p.closing.Do(func() { close(p.quit) })
	p.running.Wait()
}

func (p *Pool) closed() bool {
	select {
	case <-p.quit:
		return true
	default:
		return false
	}
}

// work is the life of a worker. Work that calls runtime.Goexit takes this
// goroutine with it; another takes its place.
func (p *Pool) work(id int) {
	alive := false
	defer func() {
		if !alive {
			p.running.Go(func() { p.work(id) })
		}
	}()
	for {
		select {
		case <-p.quit:
			alive = true
			return
		case inv := <-p.invites:
			inv.join(id)
		}
	}
}
