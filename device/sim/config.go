package sim

import (
	"errors"
	"fmt"
	"time"

	"github.com/tandem-go/tandem/device"
)

// Config describes a simulated device. The zero Config is a device that takes
// no time, has a gibibyte of memory and never fails.
type Config struct {
	// ID is the device's ID; "sim:0" if empty.
	ID string
	// Name is the device's name, part of the performance model's key;
	// "simulated" if empty.
	Name string
	// Memory is the capacity in bytes; a gibibyte if zero.
	Memory int64
	// HostCores and NoFloat64 say so in the device's abilities.
	HostCores, NoFloat64 bool

	// Rate is how many indices the device computes in a second; zero means
	// that computing takes no time.
	Rate float64
	// Cost is how long the indices [lo, hi) take, instead of Rate. It is
	// called from many goroutines at once.
	Cost func(lo, hi int) time.Duration
	// LaunchLatency is how long the computing engine is busy with a launch
	// before its first index.
	LaunchLatency time.Duration
	// TransferLatency is how long a copying engine is busy with a transfer
	// before its first byte.
	TransferLatency time.Duration
	// UploadBandwidth and DownloadBandwidth are in bytes a second; zero means
	// that bytes take no time.
	UploadBandwidth, DownloadBandwidth float64
	// Jitter makes each command take a random multiple, evenly distributed
	// between 1-Jitter and 1+Jitter, of its time. It is below 1.
	Jitter float64
	// Seed starts the random numbers. The n-th command of a stream gets the
	// same number for the same seed, whatever other streams do.
	Seed uint64

	// Null keeps no memory and runs no program: only time passes, and
	// downloads leave the host's memory as it is. Buffers may then be larger
	// than the machine.
	Null bool

	// Patience is how long the Close of a stream waits while the device
	// finishes no command; then the device counts as lost. Zero means a
	// minute, a negative value for ever.
	Patience time.Duration

	// Faults go wrong. When several concern an operation, the first does.
	Faults []Fault
}

// validate reports everything that is wrong with c.
func (c *Config) validate() error {
	var wrong []error
	check := func(ok bool, field string, value any, want string) {
		if !ok {
			wrong = append(wrong, fmt.Errorf("%w: Config.%s is %v, want %s", device.ErrInvalid, field, value, want))
		}
	}
	check(c.Memory >= 0, "Memory", c.Memory, "bytes, at least 0")
	check(c.Rate >= 0, "Rate", c.Rate, "indices a second, at least 0")
	check(c.Rate == 0 || c.Cost == nil, "Rate", c.Rate, "0 where Cost is set")
	check(c.LaunchLatency >= 0, "LaunchLatency", c.LaunchLatency, "at least 0")
	check(c.TransferLatency >= 0, "TransferLatency", c.TransferLatency, "at least 0")
	check(c.UploadBandwidth >= 0, "UploadBandwidth", c.UploadBandwidth, "bytes a second, at least 0")
	check(c.DownloadBandwidth >= 0, "DownloadBandwidth", c.DownloadBandwidth, "bytes a second, at least 0")
	check(c.Jitter >= 0 && c.Jitter < 1, "Jitter", c.Jitter, "at least 0 and below 1")
	for i := range c.Faults {
		if err := c.Faults[i].validate(); err != nil {
			wrong = append(wrong, fmt.Errorf("%w: Config.Faults[%d]: %w", device.ErrInvalid, i, err))
		}
	}
	return errors.Join(wrong...)
}
