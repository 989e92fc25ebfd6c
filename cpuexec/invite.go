package cpuexec

import "sync"

// Invitation asks workers to take part in work that goes on anyway.
type Invitation struct {
	f func(worker int)

	mu        sync.Mutex // guards the rest
	places    int        // workers that may still join
	joined    int        // workers that have joined
	inside    int        // workers that are in f
	left      sync.Cond  // inside has become 0
	failure   error
	withdrawn bool
}

// Invite asks up to n workers, and at most Workers()-1, to run f at the same
// time, each with its own number from 1. It doesn't wait. f returns when it finds
// nothing to do; the caller finishes by Withdraw. A closed pool has no workers:
// nobody comes.
func (p *Pool) Invite(n int, f func(worker int)) *Invitation {
	inv := &Invitation{f: f, places: min(n, p.workers-1)}
	inv.left.L = &inv.mu
	for range inv.places {
		if !p.call(inv) {
			break
		}
	}
	return inv
}

// Withdraw lets no further worker in, waits for those inside, and returns what
// went wrong in one of them: a [*PanicError], ErrGoexit, or nil. It may be
// called again.
func (inv *Invitation) Withdraw() error {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	inv.withdrawn = true
	for inv.inside > 0 {
		inv.left.Wait()
	}
	return inv.failure
}

// join runs the work if there is still a place.
func (inv *Invitation) join(*Worker) bool {
	inv.mu.Lock()
	if inv.withdrawn || inv.places == 0 {
		inv.mu.Unlock()
		return false
	}
	inv.places--
	inv.joined++
	number := inv.joined
	inv.inside++
	inv.mu.Unlock()
	err := ErrGoexit // unless we come to know better
	defer func() {
		inv.mu.Lock()
		defer inv.mu.Unlock()
		if inv.failure == nil {
			inv.failure = err
		}
		if inv.inside--; inv.inside == 0 {
			inv.left.Broadcast()
		}
	}()
	err = protect(func() { inv.f(number) })
	return true
}

// protect runs f and returns its panic as an error. Should f call
// runtime.Goexit, protect doesn't return.
func protect(f func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicked(v)
		}
	}()
	f()
	return nil
}
