package residency_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tandem-go/tandem/residency"
)

// TestLockInAnyOrder has many users lock random sets in random orders, some of
// them twice in one call. All must come to an end (or the bubble deadlocks), no
// writer may have company, and readers must have some at times.
func TestLockInAnyOrder(t *testing.T) {
	for _, seed := range seeds(t, 5) {
		synctest.Test(t, func(t *testing.T) { lockInAnyOrder(t, seed) })
		if t.Failed() {
			t.Fatalf("replay with %s=%d", envSeed, seed)
		}
	}
}

func lockInAnyOrder(t *testing.T, seed uint64) {
	const memories, users, rounds = 5, 12, 60
	var buffers [memories]*residency.Buffer[int32]
	var readers, writers [memories]atomic.Int32
	var shared atomic.Int32
	for i := range buffers {
		buffers[i] = residency.New[int32](1)
	}
	var wg sync.WaitGroup
	for user := range uint64(users) {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(seed, user))
			for range rounds {
				var reads, writes []*residency.Memory
				role := map[int]bool{} // whether it is written
				for range 1 + rng.IntN(4) {
					i, write := rng.IntN(memories), rng.IntN(3) == 0
					role[i] = role[i] || write
					if write {
						writes = append(writes, buffers[i].Memory())
					} else {
						reads = append(reads, buffers[i].Memory())
					}
				}
				ctx, cancel := t.Context(), context.CancelFunc(func() {})
				if rng.IntN(4) == 0 {
					ctx, cancel = context.WithTimeout(ctx, time.Duration(1+rng.IntN(3000))*time.Microsecond)
				}
				unlock, err := residency.Lock(ctx, reads, writes)
				if err != nil {
					if !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("Lock: %v", err)
					}
					cancel()
					continue
				}
				for i, write := range role {
					if write {
						if writers[i].Add(1) != 1 || readers[i].Load() != 0 {
							t.Errorf("a writer of %d has company", i)
						}
						buffers[i].Memory().Home()[0]++ // the race detector looks on
					} else {
						if readers[i].Add(1) > 1 {
							shared.Add(1)
						}
						if writers[i].Load() != 0 {
							t.Errorf("a reader of %d is there with a writer", i)
						}
						_ = buffers[i].Memory().Home()[0]
					}
				}
				time.Sleep(time.Duration(rng.IntN(1000)) * time.Microsecond)
				for i, write := range role {
					if write {
						writers[i].Add(-1)
					} else {
						readers[i].Add(-1)
					}
				}
				unlock()
				cancel()
			}
		})
	}
	wg.Wait()
	if shared.Load() == 0 {
		t.Error("no two readers shared a memory")
	}
	for i := range buffers { // what a call that gave up had locked is free again
		unlock, err := residency.Lock(t.Context(), nil, []*residency.Memory{buffers[i].Memory()})
		if err != nil {
			t.Fatal(err)
		}
		unlock()
	}
}

// TestLockGivesTheCause asks for what another has, with a context that ends.
func TestLockGivesTheCause(t *testing.T) {
	b := residency.New[int32](1)
	unlock, err := residency.Lock(t.Context(), nil, []*residency.Memory{b.Memory()})
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if err := b.View(ctx, func([]int32) { t.Error("a buffer that is being written can be viewed") }); !errors.Is(err, why) {
		t.Errorf("View answers %v", err)
	}
	if err := b.CopyFrom(ctx, []int32{1}); !errors.Is(err, why) {
		t.Errorf("CopyFrom answers %v", err)
	}
}
