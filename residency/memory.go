package residency

import (
	"context"
	"fmt"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"github.com/tandem-go/tandem/device"
)

// Memory is a buffer without its element type: what a launch and the scheduler
// handle. Positions and sizes are in bytes.
//
// Every byte has at least one valid copy, at home, in a replica or set aside, unless it
// was lost with a device. Reading makes copies, writing makes the writer's copy the
// only one: the protocol is MSI, by stretches of bytes. Who may read and write
// is settled before, by [Lock]; under that, any number of goroutines may acquire
// and commit, as long as no two commit the same bytes.
type Memory struct {
	id   uint64
	home []byte // aligned for every Element

	// users is held by launches: 1 to read, all of it to write.
	users *semaphore.Weighted

	// state guards the rest. It is a channel so that waiting for it can end
	// with a context, while its holder waits for a device.
	state    chan struct{}
	host     stretches // valid at home
	replicas map[*Site]*replica
	asides   []*aside // what is valid in one is valid nowhere else
	freed    bool
}

// replica is a copy on a device, as large as the home.
type replica struct {
	buf   device.Buffer
	valid stretches
	used  int64 // the site's clock when it was last used

	// haunted is set when commands that nobody waits for may still use the
	// buffer. What is valid in it stays so, but nothing new is put there: the
	// next to use the site gets another buffer.
	haunted bool

	// uploaded fires when the last upload is done, on the stream through. A
	// copy counts as valid from when its upload is enqueued, so every other
	// stream has to wait for it.
	uploaded device.Event
	through  device.Stream
}

// follow makes stream wait for the uploads that other streams have begun. The
// state is held.
func (m *Memory) follow(site *Site, r *replica, stream device.Stream) error {
	if r.uploaded == nil || r.through == stream {
		return nil
	}
	select {
	case <-r.uploaded.Done():
		if r.uploaded.Err() != nil {
			// Whoever sent it may not have had the time to say so. What
			// is uploaded is at home too.
			m.distrust(site, r)
		}
		r.uploaded, r.through = nil, nil
		return nil
	default:
		return stream.WaitEvent(r.uploaded)
	}
}

// allUsers is the weight of a writer.
const allUsers = 1 << 40

var memories atomic.Uint64

func newMemory(home []byte) Memory {
	m := Memory{
		id: memories.Add(1), home: home, users: semaphore.NewWeighted(allUsers),
		state: make(chan struct{}, 1), replicas: map[*Site]*replica{},
	}
	m.host.add(0, int64(len(home)))
	return m
}

// Size is the number of bytes.
func (m *Memory) Size() int64 { return int64(len(m.home)) }

// Home is the memory's place on the host. Its content is valid only where
// AcquireHost has made it so.
func (m *Memory) Home() []byte { return m.home }

func (m *Memory) enter(ctx context.Context) error {
	select {
	case m.state <- struct{}{}:
	default:
		select {
		case m.state <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if m.freed {
		m.leave()
		return fmt.Errorf("residency: buffer: %w", device.ErrClosed)
	}
	return nil
}

func (m *Memory) leave() { <-m.state }

// Acquire returns the replica at a site, in which the bytes [lo, hi) are valid,
// if read is set, once the commands already enqueued on stream are done. Only
// what is missing is moved: from home, on stream, or before that from the device
// that has it. moved is the number of bytes uploaded. Other copies stay valid.
//
// When the device is out of memory, replicas of memories that nobody has locked
// give way, least recently used first.
func (m *Memory) Acquire(ctx context.Context, site *Site, stream device.Stream, lo, hi int64, read bool) (buf device.Buffer, moved int64, err error) {
	if err := m.enter(ctx); err != nil {
		return nil, 0, err
	}
	defer m.leave()
	r, err := m.replica(ctx, site)
	if err != nil {
		return nil, 0, err
	}
	if err := m.follow(site, r, stream); err != nil {
		return nil, 0, err
	}
	if !read {
		return r.buf, 0, nil
	}
	sent, err := m.send(ctx, site, r, stream, r.valid.missing(lo, hi))
	if len(sent) > 0 {
		uploaded, failed := stream.Record()
		if failed != nil { // nobody can wait for what was sent
			r.haunted = true
			return nil, sent.size(), failed
		}
		r.uploaded, r.through = uploaded, stream
		for _, s := range sent {
			r.valid.add(s.lo, s.hi)
		}
	}
	if err != nil {
		return nil, sent.size(), err
	}
	return r.buf, sent.size(), nil
}

// send enqueues what fills the gaps of a replica, and returns those that it
// could: copies from a peer's memory of what is not at home, where the stream
// makes those, and uploads. The state is held.
func (m *Memory) send(ctx context.Context, site *Site, r *replica, stream device.Stream, gaps stretches) (sent stretches, err error) {
	sent, err = m.sendFromPeers(r, stream, gaps)
	if err != nil {
		return sent, err
	}
	for _, gap := range gaps {
		for _, part := range sent.missing(gap.lo, gap.hi) {
			if _, err := m.fetch(ctx, part.lo, part.hi); err != nil {
				return sent, err
			}
			if err := site.upload(stream, r.buf, part.lo, m.home[part.lo:part.hi]); err != nil {
				return sent, err
			}
			sent.add(part.lo, part.hi)
		}
	}
	return sent, nil
}

// sendFromPeers copies what only other devices have, if the stream can reach
// them. A replica holds what is valid in it and not at home since a launch has
// ended, so there is nothing to wait for; and nobody writes it while this launch
// has the memory, or the copy is not relied on.
func (m *Memory) sendFromPeers(r *replica, stream device.Stream, gaps stretches) (sent stretches, err error) {
	peers, ok := stream.(device.PeerStream)
	if !ok {
		return nil, nil
	}
	for _, gap := range gaps {
		for _, away := range m.host.missing(gap.lo, gap.hi) {
			for _, other := range m.replicas {
				if other == r || !peers.CanCopyPeer(other.buf) {
					continue
				}
				for _, have := range other.valid.common(away.lo, away.hi) {
					for _, part := range sent.missing(have.lo, have.hi) {
						if err := peers.CopyPeer(r.buf, part.lo, other.buf, part.lo, part.hi-part.lo); err != nil {
							return sent, err
						}
						sent.add(part.lo, part.hi)
					}
				}
			}
		}
	}
	return sent, nil
}

// replica returns the replica at a site, made if there is none.
func (m *Memory) replica(ctx context.Context, site *Site) (*replica, error) {
	r := m.replicas[site]
	if r != nil && r.haunted {
		if err := m.setAside(ctx, site, r); err != nil {
			return nil, err
		}
		r = nil
	}
	if r == nil {
		buf, err := site.alloc(ctx, m)
		if err != nil {
			return nil, err
		}
		r = &replica{buf: buf}
		m.replicas[site] = r
	}
	r.used = site.clock.Add(1)
	return r, nil
}

// fetch makes [lo, hi) valid at home, where nobody writes these bytes. The state is
// held.
func (m *Memory) fetch(ctx context.Context, lo, hi int64) (moved int64, err error) {
	m.bringFromAside(lo, hi)
	for site, r := range m.replicas {
		for _, gap := range m.host.missing(lo, hi) {
			for _, have := range r.valid.common(gap.lo, gap.hi) {
				if err := site.download(ctx, m.home[have.lo:have.hi], r.buf, have.lo); err != nil {
					return moved, err
				}
				m.host.add(have.lo, have.hi)
				moved += have.hi - have.lo
			}
		}
	}
	if lost := m.host.missing(lo, hi); len(lost) > 0 {
		return moved, &device.Error{Op: "read", Device: "buffer", Err: fmt.Errorf(
			"%w: bytes %d to %d of a buffer of %d had their only copy there", device.ErrLost, lost[0].lo, lost[0].hi, len(m.home))}
	}
	return moved, nil
}

// Commit makes the site's copy of [lo, hi) the newest and only one.
func (m *Memory) Commit(site *Site, lo, hi int64) {
	m.state <- struct{}{}
	defer m.leave()
	m.host.remove(lo, hi)
	m.dropAside(lo, hi)
	for other, r := range m.replicas {
		if other == site {
			r.valid.add(lo, hi)
		} else {
			r.valid.remove(lo, hi)
		}
	}
}

// AcquireHost makes the bytes [lo, hi) valid at home, if read is set, and
// returns how many bytes it had to download.
func (m *Memory) AcquireHost(ctx context.Context, lo, hi int64, read bool) (moved int64, err error) {
	if err := m.enter(ctx); err != nil {
		return 0, err
	}
	defer m.leave()
	if !read {
		return 0, nil
	}
	return m.fetch(ctx, lo, hi)
}

// AtHome reports whether the bytes [lo, hi) are valid at home, so that the host may
// read them as they are. Those of a freed memory are not.
func (m *Memory) AtHome(lo, hi int64) bool {
	m.state <- struct{}{}
	defer m.leave()
	return !m.freed && len(m.host.missing(lo, hi)) == 0
}

// CommitHost makes the home's copy of [lo, hi) the newest and only one.
func (m *Memory) CommitHost(lo, hi int64) {
	m.state <- struct{}{}
	defer m.leave()
	m.host.add(lo, hi)
	m.dropAside(lo, hi)
	for _, r := range m.replicas {
		r.valid.remove(lo, hi)
	}
}

// Distrust is called when work at a site has failed: whatever the site was given
// a copy of and others have too is not relied on any more. What only the site
// has stays. Commands of that work may still use the site's buffer; whoever uses
// the site next gets another, out of their reach.
func (m *Memory) Distrust(site *Site) {
	m.state <- struct{}{}
	defer m.leave()
	if r := m.replicas[site]; r != nil {
		m.distrust(site, r)
		r.haunted = true
	}
}

func (m *Memory) distrust(site *Site, r *replica) {
	for _, s := range m.host {
		r.valid.remove(s.lo, s.hi)
	}
	for other, o := range m.replicas {
		if other != site {
			for _, s := range o.valid {
				r.valid.remove(s.lo, s.hi)
			}
		}
	}
}

// Spoil is called when a kernel that writes [lo, hi) at a site may have been
// broken off, or may still be at it: the site's copy is worth nothing. If it was
// the only one, the bytes are lost, until somebody writes them. As after
// Distrust, the site's buffer is not used again.
func (m *Memory) Spoil(site *Site, lo, hi int64) {
	m.state <- struct{}{}
	defer m.leave()
	if r := m.replicas[site]; r != nil {
		r.valid.remove(lo, hi)
		r.haunted = true
	}
}

// Missing is how many of the bytes [lo, hi) a site would have to be given.
func (m *Memory) Missing(site *Site, lo, hi int64) int64 {
	m.state <- struct{}{}
	defer m.leave()
	r := m.replicas[site]
	if r == nil || r.haunted {
		return hi - lo
	}
	return r.valid.missing(lo, hi).size()
}

// free lets go of all replicas.
func (m *Memory) free() {
	m.state <- struct{}{}
	defer m.leave()
	m.freed = true
	for site, r := range m.replicas {
		site.release(m, r.buf)
	}
	clear(m.replicas)
	m.asides = nil
}
