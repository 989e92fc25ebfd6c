package tasks

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// On random operations room is a counter with a queue.
func TestRoomAgreesWithModel(t *testing.T) {
	for range 200 {
		seed := rand.Uint64()
		random := rand.New(rand.NewPCG(seed, 0))
		synctest.Test(t, func(t *testing.T) { //nolint:thelper // the test itself
			l := newLedger(random.IntN(3))
			limit := 1 + random.IntN(4)
			r := newRoom(limit, l)
			type waiter struct {
				cancel context.CancelFunc
				err    chan error
			}
			var queue []waiter
			held := 0
			for range 300 {
				switch at := &l.tallies[random.IntN(len(l.tallies))]; random.IntN(4) {
				case 0:
					got, want := r.tryTake(), held < limit
					if got != want {
						t.Fatalf("seed %d: %d of %d are taken and %d wait: another one %v", seed, held, limit, len(queue), got)
					}
					if got {
						held++
					}
				case 1:
					if held == 0 {
						continue
					}
					r.give(at)
					held--
					if len(queue) > 0 { // the first of them, and no other
						if err := <-queue[0].err; err != nil {
							t.Fatalf("seed %d: the first that waits gets %v", seed, err)
						}
						queue[0].cancel()
						queue = queue[1:]
						held++
					}
				case 2:
					ctx, cancel := context.WithCancel(t.Context())
					w := waiter{cancel, make(chan error, 1)}
					go func() { w.err <- r.take(ctx) }()
					synctest.Wait()
					if held < limit {
						if err := <-w.err; err != nil {
							t.Fatalf("seed %d: there is room, and take says %v", seed, err)
						}
						cancel()
						held++
					} else {
						queue = append(queue, w)
					}
				case 3:
					if len(queue) == 0 {
						continue
					}
					i := random.IntN(len(queue))
					queue[i].cancel()
					if err := <-queue[i].err; !errors.Is(err, context.Canceled) {
						t.Fatalf("seed %d: one that waits no longer gets %v", seed, err)
					}
					queue = append(queue[:i], queue[i+1:]...)
				}
				synctest.Wait()
				for _, w := range queue {
					if len(w.err) > 0 {
						t.Fatalf("seed %d: a place beyond the limit, or out of turn", seed)
					}
				}
			}
			for _, w := range queue {
				w.cancel()
				<-w.err
			}
		})
	}
}

// Under contention no place is lost and none is made, and nobody waits for ever.
func TestRoomUnderContention(t *testing.T) {
	const limit, takers = 3, 8
	l := newLedger(takers)
	r := newRoom(limit, l)
	var inside atomic.Int64
	var wg sync.WaitGroup
	for i := range takers {
		at, random := &l.tallies[i], rand.New(rand.NewPCG(rand.Uint64(), 0))
		wg.Go(func() {
			for range 2000 {
				switch random.IntN(3) {
				case 0:
					if !r.tryTake() {
						continue
					}
				case 1:
					ctx, cancel := context.WithCancel(t.Context())
					go cancel()
					if r.take(ctx) != nil {
						continue
					}
				default:
					if err := r.take(t.Context()); err != nil {
						t.Error(err)
						return
					}
				}
				if n := inside.Add(1); n > limit {
					t.Errorf("%d have a place, of %d", n, limit)
				}
				inside.Add(-1)
				r.give(at)
			}
		})
	}
	wg.Wait()
	for i := range limit {
		if !r.tryTake() {
			t.Fatalf("only %d places are left of %d", i, limit)
		}
	}
	if r.tryTake() {
		t.Error("there are more places than the limit")
	}
}
