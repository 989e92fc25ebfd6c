package steal_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tandem-go/tandem/steal"
)

// Workers that park whenever they find nothing, and producers that wake at most
// one for each piece of work: if any wake-up were lost, work would stay behind
// and the test would not end.
func TestLotLosesNoWakeUp(t *testing.T) {
	const workers, producers, each = 4, 3, 5000
	var lot steal.Lot
	var work, done atomic.Int64
	quit := make(chan struct{})
	take := func() bool {
		for {
			n := work.Load()
			if n == 0 {
				return false
			}
			if work.CompareAndSwap(n, n-1) {
				if done.Add(1) == producers*each {
					close(quit)
				}
				return true
			}
		}
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			s := steal.NewSleeper()
			for {
				if take() {
					continue
				}
				lot.Enter(s)
				if work.Load() > 0 {
					if !lot.Leave(s) {
						<-s.C
					}
					continue
				}
				select {
				case <-s.C:
				case <-quit:
					return
				}
			}
		})
	}
	for range producers {
		wg.Go(func() {
			for i := range each {
				work.Add(1)
				lot.Wake()
				if i%64 == 0 {
					runtime.Gosched()
				}
			}
		})
	}
	wg.Wait()
	if work.Load() != 0 || done.Load() != producers*each {
		t.Errorf("%d done, %d left", done.Load(), work.Load())
	}
}

// Wake must wake one, the last to have come, and only once.
func TestLotWakesOne(t *testing.T) {
	var lot steal.Lot
	if lot.Wake() {
		t.Error("somebody was woken in an empty lot")
	}
	sleepers := []*steal.Sleeper{steal.NewSleeper(), steal.NewSleeper(), steal.NewSleeper()}
	for _, s := range sleepers {
		lot.Enter(s)
	}
	if !lot.Wake() || len(sleepers[2].C) != 1 || len(sleepers[0].C)+len(sleepers[1].C) != 0 {
		t.Error("not the last to have come was woken, or not it alone")
	}
	if lot.Leave(sleepers[2]) {
		t.Error("a woken sleeper left as if it had not been")
	}
	if !lot.Leave(sleepers[0]) || lot.Len() != 1 {
		t.Errorf("%d sleepers, want 1", lot.Len())
	}
	if !lot.Wake() || len(sleepers[1].C) != 1 || lot.Wake() || lot.Len() != 0 {
		t.Error("the remaining sleeper was not woken once")
	}
}
