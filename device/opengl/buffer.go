//go:build opengl && linux && cgo

package opengl

import (
	"fmt"

	"github.com/go-gl/gl/v4.3-core/gl"

	"github.com/tandem-go/tandem/device"
)

// buffer is a buffer object. Only the thread uses id and mapping.
type buffer struct {
	dev     *glDevice
	size    int64
	id      uint32
	mapping []byte // the object's memory where it stays mapped, else nil

	users    int  // commands queued or being executed; guarded by dev.mu
	freed    bool // guarded by dev.mu
	released bool // the account has its bytes back; guarded by dev.mu
}

var _ device.Buffer = (*buffer)(nil)

// Size implements device.Buffer.
func (b *buffer) Size() int64 { return b.size }

// Free implements device.Buffer.
func (b *buffer) Free() error {
	d := b.dev
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing || b.freed {
		return d.error("free", device.ErrClosed)
	}
	b.freed = true
	d.disposeLocked(b)
	return nil
}

// disposeLocked lets go of a buffer that was freed and that no command uses.
// The object goes before any later Alloc: the thread empties the trash first.
func (d *glDevice) disposeLocked(b *buffer) {
	if !b.freed || b.users > 0 || b.released {
		return
	}
	d.settleLocked(b)
	d.trash = append(d.trash, b.id)
	d.wake.Signal()
}

// settleLocked gives a buffer's bytes back to the account, once: a device that
// is given up settles while its callers still run.
func (d *glDevice) settleLocked(b *buffer) {
	if !b.released {
		b.released = true
		delete(d.buffers, b)
		d.account.Release(b.size)
	}
}

// releaseAllLocked settles the account when the device ends: the objects go
// with the context.
func (d *glDevice) releaseAllLocked() {
	for b := range d.buffers {
		d.settleLocked(b)
	}
}

// adopt makes the buffer object, on the thread.
func (d *glDevice) adopt(x *executor, b *buffer) error {
	if err := x.create(b); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.deserted {
		return d.failed // the caller is gone and has settled the account
	}
	d.buffers[b] = struct{}{}
	return nil
}

// create makes the buffer object and, where transfers want it, maps it for
// good. OpenGL knows no empty buffers, and a shader sees no word of which a part is
// missing, where elements are smaller than words.
func (x *executor) create(b *buffer) error {
	const word = 4
	size := int(max(b.size, 16)+word-1) &^ (word - 1)
	gl.GenBuffers(1, &b.id)
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, b.id)
	switch x.transfers {
	case mapped:
		const access = gl.MAP_READ_BIT | gl.MAP_WRITE_BIT | gl.MAP_PERSISTENT_BIT | gl.MAP_COHERENT_BIT
		var err error
		if b.mapping, err = x.mappedStorage(gl.COPY_WRITE_BUFFER, size, access); err != nil {
			x.delete(b.id)
			return err
		}
		b.mapping = b.mapping[:b.size]
		return nil
	case staged:
		gl.BufferStorage(gl.COPY_WRITE_BUFFER, size, nil, 0)
	case direct:
		gl.BufferData(gl.COPY_WRITE_BUFFER, size, nil, gl.DYNAMIC_COPY)
	}
	if err := x.check(); err != nil {
		x.delete(b.id)
		return err
	}
	return nil
}

// delete frees a buffer object and forgets where it was bound.
func (x *executor) delete(id uint32) {
	for slot := range x.bound {
		if x.bound[slot] == id {
			x.bound[slot] = 0
		}
	}
	gl.DeleteBuffers(1, &id)
}

// ownLocked checks that a buffer given to a stream is a live one of this device.
func (d *glDevice) ownLocked(arg string, given device.Buffer) (*buffer, error) {
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
		return fmt.Errorf("%w: bytes %d to %d of a buffer of %d", device.ErrInvalid, offset, offset+int64(n), b.size)
	}
	return nil
}
