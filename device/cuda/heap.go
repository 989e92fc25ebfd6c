//go:build cuda && linux && cgo

package cuda

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"unsafe"
	"weak"

	"github.com/tandem-go/tandem/device"
)

// heapShare is the part of lockedLimit that memory registered by itself may take,
// so that it leaves as much for staging.
const heapShare = 2

// heapLocked counts the bytes of Go's heap that are registered in this process.
var heapLocked struct {
	mu    sync.Mutex // guards total
	total int64
}

func reserveHeap(n int64) bool {
	heapLocked.mu.Lock()
	defer heapLocked.mu.Unlock()
	if n > lockedLimit()/heapShare-heapLocked.total || !reserveLocked(n) {
		return false
	}
	heapLocked.total += n
	return true
}

// releaseHeap is the part of it that releaseLocked does not undo.
func releaseHeap(n int64) {
	heapLocked.mu.Lock()
	defer heapLocked.mu.Unlock()
	heapLocked.total -= n
}

// heapMemory is memory of Go's heap that is registered and may be collected. What
// makes that safe: as long as the weak pointer has not gone nil, the object has
// lived since it was registered, so its pages are those that the driver has locked.
// Pages of memory that was collected Go may give back to the system, and the next
// object at that address has others, of which the driver does not know. So whether
// an address is among the registered ones says nothing; use asks alive besides.
// Who uploads from it holds it, and the stream keeps it until the device is done.
type heapMemory struct {
	owner  hostMemory // its bytes are nil: they would keep the memory alive
	object weak.Pointer[byte]
	net    runtime.Cleanup
}

var _ device.Registration = (*heapMemory)(nil)

func (m *heapMemory) alive() bool { return m.object.Value() != nil }

// Alive implements device.Registration.
func (m *heapMemory) Alive() bool {
	return m.alive() && !m.owner.users.freed() && m.owner.dev.lost() == nil
}

// Free implements device.Registration.
func (m *heapMemory) Free() {
	m.net.Stop()
	_ = m.owner.Free() // it may have been freed, and its device too
}

// RegisterHeap implements device.HeapRegistrar.
func (d *cudaDevice) RegisterHeap(host []byte) (device.Registration, error) {
	if err := d.enter(); err != nil {
		return nil, d.error("register", err)
	}
	defer d.ops.Done()
	if err := d.lost(); err != nil {
		return nil, d.error("register", err)
	}
	if len(host) == 0 || !onHeap(unsafe.SliceData(host)) {
		return nil, d.error("register", fmt.Errorf("%w: the memory is none of Go's heap", device.ErrUnsupported))
	}
	d.pinned.dropCollected(host)
	n := int64(len(host))
	if !reserveHeap(n) {
		return nil, d.error("register", fmt.Errorf(
			"%w: %d bytes to be registered, of %d that this process may have so", device.ErrOutOfMemory, n, lockedLimit()/heapShare))
	}
	_, err := call(d, func() (struct{}, error) {
		var pin runtime.Pinner
		pin.Pin(unsafe.SliceData(host))
		defer pin.Unpin()
		return struct{}{}, d.ctx.registerHost(host)
	})
	if err != nil {
		releaseHeap(n)
		releaseLocked(n)
		return nil, d.error("register", d.notice(err))
	}
	m := &heapMemory{owner: hostMemory{dev: d}, object: weak.Make(unsafe.SliceData(host))}
	b := &block{at: addressOf(host), size: n, counted: true, heap: m, owner: &m.owner}
	m.owner.block = b
	m.net = runtime.AddCleanup(unsafe.SliceData(host), (*heapMemory).collected, m)
	d.pinned.adopt(b)
	d.pinned.place(b)
	runtime.KeepAlive(host) // until the cleanup has all that it needs
	return m, nil
}

// collected gives up what has been collected. Cleanups must not wait, and streams
// have to be looked at; so the end of the device waits for a goroutine.
func (m *heapMemory) collected() {
	d := m.owner.dev
	if err := d.enter(); err != nil {
		return // the end sees to it
	}
	go func() {
		defer d.ops.Done()
		_ = m.owner.Free() // or somebody has
	}()
}

// dropCollected gives up memory that was collected and lies where host does now,
// for the cleanup may be late.
func (p *pinnedMemory) dropCollected(host []byte) {
	places := p.places.Load()
	if places == nil {
		return
	}
	from, to := addressOf(host), addressOf(host)+uintptr(len(host))
	for _, b := range slices.Clone(*places) {
		if b.heap != nil && b.at < to && from < b.at+uintptr(b.size) && !b.heap.alive() {
			b.heap.Free()
		}
	}
}
