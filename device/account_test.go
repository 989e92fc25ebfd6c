package device_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/tandem-go/tandem/device"
)

func TestAccount(t *testing.T) {
	a := device.NewAccount(100)
	for _, step := range []struct {
		nbytes int64
		err    error
		want   device.MemoryStats
	}{
		{0, nil, device.MemoryStats{Capacity: 100, Buffers: 1}},
		{60, nil, device.MemoryStats{Capacity: 100, InUse: 60, Peak: 60, Buffers: 2}},
		{41, device.ErrOutOfMemory, device.MemoryStats{Capacity: 100, InUse: 60, Peak: 60, Buffers: 2}},
		{-1, device.ErrInvalid, device.MemoryStats{Capacity: 100, InUse: 60, Peak: 60, Buffers: 2}},
		{math.MaxInt64, device.ErrOutOfMemory, device.MemoryStats{Capacity: 100, InUse: 60, Peak: 60, Buffers: 2}},
		{40, nil, device.MemoryStats{Capacity: 100, InUse: 100, Peak: 100, Buffers: 3}},
		{1, device.ErrOutOfMemory, device.MemoryStats{Capacity: 100, InUse: 100, Peak: 100, Buffers: 3}},
		{0, nil, device.MemoryStats{Capacity: 100, InUse: 100, Peak: 100, Buffers: 4}},
	} {
		if err := a.Reserve(step.nbytes); !errors.Is(err, step.err) || (err == nil) != (step.err == nil) {
			t.Errorf("Reserve(%d): %v, want %v", step.nbytes, err, step.err)
		}
		if got := a.Stats(); got != step.want {
			t.Errorf("after Reserve(%d) the accounts are %+v, want %+v", step.nbytes, got, step.want)
		}
	}
	for _, nbytes := range []int64{60, 40, 0, 0} {
		a.Release(nbytes)
	}
	if got, want := a.Stats(), (device.MemoryStats{Capacity: 100, Peak: 100}); got != want {
		t.Errorf("in the end the accounts are %+v, want %+v", got, want)
	}
}

func TestAccountZeroValue(t *testing.T) {
	var a device.Account
	if err := a.Reserve(1); !errors.Is(err, device.ErrOutOfMemory) {
		t.Errorf("an account of no capacity answers %v", err)
	}
	if err := a.Reserve(0); err != nil {
		t.Errorf("an account of no capacity refuses nothing at all: %v", err)
	}
}

func TestAccountReleaseTooMuch(t *testing.T) {
	for name, release := range map[string]func(a *device.Account){
		"bytes":   func(a *device.Account) { a.Release(11) },
		"buffers": func(a *device.Account) { a.Release(10); a.Release(0) },
	} {
		a := device.NewAccount(10)
		if err := a.Reserve(10); err != nil {
			t.Fatal(err)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: releasing more than was reserved does not panic", name)
				}
			}()
			release(a)
		}()
	}
}

// TestAccountConcurrent never lets the users of an account together hold more
// than its capacity, and loses no byte.
func TestAccountConcurrent(t *testing.T) {
	const capacity, users, rounds = 1000, 8, 2000
	a := device.NewAccount(capacity)
	var all sync.WaitGroup
	for user := range uint64(users) {
		all.Go(func() {
			r := rand.New(rand.NewPCG(user, 0))
			var held []int64
			for range rounds {
				nbytes := r.Int64N(capacity / 2)
				if a.Reserve(nbytes) == nil {
					held = append(held, nbytes)
				}
				if s := a.Stats(); s.InUse > s.Capacity || s.Peak < s.InUse || s.Peak > s.Capacity {
					t.Errorf("the accounts are %+v", s)
				}
				if len(held) > 2 || len(held) > 0 && r.IntN(2) == 0 {
					a.Release(held[0])
					held = held[1:]
				}
			}
			for _, nbytes := range held {
				a.Release(nbytes)
			}
		})
	}
	all.Wait()
	if got := a.Stats(); got.InUse != 0 || got.Buffers != 0 {
		t.Errorf("in the end the accounts are %+v", got)
	}
}
