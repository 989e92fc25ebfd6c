//go:build cuda && linux && cgo

package cuda

import (
	"errors"
	"time"

	"github.com/tandem-go/tandem/device"
)

// keptInPool is how much memory that nobody uses the device's pool keeps for the
// next Alloc. The scheduler keeps buffers of its own from launch to launch, so
// this serves those that come and go besides: enough for small ones, and little
// that another process would miss.
const keptInPool = 64 << 20

// reclaimPatience is how long Alloc waits for buffers that were freed while in
// use, before it says that memory is out. The scheduler's chunks take
// milliseconds, and it has a better answer than to wait: smaller chunks.
const reclaimPatience = time.Second

// budget is how much of the free memory is handed out. The rest is for code,
// stacks, the libraries' own needs and what pools lose at the ends.
func budget(available int64) int64 { return available / 10 * 9 }

// Alloc implements device.Device.
func (d *cudaDevice) Alloc(nbytes int64) (device.Buffer, error) {
	if err := d.enter(); err != nil {
		return nil, d.error("alloc", err)
	}
	defer d.ops.Done()
	if err := d.lost(); err != nil {
		return nil, d.error("alloc", err)
	}
	b := &buffer{dev: d, size: nbytes}
	if err := d.reserve(nbytes); err != nil {
		return nil, d.error("alloc", err)
	}
	if nbytes > 0 {
		var err error
		if b.address, err = call(d, func() (handle, error) { return d.allocAddress(nbytes) }); err != nil {
			d.account.Release(nbytes)
			return nil, d.error("alloc", d.notice(err))
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.deserted.Load() { // since then; its accounts have been settled
		d.account.Release(nbytes)
		return nil, d.error("alloc", d.lost())
	}
	d.buffers[b] = struct{}{}
	return b, nil
}

// reserve takes the bytes from the account, waiting a moment for those that are
// about to come back.
func (d *cudaDevice) reserve(nbytes int64) error {
	err := d.account.Reserve(nbytes)
	for end := time.Now().Add(reclaimPatience); errors.Is(err, device.ErrOutOfMemory); {
		left := d.reap()
		if err = d.account.Reserve(nbytes); err == nil || !left || time.Now().After(end) {
			break
		}
		time.Sleep(50 * time.Microsecond)
	}
	return err
}

// allocAddress asks the driver, and when it has nothing left asks again after
// each thing that may help: buffers freed meanwhile, what the pool keeps, and
// page-locked memory that nobody uses, for the GPU sees that too.
func (d *cudaDevice) allocAddress(nbytes int64) (handle, error) {
	h, err := d.ctx.alloc(d.pool, d.memory, nbytes)
	for _, help := range []func(){
		func() { d.reap() },
		func() {
			if d.pool != 0 { // the allocation tells whether it helped
				_ = d.ctx.synchronize(d.memory)
				_ = d.ctx.trimPool(d.pool)
			}
		},
		d.pinned.trim,
	} {
		if !errors.Is(err, device.ErrOutOfMemory) {
			break
		}
		help()
		h, err = d.ctx.alloc(d.pool, d.memory, nbytes)
	}
	return h, err
}

// freeAddress gives device memory back that nothing uses.
func (d *cudaDevice) freeAddress(h handle) error {
	if h == 0 {
		return nil
	}
	return d.ctx.free(d.pool, d.memory, h)
}
