package hybrid

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/tandem-go/tandem/cpuexec/process"
	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/hybrid/internal/perfmodel"
)

// DefaultChunkDeadline is how long a device may be silent about a chunk, at
// least, before it counts as lost. Compiling a shader for the first time and a
// desktop's compositor can hold a GPU up for a second or two.
const DefaultChunkDeadline = 10 * time.Second

// config is what the options of Open make.
type config struct {
	selection device.Selection
	devices   []device.Device // opened by the caller
	workers   int             // 0: GOMAXPROCS
	logger    *slog.Logger
	modelFile string
	memory    int64 // bytes on each device; 0: all of it
	deadline  time.Duration
	queue     int // tasks that may wait
	tf32      bool
	allow     *process.AllowList
}

// DefaultQueueLimit is how many tasks may wait unless WithQueueLimit says otherwise.
const DefaultQueueLimit = 1 << 20

func newConfig(opts []Option) (*config, error) {
	c := &config{logger: slog.Default(), modelFile: perfmodel.DefaultPath(), deadline: DefaultChunkDeadline, queue: DefaultQueueLimit}
	for _, opt := range opts {
		if err := opt.apply(c); err != nil {
			return nil, err
		}
	}
	selection, set, err := device.SelectionFromEnv()
	if err != nil {
		return nil, err
	}
	if set {
		c.selection = selection
	}
	return c, nil
}

// Option configures [Open].
type Option interface{ apply(*config) error }

type optionFunc func(*config) error

func (f optionFunc) apply(c *config) error { return f(c) }

// WithDevices selects devices by name: "cpu", "opengl:0", "opengl:*", "*". The
// default is every device. The environment variable TANDEM_DEVICES, a
// comma-separated list of the same names, overrides it.
func WithDevices(names ...string) Option {
	return optionFunc(func(c *config) (err error) {
		c.selection, err = device.Select(names...)
		return err
	})
}

// WithDevice adds a device that the caller opened. The scheduler closes it, also
// when Open fails.
func WithDevice(d device.Device) Option {
	return optionFunc(func(c *config) error {
		if d == nil {
			return fmt.Errorf("hybrid: WithDevice: %w: a nil device", device.ErrInvalid)
		}
		c.devices = append(c.devices, d)
		return nil
	})
}

// WithWorkers sets the number of CPU workers. The default is GOMAXPROCS.
func WithWorkers(n int) Option {
	return optionFunc(func(c *config) error {
		if n < 1 {
			return fmt.Errorf("hybrid: WithWorkers: %w: %d workers, want at least 1", device.ErrInvalid, n)
		}
		c.workers = n
		return nil
	})
}

// WithLogger sets where warnings go. The default is slog.Default().
func WithLogger(l *slog.Logger) Option {
	return optionFunc(func(c *config) error {
		if l == nil {
			return fmt.Errorf("hybrid: WithLogger: %w: a nil logger", device.ErrInvalid)
		}
		c.logger = l
		return nil
	})
}

// WithModelFile sets where measured rates are kept between runs; "" keeps none.
// The default is a file in the user's cache folder.
func WithModelFile(path string) Option {
	return optionFunc(func(c *config) error {
		c.modelFile = path
		return nil
	})
}

// WithMemoryLimit caps the memory that launches use on each device, in bytes.
func WithMemoryLimit(nbytes int64) Option {
	return optionFunc(func(c *config) error {
		if nbytes <= 0 {
			return fmt.Errorf("hybrid: WithMemoryLimit: %w: %d bytes", device.ErrInvalid, nbytes)
		}
		c.memory = nbytes
		return nil
	})
}

// WithChunkDeadline sets how long a device may be silent about a chunk, at
// least, before it counts as lost; a chunk that is expected to take longer gets
// ten times its expected time. The default is [DefaultChunkDeadline].
//
// A device that was given up on may come to what was before it when the launch has
// ended. It then writes nothing that is the caller's, but may still read slices, whose
// memory is kept for it until it has come to an end; what it computes nobody sees.
func WithChunkDeadline(d time.Duration) Option {
	return optionFunc(func(c *config) error {
		if d <= 0 {
			return fmt.Errorf("hybrid: WithChunkDeadline: %w: %v", device.ErrInvalid, d)
		}
		c.deadline = d
		return nil
	})
}

// WithQueueLimit bounds the number of tasks that wait for a worker, for other tasks
// or for another attempt, not counting those that tasks submit. The default is
// [DefaultQueueLimit].
func WithQueueLimit(tasks int) Option {
	return optionFunc(func(c *config) error {
		if tasks < 1 {
			return fmt.Errorf("hybrid: WithQueueLimit: %w: %d tasks, want at least 1", device.ErrInvalid, tasks)
		}
		c.queue = tasks
		return nil
	})
}

// WithAllowList names the programs that Run may run. The default is all of them. A
// Command with a list of its own is held to that instead.
func WithAllowList(list *process.AllowList) Option {
	return optionFunc(func(c *config) error {
		c.allow = list
		return nil
	})
}
