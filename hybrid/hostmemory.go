package hybrid

import "github.com/tandem-go/tandem/device"

// hostMemory is host memory of the scheduler's own that a device copies from or
// to: page-locked where the device offers it, so that the copy is the device's
// work and overlaps with everything else. It grows when it must.
type hostMemory struct {
	bytes  []byte
	locked device.HostMemory // nil for ordinary memory
}

// resize makes it n bytes of undefined content. No command uses the memory.
func (h *hostMemory) resize(m *member, n int) {
	if cap(h.bytes) >= n {
		h.bytes = h.bytes[:n]
		return
	}
	h.free()
	if m.host != nil {
		// Where there is no more to be had, ordinary memory does.
		if locked, err := m.host.AllocHost(int64(n)); err == nil {
			h.locked, h.bytes = locked, locked.Bytes()
			return
		}
	}
	h.bytes = make([]byte, n)
}

// fill makes it a copy of src.
func (h *hostMemory) fill(m *member, src []byte) {
	if m.host == nil {
		h.bytes = append(h.bytes[:0], src...) // which saves clearing it first
		return
	}
	h.resize(m, len(src))
	copy(h.bytes, src)
}

// of is part, which is a part of the caller's slice whole, where the device can read
// it: in its place, if the slice is page-locked, and as a copy otherwise.
//
// A device that is given up on may have commands before it that read the caller's
// memory, and come to them when the launch has long ended. That is safe, for
//   - the memory is there: it is Go's, and the device's stream keeps it pinned until it
//     has passed the command or is destroyed, whoever else has let go of it;
//   - it is only read, which disturbs nobody but who sees what was read;
//   - nobody does: a chunk that is given up on is computed anew from the caller's slice
//     by another, its buffers are never used again, and replicas of resident
//     buffers, which are read from the buffer's own home, are distrusted.
//
// From the moment that it is given up on until it has come to an end, the device gets
// copies.
func (h *hostMemory) of(m *member, whole, part []byte) []byte {
	if m.pages.Direct(whole, len(part)) {
		return part
	}
	h.fill(m, part)
	return h.bytes
}

// free gives it up. Page-locked memory waits by itself for commands that use it.
func (h *hostMemory) free() {
	if h.locked != nil {
		_ = h.locked.Free() // a device that is closed has freed it itself
	}
	*h = hostMemory{}
}
