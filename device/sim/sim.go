package sim

import (
	"cmp"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/internal/soft"
)

const (
	defaultMemory   = 1 << 30
	defaultPatience = time.Minute
)

// Device is a simulated device.
type Device struct {
	device.Device
	model *model
}

// Stats count what a device has done.
type Stats struct {
	Allocs, Compiles             int // accepted
	Uploads, Downloads, Launches int // executed without a fault
	UploadedBytes                int64
	DownloadedBytes              int64
	Indices                      int64 // of the launches
	// UploadBusy, DownloadBusy and ComputeBusy are how long each engine was
	// given work for, up to the end of the commands it has begun.
	UploadBusy, DownloadBusy, ComputeBusy time.Duration
	// Faults is how many operations a fault has refused, failed or hung.
	// Slow and delayed ones do not count.
	Faults int
}

// Open returns a simulated device, or everything that is wrong with cfg. A
// device for a testing/synctest bubble is opened inside the bubble.
func Open(cfg Config) (*Device, error) {
	cfg.ID = cmp.Or(cfg.ID, "sim:0")
	if err := cfg.validate(); err != nil {
		return nil, &device.Error{Op: "open", Device: cfg.ID, Err: err}
	}
	memory := cmp.Or(cfg.Memory, defaultMemory)
	caps := soft.Caps(memory)
	caps.HostCores, caps.Float64 = cfg.HostCores, !cfg.NoFloat64
	m := newModel(cfg)
	return &Device{
		Device: soft.New(soft.Config{
			Info: device.Info{
				ID: cfg.ID, Backend: "sim", Name: cmp.Or(cfg.Name, "simulated"), Driver: "sim 1",
				Memory: memory, Caps: caps,
			},
			Model: m, Bare: cfg.Null, Poison: true, Patience: cmp.Or(cfg.Patience, defaultPatience),
		}),
		model: m,
	}, nil
}

// Stats returns the counts at this moment.
func (d *Device) Stats() Stats {
	m := d.model
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.stats
	s.UploadBusy = m.engines[soft.Upload].busy
	s.DownloadBusy = m.engines[soft.Download].busy
	s.ComputeBusy = m.engines[soft.Launch].busy
	return s
}
