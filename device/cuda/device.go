//go:build cuda && linux && cgo

package cuda

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tandem-go/tandem/device"
)

// patience is how long a device may go without passing a mark or ending a call
// while somebody waits for it. Kernels of a hybrid launch take milliseconds;
// what takes longer than this does not end.
const patience = 30 * time.Second

// cudaDevice is an open device.
//
// Locks, outer before inner: a stream's mu, a queue's mu, an event's mu. The
// others are held for a few instructions, with no other inside.
type cudaDevice struct {
	info    device.Info
	limits  limits
	ctx     context
	account *device.Account

	baseline bool // code for newer GPUs is not wanted, see EnvCode

	pool   handle // of device memory; 0 where the driver has none
	memory handle // the stream in whose order the pool hands memory out and takes it back; nothing else is in it

	events   eventPool
	pinned   pinnedMemory
	modules  moduleCache
	patience time.Duration
	slotSize int           // of the streams' rings; tests that want them full make it small
	progress atomic.Uint64 // marks passed and calls ended; waiters read it

	closing  atomic.Bool // Close has been called
	failure  atomic.Pointer[error]
	deserted atomic.Bool   // given up
	givenUp  chan struct{} // closed then
	ending   sync.Once
	gone     chan struct{} // closed when everything has been freed

	ops      sync.WaitGroup // calls under way that the end waits for
	watchers sync.WaitGroup // goroutines that watch streams

	mu       sync.Mutex // guards the rest, and Add of ops against closing
	streams  map[*stream]struct{}
	opened   uint64 // streams so far
	buffers  map[*buffer]struct{}
	releases []release
	reached  map[*cudaDevice]struct{} // whose memory this device has been allowed to read, or cannot
}

var (
	_ device.Device        = (*cudaDevice)(nil)
	_ device.HostAllocator = (*cudaDevice)(nil)
	_ device.HostRegistrar = (*cudaDevice)(nil)
	_ device.HeapRegistrar = (*cudaDevice)(nil)
)

// open retains the primary context of a GPU and makes a device of it.
func open(a adapter) (*cudaDevice, error) {
	ctx, err := a.retain()
	if err != nil {
		return nil, err
	}
	d := &cudaDevice{
		info: a.info, limits: a.limits, ctx: ctx, patience: patience, slotSize: slotSize, baseline: os.Getenv(EnvCode) == "baseline",
		givenUp: make(chan struct{}), gone: make(chan struct{}),
		streams: map[*stream]struct{}{}, buffers: map[*buffer]struct{}{},
	}
	d.pinned.dev, d.modules.dev = d, d
	if err := d.setUp(); err != nil {
		d.tearDown()
		return nil, err
	}
	d.account = device.NewAccount(d.info.Memory)
	return d, nil
}

// setUp makes what every device has.
func (d *cudaDevice) setUp() error {
	available, _, err := d.ctx.memoryInfo()
	if err != nil {
		return err
	}
	d.info.Memory = budget(available)
	if !d.limits.pools {
		return nil
	}
	if d.memory, err = d.ctx.newStream(); err != nil {
		return err
	}
	d.pool, err = d.ctx.newPool(d.limits.ordinal, keptInPool)
	return err
}

// Info implements device.Device.
func (d *cudaDevice) Info() device.Info { return d.info }

// Memory implements device.Device.
func (d *cudaDevice) Memory() device.MemoryStats {
	d.reap()
	return d.account.Stats()
}

// NewStream implements device.Device.
func (d *cudaDevice) NewStream() (device.Stream, error) {
	if err := d.enter(); err != nil {
		return nil, d.error("new stream", err)
	}
	defer d.ops.Done()
	h, err := call(d, d.ctx.newStream)
	if err != nil {
		return nil, d.error("new stream", d.notice(err))
	}
	s := &stream{dev: d, h: h}
	d.mu.Lock()
	s.bit = 1 << (d.opened % userBits)
	d.opened++
	d.streams[s] = struct{}{}
	d.mu.Unlock()
	if err := d.lost(); err != nil { // since it was not among the streams yet
		s.fail(err)
	}
	return s, nil
}

// Close implements device.Device. It is safe to call from several goroutines,
// each of which waits for the end.
func (d *cudaDevice) Close() error {
	d.mu.Lock()
	d.closing.Store(true)
	d.mu.Unlock()
	d.ending.Do(func() { go d.end() })
	if err := d.await(d.gone); err != nil {
		return d.error("close", err)
	}
	return nil
}

// enter counts a call among those that the end waits for.
func (d *cudaDevice) enter() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing.Load() {
		return device.ErrClosed
	}
	d.ops.Add(1)
	return nil
}

// end waits for the device and frees everything. On a device that was given up
// it does so when the driver comes back, if it does.
func (d *cudaDevice) end() {
	d.ops.Wait()
	for _, s := range d.allStreams() {
		s.drain()
	}
	d.watchers.Wait()
	for _, s := range d.allStreams() {
		s.mu.Lock()
		s.destroy()
		s.mu.Unlock()
	}
	d.tearDown()
	d.progress.Add(1)
	close(d.gone)
}

// tearDown frees what is left and lets go of the context. What fails here has
// been lost, and goes with the context.
func (d *cudaDevice) tearDown() {
	d.mu.Lock()
	releases := d.releases
	d.releases = nil
	d.mu.Unlock()
	for _, r := range releases {
		r.do()
	}
	for b := range d.buffers {
		d.settle(b)
		_ = d.freeAddress(b.address)
	}
	d.modules.unloadAll()
	d.pinned.freeAll()
	d.events.destroy(d.ctx)
	if d.pool != 0 {
		_ = d.ctx.destroyPool(d.pool)
	}
	if d.memory != 0 {
		_ = d.ctx.destroyStream(d.memory)
	}
	d.limits.release()
}

// allStreams are the streams that are open now.
func (d *cudaDevice) allStreams() []*stream {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make([]*stream, 0, len(d.streams))
	for s := range d.streams {
		all = append(all, s)
	}
	return all
}

// forget takes a stream that is done out of the device.
func (d *cudaDevice) forget(s *stream) {
	d.mu.Lock()
	delete(d.streams, s)
	d.mu.Unlock()
}

// call runs f, which the driver may hold up for as long as a kernel runs, and
// waits for it no longer than for anything else. The caller has entered.
func call[T any](d *cudaDevice, f func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	var none T
	if err := d.lost(); err != nil {
		return none, err
	}
	var a answer
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.value, a.err = f()
		d.progress.Add(1)
	}()
	if err := d.await(done); err != nil {
		return none, err
	}
	return a.value, a.err
}

// await waits until done is closed. A device that makes no progress for as long
// as d.patience is given up.
func (d *cudaDevice) await(done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	default:
	}
	timer := time.NewTimer(d.patience)
	defer timer.Stop()
	for seen := d.progress.Load(); ; {
		select {
		case <-done:
			return nil
		case <-d.givenUp:
			return d.lost()
		case <-timer.C:
			if now := d.progress.Load(); now != seen {
				seen = now
			} else {
				d.giveUp()
			}
			timer.Reset(d.patience)
		}
	}
}

// giveUp declares the device lost and not worth waiting for.
func (d *cudaDevice) giveUp() {
	if d.deserted.Swap(true) {
		return
	}
	d.lose(fmt.Errorf("%w: %w: it finished nothing for %v", device.ErrLost, device.ErrTimeout, d.patience))
	d.mu.Lock()
	for b := range d.buffers {
		d.settle(b)
	}
	d.mu.Unlock()
	close(d.givenUp)
}

// lose fails everything that is under way and everything to come. The first
// reason is kept. No queue is locked.
func (d *cudaDevice) lose(reason error) {
	d.failure.CompareAndSwap(nil, &reason)
	failed := d.error("execute", d.lost())
	for _, s := range d.allStreams() {
		s.fail(failed)
	}
}

// lost is why the device is lost, or nil.
func (d *cudaDevice) lost() error {
	if reason := d.failure.Load(); reason != nil {
		return *reason
	}
	return nil
}

// notice ends the device if err says that its context is gone. A result that may
// mean this or not is held against a second call, which a dead context fails too.
func (d *cudaDevice) notice(err error) error {
	code, ok := codeOf(err)
	if !ok {
		return err
	}
	if !code.known() {
		if _, _, again := d.ctx.memoryInfo(); again == nil {
			return err
		}
		err = fmt.Errorf("%w: %w", device.ErrLost, err)
	} else if !code.fatal() {
		return err
	}
	d.lose(contextGone(err))
	return d.lost()
}

// contextGone says what follows for the process.
func contextGone(err error) error {
	return fmt.Errorf("%w (its context is gone; this process cannot use the GPU again)", err)
}

// error wraps a cause, once.
func (d *cudaDevice) error(op string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*device.Error](err); ok {
		return err
	}
	return &device.Error{Op: op, Device: d.info.ID, Err: err}
}
