package device

import (
	"fmt"
	"sync"
)

// Account keeps a device's memory within its capacity. Backends embed one; the
// zero value has no capacity. It may be used by any number of goroutines.
type Account struct {
	mu    sync.Mutex // guards stats
	stats MemoryStats
}

// NewAccount returns an account over capacity bytes.
func NewAccount(capacity int64) *Account {
	return &Account{stats: MemoryStats{Capacity: capacity}}
}

// Reserve takes nbytes for one buffer, or says why it can't: ErrInvalid for a
// negative size, ErrOutOfMemory over the capacity.
func (a *Account) Reserve(nbytes int64) error {
	if nbytes < 0 {
		return fmt.Errorf("%w: a size of %d bytes", ErrInvalid, nbytes)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if free := a.stats.Capacity - a.stats.InUse; nbytes > free {
		return fmt.Errorf("%w: %d bytes asked for, %d of %d free", ErrOutOfMemory, nbytes, free, a.stats.Capacity)
	}
	a.stats.InUse += nbytes
	a.stats.Buffers++
	a.stats.Peak = max(a.stats.Peak, a.stats.InUse)
	return nil
}

// Release gives nbytes of one buffer back.
func (a *Account) Release(nbytes int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if nbytes > a.stats.InUse || a.stats.Buffers == 0 {
		panic("device: BUG: more memory released than reserved")
	}
	a.stats.InUse -= nbytes
	a.stats.Buffers--
}

// Stats returns the account's state.
func (a *Account) Stats() MemoryStats {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.stats
}
