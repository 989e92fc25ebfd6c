package hybrid

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"sync/atomic"

	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/device"
	_ "github.com/tandem-go/tandem/device/cuda" // registers its backend on every build
	"github.com/tandem-go/tandem/device/host"
	_ "github.com/tandem-go/tandem/device/opengl" // and so does this
	"github.com/tandem-go/tandem/hybrid/internal/perfmodel"
	"github.com/tandem-go/tandem/hybrid/internal/tasks"
)

// Scheduler runs launches on the devices of this machine. It may be used by any
// number of goroutines.
type Scheduler struct {
	cfg     *config
	log     *slog.Logger
	devices []*member // in the order of selection
	cpu     *member   // the one of devices that is the CPU workers, or nil
	pool    *cpuexec.Pool
	tasks   *tasks.Dispatcher
	model   *perfmodel.Model

	inline   inlineRates
	launches atomic.Int64 // that were split

	mu      sync.Mutex // guards closed and blas, and Add of running against Close
	closed  bool
	blas    []*BLAS        // to be closed
	running sync.WaitGroup // launches and other calls under way
	closing sync.Once
	done    error // what Close answers
}

// Open finds the devices, starts the CPU workers and returns a scheduler. A
// device that was not asked for by its own name and can't be opened is left out
// with a warning.
func Open(opts ...Option) (*Scheduler, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	s := &Scheduler{cfg: c, log: c.logger}
	if err := s.openDevices(); err != nil {
		return nil, errors.Join(err, s.closeDevices())
	}
	// The dispatcher bounds the queue; what it has let in is never refused.
	if s.pool, err = cpuexec.New(c.workers, cpuexec.QueueLimit(math.MaxInt)); err != nil {
		return nil, errors.Join(err, s.closeDevices())
	}
	s.tasks = tasks.New(s.pool, c.queue)
	s.model = perfmodel.New()
	if c.modelFile != "" { // last, since Close ends what this begins
		s.model = perfmodel.Open(c.modelFile, func(err error) {
			s.log.Warn("tandem: starting without measured rates", "error", err)
		})
	}
	return s, nil
}

func (s *Scheduler) openDevices() error {
	found := s.cfg.selection.Probe()
	for _, f := range found {
		if f.Err != nil {
			s.log.Debug("tandem: no devices", "backend", f.Backend, "reason", f.Err)
		}
	}
	ids, err := s.cfg.selection.Choose(found)
	if err != nil {
		// The others are asked so that the error can say what there is.
		if ids, err = s.cfg.selection.Choose(device.Probe()); err != nil {
			return err
		}
	}
	for _, id := range twinsLast(ids, found) {
		if twin := s.twin(id, found); twin != "" {
			s.log.Debug("tandem: a device is left out: its GPU is in use already", "device", id, "as", twin)
			continue
		}
		if id == host.ID {
			s.cpu = newMember(nil, host.Info(), s.cfg)
			s.devices = append(s.devices, s.cpu)
			continue
		}
		d, err := device.Open(id)
		if err != nil {
			if s.cfg.selection.Exact(id) {
				return err
			}
			s.log.Warn("tandem: a device can't be opened and is left out", "device", id, "error", err)
			continue
		}
		s.devices = append(s.devices, newMember(d, d.Info(), s.cfg))
	}
	for _, d := range s.cfg.devices {
		s.devices = append(s.devices, newMember(d, d.Info(), s.cfg))
	}
	seen := map[string]bool{}
	for _, m := range s.devices {
		if seen[m.info.ID] {
			return &device.Error{Op: "open", Device: m.info.ID, Err: fmt.Errorf("%w: two devices have this ID", device.ErrInvalid)}
		}
		seen[m.info.ID] = true
	}
	if len(s.devices) == 0 {
		return &device.Error{Op: "open", Device: "none", Err: fmt.Errorf("%w: the selection leaves none to use", device.ErrNoDevice)}
	}
	return nil
}

// Shutdown lets no further task in from outside, waits until those that were
// submitted, and those that they submit, have ended, and then does what Close does.
// When ctx ends before, Shutdown cancels the tasks that are left and returns the
// cause of ctx; Close is still to be called then.
func (s *Scheduler) Shutdown(ctx context.Context) error {
	if err := s.tasks.Drain(ctx); err != nil {
		return err
	}
	return s.Close()
}

// Close lets no further call in, cancels the tasks that have not ended, waits for
// what is under way, frees everything and keeps the measured rates. It is
// idempotent, and must not be called from inside a task.
func (s *Scheduler) Close() error {
	s.mu.Lock()
	blas := s.blas
	for _, b := range blas {
		b.Stop() // before workers end that it might be measuring
	}
	s.closed = true
	s.blas = nil
	s.mu.Unlock()
	for _, b := range blas {
		b.Close()
	}
	s.tasks.Close()
	s.running.Wait()
	s.closing.Do(func() {
		s.done = s.closeDevices()
		s.pool.Close()
		if s.cfg.modelFile != "" {
			if err := s.model.Save(s.cfg.modelFile); err != nil {
				s.log.Debug("tandem: the measured rates are not kept", "error", err)
			}
		}
	})
	return s.done
}

// closeDevices closes the devices in use, and those that the caller handed over
// but that were not taken into use because Open failed before.
func (s *Scheduler) closeDevices() error {
	var all []error
	used := map[device.Device]bool{}
	for _, m := range s.devices {
		used[m.dev] = true
		all = append(all, m.close())
	}
	for _, d := range s.cfg.devices {
		if !used[d] {
			all = append(all, d.Close())
		}
	}
	return errors.Join(all...)
}

// enter counts a call among those that Close waits for.
func (s *Scheduler) enter() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.running.Add(1)
	return nil
}

// Devices describes the devices in use, the CPU workers ("cpu") among them.
func (s *Scheduler) Devices() []device.Info {
	infos := make([]device.Info, len(s.devices))
	for i, m := range s.devices {
		infos[i] = m.info
	}
	return infos
}

// Workers is the number of CPU workers.
func (s *Scheduler) Workers() int { return s.pool.Workers() }

// For runs body on all of [0, n), in parts [lo, hi) that don't overlap, on the
// CPU workers, and returns when all is done; see [cpuexec.Pool.For].
func (s *Scheduler) For(ctx context.Context, n int, body func(lo, hi int)) error {
	return s.loop(ctx, n, 0, body)
}

func (s *Scheduler) loop(ctx context.Context, n, grain int, body func(lo, hi int)) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.running.Done()
	return s.pool.For(ctx, n, grain, body)
}
