package residency

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tandem-go/tandem/device"
)

// patience is how long a transfer between a device and the home may take before
// the device counts as silent. 30 s move 90 GB over the slowest bus in use.
const patience = 30 * time.Second

// Site is a device as a place for replicas. It may be used by any number of
// goroutines.
type Site struct {
	dev   device.Device
	host  device.HostAllocator // nil where the device has no page-locked memory
	clock atomic.Int64

	transfers chan struct{} // guards stream, which serves one goroutine at a time
	stream    device.Stream // opened when first needed

	mu      sync.Mutex // guards the rest
	guests  map[*Memory]struct{}
	leaving bool
}

// NewSite makes a place for replicas of a device. The device stays its owner's.
func NewSite(dev device.Device) *Site {
	host, _ := dev.(device.HostAllocator)
	return &Site{dev: dev, host: host, transfers: make(chan struct{}, 1), guests: map[*Memory]struct{}{}}
}

// alloc makes a replica's buffer, at the cost of others if it must be. The state
// of m is held.
func (s *Site) alloc(ctx context.Context, m *Memory) (device.Buffer, error) {
	for {
		buf, err := s.dev.Alloc(m.Size())
		if err == nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.leaving {
				return nil, errors.Join(&device.Error{Op: "alloc", Device: s.dev.Info().ID, Err: device.ErrClosed}, buf.Free())
			}
			s.guests[m] = struct{}{}
			return buf, nil
		}
		if !errors.Is(err, device.ErrOutOfMemory) || !s.evict(ctx, m) {
			return nil, err
		}
	}
}

// evict brings home and frees the least recently used replica of a memory, other
// than m, that nobody has locked. It reports whether there was one.
func (s *Site) evict(ctx context.Context, m *Memory) bool {
	type candidate struct {
		m    *Memory
		used int64
	}
	s.mu.Lock()
	guests := slices.Collect(maps.Keys(s.guests))
	s.mu.Unlock()
	var all []candidate
	for _, g := range guests {
		if g == m {
			continue
		}
		select {
		case g.state <- struct{}{}:
			if r := g.replicas[s]; r != nil {
				all = append(all, candidate{g, r.used})
			}
			g.leave()
		default: // it is being used
		}
	}
	slices.SortFunc(all, func(a, b candidate) int { return cmp.Compare(a.used, b.used) })
	for _, c := range all {
		if !c.m.users.TryAcquire(allUsers) {
			continue
		}
		err := c.m.withdraw(ctx, s)
		c.m.users.Release(allUsers)
		if err == nil || errors.Is(err, device.ErrClosed) { // its owner has freed it
			return true
		}
	}
	return false
}

// withdraw brings home what only the site has, and frees the replica there. Nobody
// writes the memory.
func (m *Memory) withdraw(ctx context.Context, site *Site) error {
	if err := m.enter(ctx); err != nil {
		return err
	}
	defer m.leave()
	r := m.replicas[site]
	if r == nil {
		return nil
	}
	for _, have := range r.valid {
		if _, err := m.fetch(ctx, have.lo, have.hi); err != nil {
			return err
		}
	}
	site.release(m, r.buf)
	delete(m.replicas, site)
	return nil
}

// release frees the buffer of a replica. Commands that still use it are seen to
// by the device.
func (s *Site) release(m *Memory, buf device.Buffer) {
	s.mu.Lock()
	delete(s.guests, m)
	s.mu.Unlock()
	_ = buf.Free() // a device that is closed or lost has freed it itself
}

// download copies a part of a replica to dst and waits for it.
func (s *Site) download(ctx context.Context, dst []byte, src device.Buffer, offset int64) (err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, &device.Error{
		Op: "download", Device: s.dev.Info().ID, Err: fmt.Errorf("%w for %v", device.ErrTimeout, patience),
	})
	defer cancel()
	select {
	case s.transfers <- struct{}{}:
		defer func() { <-s.transfers }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if s.stream == nil {
		if s.stream, err = s.dev.NewStream(); err != nil {
			return err
		}
	}
	if err = s.receive(ctx, dst, src, offset); err != nil && ctx.Err() == nil {
		s.stream = nil // a failed stream stays failed; the device closes it
	}
	return err
}

// Close brings home what only this site has and gives up its replicas. Bytes
// that can't be brought home any more are lost. It waits for those who write the
// memories, with another device or on the host. The errors are joined.
func (s *Site) Close(ctx context.Context) error {
	s.mu.Lock()
	s.leaving = true
	var guests []*Memory
	for g := range s.guests {
		guests = append(guests, g)
	}
	s.mu.Unlock()
	var all []error
	for _, g := range guests {
		err := s.takeLeave(ctx, g)
		if errors.Is(err, device.ErrClosed) {
			err = nil // freed by its owner
		}
		if err != nil {
			g.forget(s)
		}
		all = append(all, err)
	}
	s.transfers <- struct{}{}
	defer func() { <-s.transfers }()
	if s.stream != nil {
		all = append(all, s.stream.Close())
		s.stream = nil
	}
	return errors.Join(all...)
}

// takeLeave withdraws the replica of a memory while nobody writes the memory.
func (s *Site) takeLeave(ctx context.Context, g *Memory) error {
	unlock, err := Lock(ctx, []*Memory{g}, nil)
	if err != nil {
		return err
	}
	defer unlock()
	return g.withdraw(ctx, s)
}

// forget gives up the replica at a site with all that only it had.
func (m *Memory) forget(site *Site) {
	m.state <- struct{}{}
	defer m.leave()
	if r := m.replicas[site]; r != nil {
		site.release(m, r.buf)
		delete(m.replicas, site)
	}
}
