//go:build cuda && linux && cgo

package cuda

import (
	"fmt"
	"slices"
	"sync"

	"github.com/tandem-go/tandem/device"
)

// peers are the streams of other devices that copy from a buffer.
type peers struct {
	mu      sync.Mutex // guards streams
	streams []*stream
}

// add notes a stream, unless the buffer has been freed.
func (p *peers) add(s *stream, u *users) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if u.freed() {
		return false
	}
	if !slices.Contains(p.streams, s) {
		p.streams = append(p.streams, s)
	}
	return true
}

// take returns the streams when the buffer has been freed.
func (p *peers) take() []*stream {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.streams
}

// CanCopyPeer implements device.PeerStream: any two GPUs of this driver will do.
func (s *stream) CanCopyPeer(src device.Buffer) bool {
	b, ok := src.(*buffer)
	return ok && b != nil && b.dev != s.dev
}

// CopyPeer implements device.PeerStream. The bytes go from GPU to GPU where
// those can reach each other, and through the driver's own memory where not.
func (s *stream) CopyPeer(dst device.Buffer, offset int64, src device.Buffer, srcOffset, n int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.dev
	if err := s.usable(); err != nil {
		return d.error("copy", err)
	}
	from, err := s.peerSource(src, srcOffset, n)
	if err != nil {
		return d.error("copy", err)
	}
	to, err := s.own("dst", dst)
	if err == nil {
		err = to.span(offset, n)
	}
	if err != nil {
		return d.error("copy", err)
	}
	if n == 0 {
		return nil
	}
	s.dirty = true
	if err := d.ctx.copyPeer(s.h, to.address+handle(offset), from.dev.ctx, from.address+handle(srcOffset), n); err != nil {
		return s.refused("copy", err)
	}
	return nil
}

// peerSource checks the buffer to be copied from, and has who frees it wait for
// this stream.
func (s *stream) peerSource(src device.Buffer, offset, n int64) (*buffer, error) {
	if !s.CanCopyPeer(src) {
		return nil, fmt.Errorf("%w: src is no buffer of another CUDA device", device.ErrInvalid)
	}
	b := src.(*buffer)
	if err := b.dev.lost(); err != nil {
		return nil, b.dev.error("copy", err)
	}
	if err := b.span(offset, n); err != nil {
		return nil, err
	}
	if b.dev.closing.Load() || !b.peers.add(s, &b.users) {
		return nil, fmt.Errorf("%w: src was freed", device.ErrClosed)
	}
	s.dev.reach(b.dev)
	return b, nil
}

// reach lets the device read another's memory directly, if the two are
// connected, once. Without that the driver copies by way of the host.
func (d *cudaDevice) reach(other *cudaDevice) {
	d.mu.Lock()
	_, tried := d.reached[other]
	if !tried {
		if d.reached == nil {
			d.reached = map[*cudaDevice]struct{}{}
		}
		d.reached[other] = struct{}{}
	}
	d.mu.Unlock()
	if tried || d.limits.ordinal == other.limits.ordinal {
		return
	}
	if can, err := d.limits.gpu.CanAccessPeer(other.limits.gpu); err != nil || can == 0 {
		return
	}
	if err := d.ctx.enablePeer(other.ctx); err == nil && other.pool != 0 {
		_ = d.ctx.sharePool(other.pool, d.limits.ordinal) // the copy works either way
	}
}
