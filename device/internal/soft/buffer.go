package soft

import (
	"fmt"
	"unsafe"

	"github.com/tandem-go/tandem/device"
)

// buffer is a piece of host memory.
type buffer struct {
	dev  *Device
	size int64
	data []byte // nil if bare or empty; streams use it while users counts them

	users int  // commands queued or being executed; guarded by dev.mu
	freed bool // guarded by dev.mu
}

var _ device.Buffer = (*buffer)(nil)

// Size implements device.Buffer.
func (b *buffer) Size() int64 { return b.size }

// Free implements device.Buffer. It works on a lost device too.
func (b *buffer) Free() error {
	d := b.dev
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing || b.freed {
		return d.error("free", device.ErrClosed)
	}
	b.freed = true
	if b.users == 0 {
		d.releaseLocked(b)
	}
	return nil
}

// dropLocked ends one command's use of b.
func (d *Device) dropLocked(b *buffer) {
	b.users--
	if b.freed && b.users == 0 {
		d.releaseLocked(b)
	}
}

// releaseLocked gives the memory back. No command uses it.
func (d *Device) releaseLocked(b *buffer) {
	delete(d.buffers, b)
	d.account.Release(b.size)
	if d.cfg.Poison {
		poison(b.data)
	}
	b.data = nil
}

// ownLocked checks that a buffer given to a stream is a live one of d.
func (d *Device) ownLocked(arg string, given device.Buffer) (*buffer, error) {
	b, ok := given.(*buffer)
	if !ok || b == nil || b.dev != d {
		return nil, fmt.Errorf("%w: %s is no buffer of this device", device.ErrInvalid, arg)
	}
	if b.freed {
		return nil, fmt.Errorf("%w: %s was freed", device.ErrClosed, arg)
	}
	return b, nil
}

// span checks that n bytes from offset lie within b.
func (b *buffer) span(offset int64, n int) error {
	if offset < 0 || offset > b.size || int64(n) > b.size-offset {
		return fmt.Errorf("%w: %d bytes from %d of a buffer of %d", device.ErrInvalid, n, offset, b.size)
	}
	return nil
}

// aligned returns memory that holds any type of number at its start.
func aligned(nbytes int64) []byte {
	words := make([]uint64, (nbytes+7)/8)
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), nbytes)
}
