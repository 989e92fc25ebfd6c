//go:build cuda && linux && cgo

package cuda

import (
	"fmt"
	"unsafe"

	"github.com/tandem-go/tandem/device"
)

// Launch implements device.Stream.
func (s *stream) Launch(p device.Program, dispatch device.Dispatch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begin()
	err := s.usable()
	if err == nil {
		err = s.add(p, &dispatch)
	}
	if err != nil {
		return s.dev.error("launch", err)
	}
	return s.submit()
}

// LaunchBatch implements device.BatchStream.
func (s *stream) LaunchBatch(all []device.Execution) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.addAll(all); err != nil {
		return s.dev.error("launch", err)
	}
	return s.submit()
}

// addAll makes the executions the launches of the call under way.
func (s *stream) addAll(all []device.Execution) error {
	s.begin()
	err := s.usable()
	for i := 0; i < len(all) && err == nil; i++ {
		if err = s.add(all[i].Program, &all[i].Dispatch); err != nil {
			err = fmt.Errorf("launch %d of the batch: %w", i, err)
		}
	}
	return err
}

// begin empties the lists of the call under way.
func (s *stream) begin() {
	s.launches, s.args, s.calls = s.launches[:0], s.args[:0], s.calls[:0]
}

// add checks a dispatch and appends it to the launches of the call under way.
func (s *stream) add(given device.Program, dispatch *device.Dispatch) error {
	p, ok := given.(*program)
	if !ok || p == nil || p.dev != s.dev {
		return fmt.Errorf("%w: the program is none of this device", device.ErrInvalid)
	}
	if p.closed.Load() {
		return fmt.Errorf("%w: program %s", device.ErrClosed, p.name)
	}
	l := launch{function: p.function, block: p.block, shared: p.shared, buffers: p.buffers, args: cUint(len(s.args))}
	for i, n := range dispatch.Groups {
		if limit := s.dev.info.Caps.MaxGroups[i]; n < 1 || n > limit {
			return fmt.Errorf("%w: kernel %s: Groups[%d] is %d, want 1 to %d", device.ErrInvalid, p.name, i, n, limit)
		}
		l.grid[i] = cUint(n)
	}
	if len(dispatch.Buffers) != int(p.buffers) || len(dispatch.Scalars) != p.scalars {
		return fmt.Errorf("%w: kernel %s takes %d buffers and %d scalar words, was given %d and %d", device.ErrInvalid,
			p.name, p.buffers, p.scalars, len(dispatch.Buffers), len(dispatch.Scalars))
	}
	for slot, given := range dispatch.Buffers {
		b, err := s.own("a buffer of the dispatch", given)
		if err == nil && b.size > maxBuffer {
			err = fmt.Errorf("%w: a kernel can see %d bytes of a buffer, this has %d", device.ErrInvalid, int64(maxBuffer), b.size)
		}
		if err != nil {
			return fmt.Errorf("kernel %s, slot %d: %w", p.name, slot, err)
		}
		s.args = append(s.args, uint64(b.address))
	}
	if p.scalars > 0 {
		l.scalars = 1
		s.appendWords(dispatch.Scalars)
	}
	p.module.users.add(s.bit)
	if p.routine != nil {
		s.calls = append(s.calls, libraryCall{index: len(s.launches), routine: p.routine, scalars: p.scalars})
	}
	s.launches = append(s.launches, l)
	return nil
}

// appendWords appends scalar words, two to an argument word, as they stand in
// memory.
func (s *stream) appendWords(words []uint32) {
	at, n := len(s.args), (len(words)+1)/2
	for range n {
		s.args = append(s.args, 0)
	}
	copy(unsafe.Slice((*uint32)(unsafe.Pointer(&s.args[at])), 2*n), words)
}

// submit gives the launches to the driver, in one call but for those that a
// library does.
func (s *stream) submit() error {
	from := 0
	for _, c := range s.calls {
		err := s.launch(s.launches[from:c.index])
		from = c.index
		if err == nil {
			var done bool
			if done, err = s.callLibrary(c); done {
				from++
			}
		}
		if err != nil {
			return s.refused("launch", err)
		}
	}
	if err := s.launch(s.launches[from:]); err != nil {
		return s.refused("launch", err)
	}
	return nil
}

func (s *stream) launch(all []launch) error {
	if len(all) == 0 {
		return nil
	}
	s.dirty = true
	return s.dev.ctx.launch(s.h, all, s.args)
}
