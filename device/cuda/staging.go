//go:build cuda && linux && cgo

package cuda

import "unsafe"

// Memory that is not page-locked travels through a ring of slots, one for each
// stream that needs it. One slot is being filled; the device may be busy with
// the others. Copies of 2 MiB come within a few per cent of a bus's full rate
// (the driver's own pieces are smaller), and 8 MiB a stream is little.
const (
	slotSize  = 2 << 20
	slotCount = 4
	slotAlign = 64 // of the pieces in a slot, so that no two share a cache line
)

// ring is staging memory of a stream, in slots made when they are first needed.
type ring struct {
	slots [slotCount]slot
	at    int // being filled
}

type slot struct {
	memory *hostMemory
	fill   int    // bytes in use
	until  *event // after which it may be filled anew
}

// room finds space for a piece of a transfer, at most n bytes. It waits for the
// device only when that has not come round the ring.
func (s *stream) room(n int) ([]byte, error) {
	r := &s.staging
	now := &r.slots[r.at]
	if now.fill == s.dev.slotSize {
		now.until = &event{stream: s}
		if err := s.mark(now.until); err != nil {
			return nil, err
		}
		r.at = (r.at + 1) % slotCount
		now = &r.slots[r.at]
		if err := s.waitFor(now.until); err != nil {
			return nil, err
		}
		now.fill, now.until = 0, nil
	}
	if now.memory == nil {
		var err error
		if now.memory, err = s.dev.pinned.get(int64(s.dev.slotSize), false); err != nil {
			return nil, err
		}
	}
	size := min(n, s.dev.slotSize-now.fill)
	piece := now.memory.bytes[now.fill : now.fill+size]
	now.fill = min(s.dev.slotSize, (now.fill+size+slotAlign-1)/slotAlign*slotAlign)
	return piece, nil
}

// waitFor waits until e, if there is one, has fired.
func (s *stream) waitFor(e *event) error {
	if e == nil {
		return nil
	}
	if err := s.dev.await(e.Done()); err != nil {
		return err
	}
	return e.Err()
}

// rewind begins at the ring's front when the device is done with all of it, so
// that small transfers stay in one warm slot.
func (s *stream) rewind() {
	if !s.dirty && s.settle(nil) {
		for i := range s.staging.slots {
			s.staging.slots[i].fill, s.staging.slots[i].until = 0, nil
		}
		s.staging.at = 0
	}
}

// release gives the slots back.
func (r *ring) release(d *cudaDevice) {
	for i := range r.slots {
		if m := r.slots[i].memory; m != nil {
			d.pinned.put(m.block)
		}
	}
	*r = ring{}
}

func (s *stream) uploadStaged(at handle, src []byte) error {
	s.rewind()
	for len(src) > 0 {
		piece, err := s.room(len(src))
		if err != nil {
			return err
		}
		n := copy(piece, src)
		s.dirty = true
		if err := s.dev.ctx.upload(s.h, at, piece); err != nil {
			return err
		}
		src, at = src[n:], at+handle(n)
	}
	return nil
}

func (s *stream) downloadStaged(at handle, dst []byte) error {
	s.rewind()
	for len(dst) > 0 {
		piece, err := s.room(len(dst))
		if err != nil {
			return err
		}
		n := len(piece)
		s.dirty = true
		if err := s.dev.ctx.download(s.h, piece, at); err != nil {
			return err
		}
		s.queue.owe(&copyOut{dst: dst[:n], src: piece})
		dst, at = dst[n:], at+handle(n)
	}
	return nil
}

// settleHost ends downloads into host memory that an upload is about to read:
// their bytes arrive after their commands were enqueued.
func (s *stream) settleHost(src []byte) error {
	if !s.downloading(src) {
		return nil
	}
	e := &event{stream: s}
	if err := s.mark(e); err != nil {
		return err
	}
	return s.waitFor(e)
}

func (s *stream) downloading(src []byte) bool {
	q := &s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	from := uintptr(unsafe.Pointer(unsafe.SliceData(src)))
	to := from + uintptr(len(src))
	for _, owed := range q.debts {
		if owed.copy == nil {
			continue
		}
		dst := owed.copy.dst
		at := uintptr(unsafe.Pointer(unsafe.SliceData(dst)))
		if at < to && from < at+uintptr(len(dst)) {
			return true
		}
	}
	return false
}
