//go:build cuda && linux && cgo

package cuda

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tandem-go/tandem/device"
)

// graph is a graph of the driver's, ready to be launched. What it launches is
// written into it, so that a replay costs one call however long it is.
type graph struct {
	stream   *stream
	h        handle
	buffers  []*buffer
	programs []*program
	closed   bool // guarded by the stream's lock
}

var _ device.Graph = (*graph)(nil)

// Capture implements device.GraphStream. A launch that cuBLAS would do is none
// that a graph takes: its handle may use other memory the next time.
func (s *stream) Capture(all []device.Execution) (device.Graph, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.addAll(all)
	if err == nil && len(s.calls) > 0 {
		err = fmt.Errorf("%w: a graph of library routines", device.ErrUnsupported)
	}
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%w: a graph of no launches", device.ErrInvalid)
	}
	if err != nil {
		return nil, s.dev.error("capture", err)
	}
	g := &graph{stream: s}
	for i := range all {
		if p := all[i].Program.(*program); !slices.Contains(g.programs, p) {
			g.programs = append(g.programs, p)
		}
		for _, given := range all[i].Dispatch.Buffers {
			if b := given.(*buffer); !slices.Contains(g.buffers, b) {
				g.buffers = append(g.buffers, b)
			}
		}
	}
	g.h, err = s.dev.ctx.capture(s.h, s.launches, s.args)
	switch {
	case errors.Is(err, device.ErrUnsupported): // nothing was enqueued
		return nil, s.dev.error("capture", err)
	case err != nil:
		return nil, s.refused("capture", err)
	}
	if s.graphs == nil {
		s.graphs = map[*graph]struct{}{}
	}
	s.graphs[g] = struct{}{}
	return g, nil
}

// Replay implements device.GraphStream.
func (s *stream) Replay(given device.Graph) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return s.dev.error("launch", err)
	}
	g, ok := given.(*graph)
	if !ok || g == nil || g.stream != s {
		return s.dev.error("launch", fmt.Errorf("%w: the graph is none of this stream", device.ErrInvalid))
	}
	if err := g.whole(); err != nil {
		return s.dev.error("launch", err)
	}
	s.dirty = true
	if err := s.dev.ctx.replay(g.h, s.h); err != nil {
		return s.refused("launch", err)
	}
	return nil
}

// whole reports whether all is there that the graph uses, and notes the stream as
// its user anew. The stream's lock is held.
func (g *graph) whole() error {
	if g.closed {
		return fmt.Errorf("%w: the graph", device.ErrClosed)
	}
	for _, p := range g.programs {
		if p.closed.Load() {
			return fmt.Errorf("%w: program %s", device.ErrClosed, p.name)
		}
		p.module.users.add(g.stream.bit)
	}
	for _, b := range g.buffers {
		if !b.users.add(g.stream.bit) {
			return fmt.Errorf("%w: a buffer of the graph was freed", device.ErrClosed)
		}
	}
	return nil
}

// Close implements device.Graph. The driver frees a graph when it has been
// executed.
func (g *graph) Close() error {
	s := g.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	if g.closed {
		return s.dev.error("close graph", device.ErrClosed)
	}
	s.dropGraph(g)
	return nil
}

// dropGraph gives a graph up. What fails has been lost, and goes with the context.
func (s *stream) dropGraph(g *graph) {
	g.closed = true
	delete(s.graphs, g)
	_ = s.dev.ctx.destroyGraph(g.h)
}
