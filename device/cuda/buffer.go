//go:build cuda && linux && cgo

package cuda

import (
	"fmt"
	"sync/atomic"

	"github.com/tandem-go/tandem/device"
)

// users is the set of streams that have used a resource, for who frees it: one
// bit a stream, bits being shared where there are more streams than bits, and
// one that says that it is freed. A command looks and notes itself in one step,
// under its stream's lock; who frees sets freedBit first and takes those locks
// after, so that either the command is refused, or it is enqueued when its stream is
// looked at.
type users struct{ bits atomic.Uint64 }

const (
	userBits = 63
	freedBit = uint64(1) << userBits
)

// add notes a stream, and reports whether the resource is still there.
func (u *users) add(bit uint64) bool {
	now := u.bits.Load()
	if now&bit == 0 { // nearly always it has been noted before
		now = u.bits.Or(bit)
	}
	return now&freedBit == 0
}

// free reports whether it is the first to free the resource, and who used it.
func (u *users) free() (by uint64, first bool) {
	before := u.bits.Or(freedBit)
	return before &^ freedBit, before&freedBit == 0
}

// freed reports whether the resource has been freed.
func (u *users) freed() bool { return u.bits.Load()&freedBit != 0 }

// buffer is a piece of device memory. One of no bytes has no address.
type buffer struct {
	dev     *cudaDevice
	size    int64
	address handle
	users   users
	peers   peers
	settled atomic.Bool // the account has its bytes back
}

var _ device.Buffer = (*buffer)(nil)

// Size implements device.Buffer.
func (b *buffer) Size() int64 { return b.size }

// Free implements device.Buffer.
func (b *buffer) Free() error {
	d := b.dev
	if err := d.enter(); err != nil {
		return d.error("free", err)
	}
	defer d.ops.Done()
	by, first := b.users.free()
	if !first {
		return d.error("free", device.ErrClosed)
	}
	d.release(by, b.peers.take(), func() { d.dispose(b) })
	return nil
}

// dispose gives up a buffer that nothing uses any more. On a lost device nobody
// knows that; the end sees to it.
func (d *cudaDevice) dispose(b *buffer) {
	if d.lost() != nil {
		d.settle(b)
		return
	}
	d.mu.Lock()
	delete(d.buffers, b)
	d.mu.Unlock()
	if err := d.freeAddress(b.address); err != nil {
		_ = d.notice(err)
	}
	d.settle(b) // whoever sees the bytes free may have them
}

// settle gives a buffer's bytes back to the account, once: a device that is
// given up settles while its callers still run.
func (d *cudaDevice) settle(b *buffer) {
	if !b.settled.Swap(true) {
		d.account.Release(b.size)
	}
}

// own checks that a buffer given to the stream is a live one of its device, and
// notes that the stream uses it.
func (s *stream) own(arg string, given device.Buffer) (*buffer, error) {
	b, ok := given.(*buffer)
	if !ok || b == nil || b.dev != s.dev {
		return nil, fmt.Errorf("%w: %s is no buffer of this device", device.ErrInvalid, arg)
	}
	if !b.users.add(s.bit) {
		return nil, fmt.Errorf("%w: %s was freed", device.ErrClosed, arg)
	}
	return b, nil
}

// span checks that n bytes from offset lie within b.
func (b *buffer) span(offset, n int64) error {
	if offset < 0 || offset > b.size || n < 0 || n > b.size-offset {
		return fmt.Errorf("%w: bytes %d to %d of a buffer of %d", device.ErrInvalid, offset, offset+n, b.size)
	}
	return nil
}
