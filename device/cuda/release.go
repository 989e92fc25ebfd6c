//go:build cuda && linux && cgo

package cuda

// release is what happens to a resource once the streams that use it have come
// to where they were when it was freed. Nobody waits for that: those who need
// memory look, and so does who asks for the accounts.
type release struct {
	waits []wait
	do    func()
}

// wait is a mark of a stream, of this device or of a peer.
type wait struct {
	s      *stream
	number uint64
}

// release calls do when the streams in the set, and the others, are done with
// what they have been given so far: at once, if they are.
func (d *cudaDevice) release(by uint64, others []*stream, do func()) {
	var waits []wait
	for _, s := range d.allStreams() {
		if by&s.bit != 0 {
			waits = s.appendWait(waits)
		}
	}
	for _, s := range others {
		waits = s.appendWait(waits)
	}
	if len(waits) == 0 {
		do()
		return
	}
	d.mu.Lock()
	d.releases = append(d.releases, release{waits, do})
	d.mu.Unlock()
}

// appendWait adds a mark behind everything that the stream has been given,
// unless it is done with all of it.
func (s *stream) appendWait(waits []wait) []wait {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dirty {
		if err := s.mark(nil); err != nil {
			// Nobody could tell when it is done.
			s.dev.lose(s.dev.notice(err))
			return waits
		}
	}
	s.queue.mu.Lock()
	number := s.queue.last
	s.queue.mu.Unlock()
	if s.passed(number) {
		return waits
	}
	return append(waits, wait{s, number})
}

// reap does what can be done by now, and reports whether something is left.
func (d *cudaDevice) reap() (left bool) {
	d.mu.Lock()
	all := d.releases
	d.releases = nil
	d.mu.Unlock()
	var kept []release
	for _, r := range all {
		if r.ready() {
			r.do()
		} else {
			kept = append(kept, r)
		}
	}
	if len(kept) == 0 {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.releases = append(kept, d.releases...)
	return true
}

func (r release) ready() bool {
	for _, w := range r.waits {
		if !w.s.passed(w.number) {
			return false
		}
	}
	return true
}
