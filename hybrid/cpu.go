package hybrid

import (
	"context"
	"errors"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/residency"
)

// cpuDriver runs the CPU workers' side of a launch. The goroutine that called
// Launch is one of the workers, and the one that waits when there is nothing to
// take; the others are invited anew each time there is.
type cpuDriver struct {
	r      *run
	p      *part
	ctx    context.Context
	worker float64 // indices a second of one worker, before any was measured
}

// drive works until the launch is over or stopped. It returns a panic of the
// kernel.
func (d *cpuDriver) drive() error {
	for {
		inv := d.r.s.pool.Invite(d.workers()-1, func(int) { d.work() })
		patience, err := d.workAndWait(inv.Withdraw)
		if err != nil {
			return err
		}
		select {
		case <-d.r.over:
			return nil
		default:
		}
		if d.ctx.Err() != nil {
			return nil
		}
		d.r.await(d.ctx, d.p, patience)
	}
}

func (d *cpuDriver) workers() int {
	return min(d.r.s.pool.Workers(), int(d.r.space.Granules()))
}

// workAndWait works on this goroutine, then waits for the invited workers, and
// returns the first panic of any.
func (d *cpuDriver) workAndWait(withdraw func() error) (patience time.Duration, err error) {
	defer func() {
		if guest := withdraw(); err == nil {
			err = guest
		}
	}()
	err = guard(func() { patience = d.work() })
	return patience, err
}

// work takes and computes chunks until there is nothing to take.
func (d *cpuDriver) work() (patience time.Duration) {
	workers := float64(d.r.s.pool.Workers())
	for !d.r.stop.Load() && d.ctx.Err() == nil {
		s := d.r.next(d.p, d.r.granules(d.size(workers)))
		if s.empty() {
			return s.patience
		}
		lo, hi := d.r.space.Indices(s.first, s.last)
		d.p.taken.Add(int64(hi - lo))
		start := d.r.since()
		value, err := d.compute(lo, hi)
		if err != nil {
			d.r.end(err)
			return 0
		}
		took := max((d.r.since() - start).Seconds(), 1e-9)
		// Workers may overwrite each other's measurement: any of them will do.
		rate := workers * float64(hi-lo) / took
		if old := d.p.rate.Load(); old > 0 {
			// The mean of the times, not of the rates: where indices become
			// expensive, that shows at once.
			rate = 2 / (1/old + 1/rate)
		}
		d.p.rate.Store(rate)
		d.r.finish(d.p, s.span, start, value)
	}
	return 0
}

// compute runs a chunk on memory of the host. The arguments that live on devices
// are brought home as far as the chunk reads them.
func (d *cpuDriver) compute(lo, hi int) (kernels.Partial, error) {
	if !d.r.resident {
		return d.r.l.Run(lo, hi), nil
	}
	each := func(do func(m *residency.Memory, from, to int64, access kernels.Access) error) error {
		for k := range d.r.l.Args() {
			a := &d.r.l.Args()[k]
			if a.Memory() == nil {
				continue
			}
			from, to := a.Window(lo, hi)
			size := a.Type().Size()
			if err := do(a.Memory(), int64(from*size), int64(to*size), d.r.l.Access(k)); err != nil {
				return err
			}
		}
		return nil
	}
	err := each(func(m *residency.Memory, from, to int64, access kernels.Access) error {
		_, err := m.AcquireHost(d.ctx, from, to, access&kernels.In != 0)
		if err != nil && d.ctx.Err() == nil && !errors.Is(err, device.ErrLost) && !errors.Is(err, device.ErrTimeout) {
			_, err = m.AcquireHost(d.ctx, from, to, access&kernels.In != 0) // as a device, it has two attempts
		}
		return err
	})
	if err != nil {
		return kernels.Partial{}, err
	}
	// Also when the kernel panics: what it has written is at home.
	defer func() {
		_ = each(func(m *residency.Memory, from, to int64, access kernels.Access) error {
			if access&kernels.Out != 0 {
				m.CommitHost(from, to)
			}
			return nil
		})
	}()
	return d.r.l.Run(lo, hi), nil
}

// fixedChunks is into how many chunks a deterministic launch is cut.
const fixedChunks = 256

// size is how many indices a worker takes at once.
func (d *cpuDriver) size(workers float64) float64 {
	rate := d.p.rate.Load()
	switch {
	case d.p.fixed:
		return float64(d.r.l.N()) / fixedChunks
	case rate == 0:
		return d.worker * cpuShortest
	}
	t := min(max(d.r.remaining()/shrink, cpuShortest), cpuLongest)
	return rate / workers * t
}
