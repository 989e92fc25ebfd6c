//go:build opengl && linux && cgo

package opengl

import (
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// The staging memory of one direction is a ring of slots. One is being filled;
// the device may be busy with the others. Slots of 4 MiB are long enough for
// full PCIe speed, and 32 MiB of page-locked memory a device is little.
const (
	slotSize    = 4 << 20
	slotCount   = 4
	slotAlign   = 64 // of the pieces in a slot, so that no two share a cache line
	stagingSize = slotSize * slotCount
)

// staging is memory that both the host and the device reach.
type staging struct {
	id     uint32
	memory []byte
	slot   int // being filled
	fill   int // bytes of it in use
	// passed[i] is the fence after which slot i may be filled anew.
	passed [slotCount]uint64
}

// prepare makes the staging memory when it is first needed.
func (x *executor) prepare(s *staging, access uint32) error {
	if s.memory != nil {
		return nil
	}
	gl.GenBuffers(1, &s.id)
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, s.id)
	memory, err := x.mappedStorage(gl.COPY_WRITE_BUFFER, stagingSize, access|gl.MAP_PERSISTENT_BIT|gl.MAP_COHERENT_BIT)
	if err != nil {
		x.delete(s.id)
		return err
	}
	s.memory = memory
	return nil
}

// room finds space for a piece of a transfer, at most n bytes. It waits for the
// device only when that has not come round the ring.
func (x *executor) room(s *staging, n int) (at, size int, err error) {
	if s.fill == slotSize {
		if s.passed[s.slot], err = x.fence(); err != nil {
			return 0, 0, err
		}
		next := (s.slot + 1) % slotCount
		if err := x.finishTo(s.passed[next]); err != nil {
			return 0, 0, err
		}
		s.slot, s.fill = next, 0
	}
	at, size = s.slot*slotSize+s.fill, min(n, slotSize-s.fill)
	s.fill = min(slotSize, (s.fill+size+slotAlign-1)/slotAlign*slotAlign)
	return at, size, nil
}

func (x *executor) uploadStaged(b *buffer, offset int64, src []byte) error {
	if err := x.prepare(&x.up, gl.MAP_WRITE_BIT); err != nil {
		return err
	}
	if err := x.settleHost(src); err != nil {
		return err
	}
	x.barrier()
	for len(src) > 0 {
		at, n, err := x.room(&x.up, len(src))
		if err != nil {
			return err
		}
		copy(x.up.memory[at:at+n], src)
		x.copyBuffer(x.up.id, b.id, at, int(offset), n)
		src, offset = src[n:], offset+int64(n)
	}
	return x.check()
}

func (x *executor) downloadStaged(dst []byte, b *buffer, offset int64) error {
	if err := x.prepare(&x.down, gl.MAP_READ_BIT); err != nil {
		return err
	}
	for len(dst) > 0 {
		at, n, err := x.room(&x.down, len(dst))
		if err != nil {
			return err
		}
		x.copyBuffer(b.id, x.down.id, int(offset), at, n)
		// last+1 is the fence that the next call of fence will set.
		x.then = append(x.then, completion{number: x.last + 1, dst: dst[:n], src: x.down.memory[at : at+n]})
		dst, offset = dst[n:], offset+int64(n)
	}
	return x.check()
}

func (x *executor) copyBuffer(from, to uint32, fromOffset, toOffset, n int) {
	gl.BindBuffer(gl.COPY_READ_BUFFER, from)
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, to)
	gl.CopyBufferSubData(gl.COPY_READ_BUFFER, gl.COPY_WRITE_BUFFER, fromOffset, toOffset, n)
	x.unfenced, x.unflushed = true, true
}

// settleHost finishes downloads into host memory that an upload is about to
// read: their bytes arrive after their commands were issued.
func (x *executor) settleHost(src []byte) error {
	from := uintptr(unsafe.Pointer(unsafe.SliceData(src)))
	to := from + uintptr(len(src))
	for i := range x.then {
		dst := x.then[i].dst
		at := uintptr(unsafe.Pointer(unsafe.SliceData(dst)))
		if at < to && from < at+uintptr(len(dst)) {
			return x.finish()
		}
	}
	return nil
}
