package hybrid

import (
	"log/slog"
	"time"

	"github.com/tandem-go/tandem/device"
)

type config struct{}

// Option configures [Open].
type Option interface{ apply(*config) error }

type optionFunc func(*config) error

func (f optionFunc) apply(c *config) error { return f(c) }

func nothing(*config) error { return nil }

// WithDevices selects devices by name; see [device.Selection]. TANDEM_DEVICES overrides it.
func WithDevices(names ...string) Option { return optionFunc(nothing) }

// WithDevice adds a device that the caller opened; the scheduler closes it.
func WithDevice(d device.Device) Option { return optionFunc(nothing) }

// WithWorkers sets the number of CPU workers; the default is GOMAXPROCS.
func WithWorkers(n int) Option { return optionFunc(nothing) }

// WithLogger sets where warnings go; the default is slog.Default().
func WithLogger(l *slog.Logger) Option { return optionFunc(nothing) }

// WithModelFile sets where measured rates are kept between runs; "" keeps none.
func WithModelFile(path string) Option { return optionFunc(nothing) }

// WithMemoryLimit caps the memory used on each device, in bytes.
func WithMemoryLimit(nbytes int64) Option { return optionFunc(nothing) }

// WithChunkDeadline sets how long a device may take for one chunk beyond what the model expects before it counts as lost.
func WithChunkDeadline(d time.Duration) Option { return optionFunc(nothing) }

type launchConfig struct{}

// LaunchOption configures one [Scheduler.Launch].
type LaunchOption interface{ applyLaunch(*launchConfig) }

type launchOptionFunc func(*launchConfig)

func (f launchOptionFunc) applyLaunch(c *launchConfig) { f(c) }

// EveryDevice gives every device that can run the kernel a share, also where using fewer would be faster.
func EveryDevice() LaunchOption { return launchOptionFunc(func(*launchConfig) {}) }

// On restricts the launch to the devices with these IDs.
func On(ids ...string) LaunchOption { return launchOptionFunc(func(*launchConfig) {}) }

// Deterministic fixes the cuts, so that results are bit-identical from run to run on the same devices.
func Deterministic() LaunchOption { return launchOptionFunc(func(*launchConfig) {}) }

// ReportTo fills r with who did what.
func ReportTo(r *Report) LaunchOption { return launchOptionFunc(func(*launchConfig) {}) }

// Progress calls f as indices are finished, from one goroutine at a time.
func Progress(f func(done, total int)) LaunchOption {
	return launchOptionFunc(func(*launchConfig) {})
}
