package pagelock_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/hybrid/internal/pagelock"
)

// registrar is a device of which only registering is asked. It holds no more than
// room bytes, and refuses what overlaps.
type registrar struct {
	device.Device

	mu     sync.Mutex // guards the rest
	room   int
	held   map[*registration]struct{}
	refuse error
	calls  int
}

type registration struct {
	of   *registrar
	at   uintptr
	size int
	gone atomic.Bool // collected
}

func (r *registration) Alive() bool {
	r.of.mu.Lock()
	defer r.of.mu.Unlock()
	_, held := r.of.held[r]
	return held && !r.gone.Load()
}

func (r *registration) Free() {
	r.of.mu.Lock()
	defer r.of.mu.Unlock()
	delete(r.of.held, r)
}

func (r *registrar) RegisterHeap(host []byte) (device.Registration, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls++
	if r.refuse != nil {
		return nil, r.refuse
	}
	m := &registration{of: r, at: uintptr(unsafe.Pointer(&host[0])), size: len(host)}
	used := 0
	for other := range r.held {
		if m.at < other.at+uintptr(other.size) && other.at < m.at+uintptr(m.size) {
			return nil, device.ErrInvalid
		}
		used += other.size
	}
	if used+m.size > r.room {
		return nil, device.ErrOutOfMemory
	}
	if r.held == nil {
		r.held = map[*registration]struct{}{}
	}
	r.held[m] = struct{}{}
	return m, nil
}

const mib = 1 << 20

// untilDirect is how many bytes are copied before the slice is used directly, in
// pieces of a quarter.
func untilDirect(t *testing.T, c *pagelock.Cache, s []byte) (copied int) {
	t.Helper()
	for !c.Direct(s, len(s)/4) {
		if copied += len(s) / 4; copied > 100*len(s) {
			t.Fatal("the slice is never registered")
		}
	}
	return copied
}

func TestEarnsItsPlace(t *testing.T) {
	r := &registrar{room: 8 * mib}
	c := pagelock.New(r)
	s := make([]byte, 2*mib)
	if copied := untilDirect(t, c, s); copied < 3*len(s) || copied > 4*len(s) {
		t.Errorf("%d bytes of %d were copied before", copied, len(s))
	}
	for range 10 {
		if !c.Direct(s, len(s)) || !c.Direct(s[:mib], mib) {
			t.Fatal("a registered slice is copied")
		}
	}
	if r.calls != 1 || c.Stats() != (pagelock.Stats{Locked: 2 * mib, Registered: 1}) {
		t.Errorf("%d calls, %+v", r.calls, c.Stats())
	}
	small := make([]byte, mib-1)
	for range 100 {
		if c.Direct(small, len(small)) {
			t.Fatal("a small slice was registered")
		}
	}
	c.Close()
	if len(r.held) != 0 || c.Direct(s, len(s)) || c.Stats().Locked != 0 {
		t.Errorf("after Close %d are held, %+v", len(r.held), c.Stats())
	}
}

// TestLeastRecentlyUsedGivesWay has three slices where two have room.
func TestLeastRecentlyUsedGivesWay(t *testing.T) {
	r := &registrar{room: 4 * mib}
	c := pagelock.New(r)
	x, y, z := make([]byte, 2*mib), make([]byte, 2*mib), make([]byte, 2*mib)
	untilDirect(t, c, x)
	untilDirect(t, c, y)
	if !c.Direct(x, 1) {
		t.Fatal("there was room for two")
	}
	if copied := untilDirect(t, c, z); copied < 3*len(z) {
		t.Errorf("after %d bytes another had to go", copied)
	}
	if !c.Direct(x, 1) || !c.Direct(z, 1) || c.Direct(y, 1) {
		t.Error("the wrong one gave way")
	}
	if got := c.Stats(); got != (pagelock.Stats{Locked: 4 * mib, Registered: 3, Evicted: 1}) {
		t.Errorf("%+v", got)
	}
	if copied := untilDirect(t, c, y); copied < 3*len(y)-1 {
		t.Errorf("who gave way is back after %d bytes", copied)
	}
}

func TestRefusals(t *testing.T) {
	for name, refuse := range map[string]error{
		"none of Go's": device.ErrUnsupported, "locked already": device.ErrInvalid, "lost": device.ErrLost, "full": device.ErrOutOfMemory,
	} {
		t.Run(name, func(t *testing.T) {
			r := &registrar{refuse: errors.Join(errors.New("the driver says"), refuse)}
			c := pagelock.New(r)
			s := make([]byte, 2*mib)
			for range 50 {
				if c.Direct(s, len(s)) {
					t.Fatal("it is said to be registered")
				}
			}
			if r.calls != 1 {
				t.Errorf("the device was asked %d times", r.calls)
			}
		})
	}
}

// TestCollected has a registered slice collected, and another of the same size come
// to its place.
func TestCollected(t *testing.T) {
	r := &registrar{room: 2 * mib}
	c := pagelock.New(r)
	s := make([]byte, 2*mib)
	untilDirect(t, c, s)
	for m := range r.held {
		m.gone.Store(true)
	}
	if c.Stats().Locked != 0 {
		t.Errorf("collected memory counts: %+v", c.Stats())
	}
	if copied := untilDirect(t, c, s); copied < 3*len(s) {
		t.Errorf("the next slice was registered after %d bytes", copied)
	}
}

func TestGrownSlice(t *testing.T) {
	r := &registrar{room: 8 * mib}
	c := pagelock.New(r)
	s := make([]byte, 4*mib)
	untilDirect(t, c, s[:2*mib])
	if c.Direct(s, mib) {
		t.Error("half of it was registered, and it is said to be all")
	}
	untilDirect(t, c, s)
	if got := c.Stats().Locked; got != 4*mib {
		t.Errorf("%d bytes are locked", got)
	}
}

// TestHeld has slices copied for as long as somebody holds the cache, and what was
// registered used again afterwards.
func TestHeld(t *testing.T) {
	r := &registrar{room: 8 * mib}
	c := pagelock.New(r)
	s := make([]byte, 2*mib)
	untilDirect(t, c, s)
	c.Hold()
	c.Hold()
	for range 2 {
		if c.Direct(s, len(s)) {
			t.Error("a held cache gives out the caller's memory")
		}
		c.Release()
	}
	if !c.Direct(s, len(s)) || r.calls != 1 {
		t.Errorf("after it was held the slice is copied, or registered anew: %d registrations", r.calls)
	}
	var none *pagelock.Cache
	none.Hold()
	none.Release()
}

func TestWithoutARegistrar(t *testing.T) {
	c := pagelock.New(nil)
	if c.Direct(make([]byte, 2*mib), 100*mib) || c.Stats() != (pagelock.Stats{}) {
		t.Error("something was registered by nobody")
	}
	c.Close()
}

// TestManyGoroutines uses more slices than are remembered, more than have room, from
// several goroutines: what is said to be registered is.
func TestManyGoroutines(t *testing.T) {
	r := &registrar{room: 16 * mib}
	c := pagelock.New(r)
	pool := make([]byte, 300*mib)
	var users sync.WaitGroup
	for user := range uint64(4) {
		users.Go(func() {
			rng := rand.New(rand.NewPCG(user, 1))
			for range 3000 {
				i := rng.IntN(10)
				if rng.IntN(3) == 0 {
					i = rng.IntN(300)
				}
				c.Direct(pool[i*mib:][:mib], mib/2+rng.IntN(mib/2))
			}
		})
	}
	users.Wait()
	held := int64(len(r.held)) * mib
	if got := c.Stats(); got.Locked != held || got.Registered-got.Evicted != held/mib || got.Registered == 0 {
		t.Errorf("%d bytes are held, %+v", held, got)
	}
	c.Close()
	if len(r.held) != 0 {
		t.Errorf("%d are held in the end", len(r.held))
	}
}
