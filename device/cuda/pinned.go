//go:build cuda && linux && cgo

package cuda

import (
	"cmp"
	"errors"
	"fmt"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"

	"github.com/tandem-go/tandem/device"
)

// Page-locked memory is lost to everybody else on the machine, and a desktop
// whose memory was half locked has frozen (llama.cpp issue 6083). All devices of
// the process together lock no more than this part of the machine's memory for
// others; their own rings are small and come besides.
const lockedShare = 8

// locked counts the page-locked bytes of the process.
var locked struct {
	mu    sync.Mutex // guards total
	total int64
}

var lockedLimit = sync.OnceValue(func() int64 {
	var info syscall.Sysinfo_t
	if err := syscall.Sysinfo(&info); err != nil {
		return 1 << 30
	}
	return int64(info.Totalram) * int64(info.Unit) / lockedShare
})

// reserveLocked takes n bytes of what may be page-locked.
func reserveLocked(n int64) bool {
	locked.mu.Lock()
	defer locked.mu.Unlock()
	if n > lockedLimit()-locked.total {
		return false
	}
	locked.total += n
	return true
}

func releaseLocked(n int64) {
	locked.mu.Lock()
	defer locked.mu.Unlock()
	locked.total -= n
}

// pinnedMemory is a device's page-locked memory: blocks of its own, which it
// keeps because the driver takes a third of a millisecond for each MiB and stops
// the device to free one, and memory of others that was registered.
type pinnedMemory struct {
	dev *cudaDevice

	// places are the blocks in use, by address. It is replaced, never changed.
	places atomic.Pointer[[]*block]

	mu   sync.Mutex // guards the rest, and replacing places
	idle map[int64][]*block
	all  map[*block]struct{}
}

// block is page-locked memory in one piece.
type block struct {
	at         uintptr
	size       int64
	memory     []byte          // nil for memory of Go's heap that may be collected
	counted    bool            // in locked.total
	registered *runtime.Pinner // for memory that was there before; keeps it
	heap       *heapMemory     // for memory of Go's heap that may be collected
	owner      *hostMemory     // who has it now; set before it is among the places
}

func newBlock(memory []byte, counted bool) *block {
	return &block{at: addressOf(memory), size: int64(len(memory)), memory: memory, counted: counted}
}

func addressOf(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }

// hostMemory is what a caller has of a block.
type hostMemory struct {
	dev   *cudaDevice
	block *block // nil for no bytes
	bytes []byte
	users users
}

var _ device.HostMemory = (*hostMemory)(nil)

// Bytes implements device.HostMemory.
func (m *hostMemory) Bytes() []byte { return m.bytes }

// Free implements device.HostMemory.
func (m *hostMemory) Free() error {
	d := m.dev
	if err := d.enter(); err != nil {
		return d.error("free", err)
	}
	defer d.ops.Done()
	by, first := m.users.free()
	if !first {
		return d.error("free", device.ErrClosed)
	}
	if m.block != nil {
		d.release(by, nil, func() { d.pinned.put(m.block) })
	}
	return nil
}

// AllocHost implements device.HostAllocator.
func (d *cudaDevice) AllocHost(nbytes int64) (device.HostMemory, error) {
	if err := d.enter(); err != nil {
		return nil, d.error("alloc", err)
	}
	defer d.ops.Done()
	if err := d.lost(); err != nil {
		return nil, d.error("alloc", err)
	}
	if nbytes < 0 {
		return nil, d.error("alloc", fmt.Errorf("%w: a size of %d bytes", device.ErrInvalid, nbytes))
	}
	d.reap() // memory that was freed while in use
	m, err := d.pinned.get(nbytes, true)
	if err != nil {
		return nil, d.error("alloc", d.notice(err))
	}
	return m, nil
}

// RegisterHost implements device.HostRegistrar.
func (d *cudaDevice) RegisterHost(host []byte) (device.HostMemory, error) {
	if err := d.enter(); err != nil {
		return nil, d.error("register", err)
	}
	defer d.ops.Done()
	if err := d.lost(); err != nil {
		return nil, d.error("register", err)
	}
	m := &hostMemory{dev: d, bytes: host}
	if len(host) == 0 {
		return m, nil
	}
	n := int64(len(host))
	if !reserveLocked(n) {
		return nil, d.error("register", overLimit(n))
	}
	b := newBlock(host, true)
	b.registered, b.owner = new(runtime.Pinner), m
	b.registered.Pin(unsafe.SliceData(host))
	if _, err := call(d, func() (struct{}, error) { return struct{}{}, d.ctx.registerHost(host) }); err != nil {
		b.registered.Unpin()
		releaseLocked(n)
		return nil, d.error("register", d.notice(err))
	}
	m.block = b
	d.pinned.adopt(b)
	d.pinned.place(b)
	return m, nil
}

func overLimit(n int64) error {
	return fmt.Errorf("%w: %d bytes of page-locked memory asked for, of %d that this process may have", device.ErrOutOfMemory, n, lockedLimit())
}

// blockSize rounds up so that a quarter of a block at most is waste, and few
// sizes exist.
func blockSize(n int64) int64 {
	if n <= 4096 {
		return 4096
	}
	step := int64(1) << (bits.Len64(uint64(n-1)) - 3)
	return (n + step - 1) / step * step
}

// get finds or makes n bytes. What is counted keeps within the limit.
func (p *pinnedMemory) get(n int64, counted bool) (*hostMemory, error) {
	m := &hostMemory{dev: p.dev}
	if n == 0 {
		return m, nil
	}
	size := blockSize(n)
	b := p.takeIdle(size)
	if b == nil {
		var err error
		if b, err = call(p.dev, func() (*block, error) { return p.newBlock(size, counted) }); err != nil {
			return nil, err
		}
	}
	b.owner = m
	m.block, m.bytes = b, b.memory[:n:n]
	p.place(b)
	return m, nil
}

func (p *pinnedMemory) takeIdle(size int64) *block {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.idle[size]
	if len(list) == 0 {
		return nil
	}
	b := list[len(list)-1]
	p.idle[size] = list[:len(list)-1]
	return b
}

func (p *pinnedMemory) newBlock(size int64, counted bool) (*block, error) {
	if counted && !reserveLocked(size) {
		p.trim()
		if !reserveLocked(size) {
			return nil, overLimit(size)
		}
	}
	memory, err := p.dev.ctx.allocHost(size)
	if errors.Is(err, device.ErrOutOfMemory) {
		p.trim()
		memory, err = p.dev.ctx.allocHost(size)
	}
	if err != nil {
		if counted {
			releaseLocked(size)
		}
		return nil, err
	}
	b := newBlock(memory, counted)
	p.adopt(b)
	return b, nil
}

func (p *pinnedMemory) adopt(b *block) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all == nil {
		p.all, p.idle = map[*block]struct{}{}, map[int64][]*block{}
	}
	p.all[b] = struct{}{}
}

// put takes back a block that nothing uses. On a lost device nobody knows that;
// the end sees to it.
func (p *pinnedMemory) put(b *block) {
	p.displace(b)
	switch {
	case p.dev.lost() != nil:
	case b.registered != nil, b.heap != nil:
		p.discard(b)
	default:
		p.mu.Lock()
		defer p.mu.Unlock()
		p.idle[b.size] = append(p.idle[b.size], b)
	}
}

// trim gives the idle blocks back to the machine.
func (p *pinnedMemory) trim() {
	p.mu.Lock()
	idle := p.idle
	p.idle = map[int64][]*block{}
	p.mu.Unlock()
	for _, list := range idle {
		for _, b := range list {
			p.discard(b)
		}
	}
}

// discard gives a block back to the machine, or to its owner. What fails here
// has been lost, and goes with the context.
func (p *pinnedMemory) discard(b *block) {
	p.mu.Lock()
	delete(p.all, b)
	p.mu.Unlock()
	switch {
	case b.heap != nil:
		_ = p.dev.ctx.unregisterHost(b.at)
		releaseHeap(b.size)
	case b.registered != nil:
		_ = p.dev.ctx.unregisterHost(b.at)
		b.registered.Unpin()
	default:
		_ = p.dev.ctx.freeHost(b.memory)
	}
	if b.counted {
		releaseLocked(b.size)
	}
}

// freeAll is for the end of the device.
func (p *pinnedMemory) freeAll() {
	p.places.Store(nil)
	for b := range p.all {
		p.discard(b)
	}
	p.idle = nil
}

// place makes a block known to the streams.
func (p *pinnedMemory) place(b *block) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var places []*block
	if old := p.places.Load(); old != nil {
		places = *old
	}
	i, _ := slices.BinarySearchFunc(places, b.at, byBase)
	places = slices.Insert(slices.Clone(places), i, b)
	p.places.Store(&places)
}

func (p *pinnedMemory) displace(b *block) {
	p.mu.Lock()
	defer p.mu.Unlock()
	places := slices.Clone(*p.places.Load())
	if i, found := slices.BinarySearchFunc(places, b.at, byBase); found {
		places = slices.Delete(places, i, i+1)
	}
	p.places.Store(&places)
}

func byBase(b *block, base uintptr) int { return cmp.Compare(b.at, base) }

// use finds the block that the device can copy from or to host in by itself, and
// notes the stream as its user. It is nil where there is none.
func (p *pinnedMemory) use(host []byte, bit uint64) *block {
	places := p.places.Load()
	if places == nil {
		return nil
	}
	at := addressOf(host)
	i, found := slices.BinarySearchFunc(*places, at, byBase)
	if !found {
		i--
	}
	if i < 0 {
		return nil
	}
	b := (*places)[i]
	if at+uintptr(len(host)) > b.at+uintptr(b.size) || b.heap != nil && !b.heap.alive() || !b.owner.users.add(bit) {
		return nil
	}
	return b
}
