package residency

import "context"

// aside is a copy, in memory of its own, of bytes that only a haunted replica had. They
// do not go home at once: workers of the launch that has the memory may be writing there,
// and say what only when they are done.
type aside struct {
	bytes []byte
	at    int64 // where the first of bytes belongs
	valid stretches
}

// setAside gives up a haunted replica, after copying what only it has. The state is
// held.
func (m *Memory) setAside(ctx context.Context, site *Site, r *replica) error {
	m.distrust(site, r)
	for len(r.valid) > 0 {
		s := r.valid[0]
		kept := &aside{bytes: make([]byte, s.hi-s.lo), at: s.lo}
		if err := site.download(ctx, kept.bytes, r.buf, s.lo); err != nil {
			return err
		}
		kept.valid.add(s.lo, s.hi)
		m.asides = append(m.asides, kept)
		r.valid.remove(s.lo, s.hi)
	}
	site.release(m, r.buf)
	delete(m.replicas, site)
	return nil
}

// bringFromAside copies home what of [lo, hi) is kept aside. Nobody writes these bytes
// at home. The state is held.
func (m *Memory) bringFromAside(lo, hi int64) {
	for _, kept := range m.asides {
		for _, have := range kept.valid.common(lo, hi) {
			copy(m.home[have.lo:have.hi], kept.bytes[have.lo-kept.at:])
			m.host.add(have.lo, have.hi)
		}
	}
	m.dropAside(lo, hi)
}

// dropAside forgets the copies of [lo, hi). The state is held.
func (m *Memory) dropAside(lo, hi int64) {
	left := m.asides[:0]
	for _, kept := range m.asides {
		if kept.valid.remove(lo, hi); len(kept.valid) > 0 {
			left = append(left, kept)
		}
	}
	clear(m.asides[len(left):])
	m.asides = left
}
