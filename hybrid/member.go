package hybrid

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/hybrid/internal/pagelock"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/residency"
)

// member is a device in use by a scheduler. For the CPU workers dev is nil.
type member struct {
	dev  device.Device
	info device.Info
	key  string // in the performance model

	quarantine atomic.Pointer[device.Error] // why nothing more is given to the device
	counts     counters

	memory bufferCache
	host   device.HostAllocator // nil where the device has no page-locked memory
	pages  *pagelock.Cache      // the callers' slices that the device reads where they are
	site   *residency.Site      // nil for the CPU workers
	tf32   bool                 // products of float32 may round their factors

	mu       sync.Mutex // guards the rest
	programs map[*kernels.Kernel]*program
	forgets  []*kernels.Kernel // those of programs that may be closed, the least recently used first
	idle     []*lane
	closing  bool
	waits    sync.WaitGroup // goroutines that outlive a launch: compilations, abandoned streams
}

func newMember(d device.Device, info device.Info, cfg *config) *member {
	m := &member{
		dev: d, info: info, key: info.ID + "|" + info.Name + "|" + info.Driver,
		programs: map[*kernels.Kernel]*program{},
	}
	if d != nil {
		m.memory = bufferCache{dev: d, limit: cfg.memory, free: map[int64][]device.Buffer{}}
		m.host, _ = d.(device.HostAllocator)
		m.pages = pagelock.New(d)
		m.site = residency.NewSite(d)
		if m.tf32 = cfg.tf32; m.tf32 {
			m.key += "|tf32"
		}
	}
	return m
}

func (m *member) isCPU() bool { return m.dev == nil }

// fail puts the device in quarantine and reports whether it was not there yet.
func (m *member) fail(err error) bool {
	var e *device.Error
	if !errors.As(err, &e) {
		e = &device.Error{Op: "launch", Device: m.info.ID, Err: err}
	}
	return m.quarantine.CompareAndSwap(nil, e)
}

// usable is nil while work may be given to the device.
func (m *member) usable() error {
	if e := m.quarantine.Load(); e != nil {
		return e
	}
	return nil
}

// close waits for what goes on behind the launches, and closes the device. A
// device that was lost may never answer: its close is not waited for longer
// than any other operation.
func (m *member) close() error {
	if m.dev == nil {
		return nil
	}
	m.mu.Lock()
	m.closing = true
	idle := m.idle
	m.idle = nil
	m.mu.Unlock()
	closed := make(chan error, 1)
	go func() {
		if err := m.site.Close(context.Background()); err != nil && m.usable() == nil {
			_ = m.fail(err)
		}
		for _, l := range idle {
			_ = l.close()
		}
		m.pages.Close()
		closed <- m.dev.Close()
	}()
	if m.usable() == nil {
		err := <-closed
		m.waits.Wait()
		return err
	}
	select {
	case err := <-closed:
		m.waits.Wait()
		if errors.Is(err, device.ErrLost) {
			return nil // it has been said when it happened
		}
		return err
	case <-time.After(closePatience):
		return &device.Error{Op: "close", Device: m.info.ID, Err: fmt.Errorf("%w after %v", device.ErrTimeout, closePatience)}
	}
}

// closePatience is how long Close waits for a device in quarantine.
const closePatience = 10 * time.Second

// program is a kernel that has been, or is being, compiled for a device.
type program struct {
	ready chan struct{} // closed when the rest is valid
	p     device.Program
	err   error
	warm  atomic.Bool // it has been executed once
	users int         // feeders that may launch it; guarded by the member's mu
}

// keptPrograms is for how many transient kernels a device keeps what it has
// compiled: for as many as package expr keeps kernels.
const keptPrograms = 256

// program returns the kernel compiled for the device, and begins to compile it
// when it is asked for the first time. It doesn't wait.
func (m *member) program(k *kernels.Kernel) *program {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.lookUp(k)
}

// lookUp is program while m.mu is held.
func (m *member) lookUp(k *kernels.Kernel) *program {
	if p := m.programs[k]; p != nil {
		m.touch(k)
		return p
	}
	p := &program{ready: make(chan struct{})}
	m.programs[k] = p
	m.touch(k)
	if m.closing {
		p.err = &device.Error{Op: "compile", Device: m.info.ID, Err: device.ErrClosed}
		close(p.ready)
		return p
	}
	m.waits.Go(func() {
		defer close(p.ready)
		src, err := k.Source(m.info.Caps.Language)
		if m.tf32 {
			src.Library = inTF32(src.Library)
		}
		if err == nil {
			p.p, err = m.dev.Compile(src)
		}
		p.err = err
		if err != nil {
			m.forget(k, err)
		}
	})
	return p
}

// use is program for somebody who launches it, and says done when nothing of it is
// under way any more. Until then it isn't closed.
func (m *member) use(k *kernels.Kernel) *program {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.lookUp(k)
	p.users++
	return p
}

func (m *member) done(p *program) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p.users--
}

// touch makes a transient kernel the most recently used one, and closes the program
// of the least recently used one if there are too many. m.mu is held.
func (m *member) touch(k *kernels.Kernel) {
	if !k.Transient {
		return
	}
	if at := slices.Index(m.forgets, k); at >= 0 {
		m.forgets = slices.Delete(m.forgets, at, at+1)
	}
	m.forgets = append(m.forgets, k)
	if len(m.forgets) <= keptPrograms {
		return
	}
	for at, old := range m.forgets[:len(m.forgets)-1] {
		p := m.programs[old]
		if p != nil && p.users > 0 {
			continue
		}
		m.forgets = slices.Delete(m.forgets, at, at+1)
		if p == nil || m.closing { // who closes the device frees all of it
			return
		}
		delete(m.programs, old)
		m.waits.Go(func() {
			<-p.ready
			if p.p != nil {
				_ = p.p.Close() // nothing of it is under way
			}
		})
		return
	}
}

// forget lets a kernel be compiled again after a failure that is not the
// kernel's own.
func (m *member) forget(k *kernels.Kernel, err error) {
	var source *device.CompileError
	if errors.As(err, &source) || errors.Is(err, device.ErrUnsupported) {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.programs, k)
}

// compiled reports whether the kernel's program is there without waiting.
func (m *member) compiled(k *kernels.Kernel) bool {
	p := m.program(k)
	select {
	case <-p.ready:
		return p.err == nil
	default:
		return false
	}
}

// refused is why the kernel can't be compiled for the device, as far as that is
// known.
func (m *member) refused(k *kernels.Kernel) error {
	m.mu.Lock()
	p := m.programs[k]
	m.mu.Unlock()
	if p == nil {
		return nil
	}
	select {
	case <-p.ready:
		return p.err
	default:
		return nil
	}
}

// wait waits for the program.
func (p *program) wait(ctx context.Context, stop <-chan struct{}) error {
	select {
	case <-p.ready:
		return p.err
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-stop:
		return errLaunchOver
	}
}

// lane is three streams of a device, so that the upload of a chunk, the
// computing of the one before and the download of the one before that overlap.
type lane struct {
	up, compute, down device.Stream
}

func (m *member) lane() (*lane, error) {
	m.mu.Lock()
	if n := len(m.idle); n > 0 {
		l := m.idle[n-1]
		m.idle = m.idle[:n-1]
		m.mu.Unlock()
		return l, nil
	}
	m.mu.Unlock()
	l := &lane{}
	for _, s := range []*device.Stream{&l.up, &l.compute, &l.down} {
		var err error
		if *s, err = m.dev.NewStream(); err != nil {
			return nil, errors.Join(err, l.close())
		}
	}
	return l, nil
}

// release returns a lane on which nothing is under way and nothing failed.
func (m *member) release(l *lane) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closing {
		m.idle = append(m.idle, l)
		return
	}
	m.waits.Go(func() { _ = l.close() })
}

// abandon closes a lane whose streams have failed or may never end, behind the
// caller's back, and then calls after. A device that doesn't come to an end
// within the deadline is put in quarantine.
func (m *member) abandon(l *lane, s *Scheduler, after func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pages.Hold()
	m.waits.Go(func() {
		watch := time.AfterFunc(s.cfg.deadline, func() {
			err := &device.Error{Op: "synchronize", Device: m.info.ID, Err: fmt.Errorf("%w: silent for %v", device.ErrTimeout, s.cfg.deadline)}
			if m.fail(err) {
				s.log.Warn("tandem: a device failed and is used no more", "device", m.info.ID, "error", err)
			}
		})
		_ = l.close() // what went wrong has been handled
		watch.Stop()
		if m.usable() == nil {
			m.pages.Release()
		}
		after()
	})
}

func (l *lane) close() error {
	var all []error
	for _, s := range []device.Stream{l.up, l.compute, l.down} {
		if s != nil {
			all = append(all, s.Close())
		}
	}
	return errors.Join(all...)
}
