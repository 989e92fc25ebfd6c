// Package pagelock decides which of its callers' slices a device page-locks, so
// that uploads from them need no copy into memory of the device's own first.
//
// Registering costs the driver some time for each page, several times what one copy
// takes, and what is locked is lost to everybody else. So a slice is copied until
// its copies have cost as much as registering it would: then whatever comes, what
// was spent is at most twice what knowing the future would have cost (the ski-rental
// argument: Karlin, Manasse, Rudolph and Sleator, Competitive Snoopy Caching, 1988).
// A registration ends when the slice is collected, when the device has no more to
// lock and another slice has earned the place of the least recently used, or with
// the device. Whoever lost its place has to earn it anew, so that slices which take
// turns in too little room cost at most twice what copying them would.
package pagelock

import (
	"container/list"
	"errors"
	"sync"
	"unsafe"

	"github.com/tandem-go/tandem/device"
)

const (
	// smallest is the size below which slices are always copied: it takes a
	// core some 100 µs, in the order of what the driver takes for any call that
	// changes the map of the device's memory.
	smallest = 1 << 20
	// payoff is how many copies cost as much as to register and unregister. The
	// driver locks about 3 GB/s, page by page (the figure that device/cuda has for
	// making such memory, and none was measured for registering); one core copies
	// about 10 GB/s; to unregister takes less than to register.
	payoff = 4
	// remembered is how many slices are kept in mind. A launch has a few.
	remembered = 256
)

// Cache is the slices that one device has seen. Its methods may be called from any
// number of goroutines, and on nil, which locks nothing.
type Cache struct {
	dev device.HeapRegistrar

	mu      sync.Mutex // guards the rest; not held while the driver registers
	byPlace map[uintptr]*list.Element
	recent  *list.List // of *slice, most recently used first
	stats   Stats
	closed  bool
	held    int // calls of Hold that have not been released
}

// Hold has everything copied until Release is called, as often as it: a device that
// may be late must not read more of its callers' memory, which is theirs again when
// the launch has ended without it.
func (c *Cache) Hold() { c.hold(1) }

// Release undoes one Hold.
func (c *Cache) Release() { c.hold(-1) }

func (c *Cache) hold(n int) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held += n
}

// Stats are a cache's counts.
type Stats struct {
	Locked     int64 // bytes that are page-locked now
	Registered int64 // registrations so far
	Evicted    int64 // of those, given up for another
}

// slice is what is known of the slice at a place. It does not keep its memory.
type slice struct {
	place  uintptr
	size   int
	copied int64 // bytes copied since it was last registered
	lock   device.Registration
	busy   bool // being registered
	barred bool // the device has refused it
}

// New returns the cache of a device; nil if the device does not register.
func New(dev device.Device) *Cache {
	r, ok := dev.(device.HeapRegistrar)
	if !ok {
		return nil
	}
	return &Cache{dev: r, byPlace: map[uintptr]*list.Element{}, recent: list.New()}
}

// Direct reports whether nbytes of whole, a slice of Go's that the caller holds, are
// to be uploaded from where they are; otherwise the caller copies them first. It may
// take as long as it takes to register whole. What it says is advice: the device
// keeps to the bytes either way.
func (c *Cache) Direct(whole []byte, nbytes int) bool {
	if c == nil || len(whole) < smallest {
		return false
	}
	s, locked := c.look(whole, int64(nbytes))
	return locked || s != nil && c.register(s, whole)
}

// look counts a use of the slice, and reports whether it is locked. Otherwise it
// returns the slice if this caller is to register it.
func (c *Cache) look(whole []byte, nbytes int64) (s *slice, locked bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.held > 0 {
		return nil, false
	}
	place := uintptr(unsafe.Pointer(unsafe.SliceData(whole)))
	e := c.byPlace[place]
	if e == nil {
		e = c.recent.PushFront(&slice{place: place, size: len(whole)})
		c.byPlace[place] = e
		c.forgetLocked()
	}
	c.recent.MoveToFront(e)
	s = e.Value.(*slice)
	if s.lock != nil && (!s.lock.Alive() || s.size < len(whole)) {
		c.unlockLocked(s)
	}
	if s.lock != nil {
		return nil, true
	}
	if s.size != len(whole) && !s.busy { // another slice at the same place
		*s = slice{place: place, size: len(whole)}
	}
	s.copied += nbytes
	if s.busy || s.barred || s.copied < payoff*int64(s.size) {
		return nil, false
	}
	s.busy = true
	return s, false
}

// register locks the slice, in the place of others if need be.
func (c *Cache) register(s *slice, whole []byte) bool {
	lock, err := c.dev.RegisterHeap(whole)
	for errors.Is(err, device.ErrOutOfMemory) && c.evict() {
		lock, err = c.dev.RegisterHeap(whole)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s.busy = false
	switch {
	case err != nil:
		s.barred = true
		return false
	case c.closed:
		lock.Free()
		return false
	}
	s.lock, s.copied = lock, 0
	c.stats.Registered++
	c.stats.Locked += int64(s.size)
	return true
}

// evict gives up the least recently used registration, if there is one.
func (c *Cache) evict() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.recent.Back(); e != nil; e = e.Prev() {
		if s := e.Value.(*slice); s.lock != nil {
			c.unlockLocked(s)
			c.stats.Evicted++
			return true
		}
	}
	return false
}

// unlockLocked ends a slice's registration.
func (c *Cache) unlockLocked(s *slice) {
	s.lock.Free()
	s.lock, s.copied = nil, 0
	c.stats.Locked -= int64(s.size)
}

// forgetLocked keeps the number of slices within bounds: the least recently used
// go that are not locked, or were and have been collected.
func (c *Cache) forgetLocked() {
	for e := c.recent.Back(); e != nil && c.recent.Len() > remembered; {
		s, before := e.Value.(*slice), e.Prev()
		if s.lock != nil && !s.lock.Alive() {
			c.unlockLocked(s)
		}
		if s.lock == nil && !s.busy {
			c.recent.Remove(e)
			delete(c.byPlace, s.place)
		}
		e = before
	}
}

// Stats returns the counts at this moment.
func (c *Cache) Stats() Stats {
	if c == nil {
		return Stats{}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.recent.Front(); e != nil; e = e.Next() {
		if s := e.Value.(*slice); s.lock != nil && !s.lock.Alive() {
			c.unlockLocked(s)
		}
	}
	return c.stats
}

// Close ends all registrations. Afterwards nothing is locked any more.
func (c *Cache) Close() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for e := c.recent.Front(); e != nil; e = e.Next() {
		if s := e.Value.(*slice); s.lock != nil {
			c.unlockLocked(s)
		}
	}
}
