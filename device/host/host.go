package host

import (
	"fmt"
	"runtime"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/internal/soft"
)

// ID is the device's ID and the backend's name.
const ID = "cpu"

func init() { device.Register(backend{}) }

type backend struct{}

var _ device.Backend = backend{}

// Name implements device.Backend.
func (backend) Name() string { return ID }

// Discover implements device.Backend.
func (backend) Discover() ([]device.Info, error) { return []device.Info{Info()}, nil }

// Open implements device.Backend.
func (backend) Open(id string) (device.Device, error) {
	if id != ID {
		return nil, &device.Error{Op: "open", Device: id, Err: fmt.Errorf(
			"%w: the host is one device and is called %q", device.ErrNoDevice, ID)}
	}
	return Open(0)
}

// Info describes the host. Its memory is the machine's, or what a control group
// leaves of it; where the system doesn't tell, it is taken to be 4 GiB.
func Info() device.Info {
	memory := memorySize()
	caps := soft.Caps(memory)
	caps.HostCores = true
	return device.Info{
		ID:      ID,
		Backend: ID,
		Name:    processorName(),
		Driver:  fmt.Sprintf("%s %s", runtime.Version(), runtime.GOARCH),
		Memory:  memory,
		Caps:    caps,
	}
}

// Open returns a device that hands out at most nbytes bytes; 0 stands for all
// of the machine's memory. Two devices share nothing but that memory.
func Open(nbytes int64) (device.Device, error) {
	info := Info()
	if nbytes < 0 {
		return nil, &device.Error{Op: "open", Device: ID, Err: fmt.Errorf("%w: a memory of %d bytes", device.ErrInvalid, nbytes)}
	}
	if nbytes > 0 {
		info.Memory, info.Caps.MaxBuffer = nbytes, nbytes
	}
	return soft.New(soft.Config{Info: info}), nil
}
