//go:build cuda && linux && cgo

package cuda

import (
	"errors"
	"fmt"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/internal/driver" // must come before cu, see there

	"gorgonia.org/cu"
)

func init() { device.Register(backend{}) }

// backend looks each time: it costs no context.
type backend struct{}

func (backend) Name() string { return backendName }

func (backend) Discover() ([]device.Info, error) {
	found, err := findAdapters()
	if err != nil {
		return nil, &device.Error{Op: "discover", Device: backendName, Err: err}
	}
	infos := make([]device.Info, len(found))
	for i, a := range found {
		infos[i] = a.info
	}
	return infos, nil
}

func (backend) Open(id string) (device.Device, error) {
	d, err := openID(id)
	if err != nil {
		return nil, &device.Error{Op: "open", Device: id, Err: err}
	}
	return d, nil
}

func openID(id string) (*cudaDevice, error) {
	found, err := findAdapters()
	if err != nil {
		return nil, err
	}
	for _, a := range found {
		if a.info.ID == id {
			return open(a)
		}
	}
	return nil, fmt.Errorf("%w: this machine has %s to %s", device.ErrNoDevice, found[0].info.ID, found[len(found)-1].info.ID)
}

// findAdapters asks the driver for its GPUs, in its order. One that doesn't
// answer is left out and keeps its number; the reasons are the error when none is
// left.
func findAdapters() ([]adapter, error) {
	if err := driver.Load(); err != nil {
		if errors.Is(err, driver.ErrNoGPU) {
			return nil, fmt.Errorf("%w: %w", device.ErrNoDevice, err)
		}
		return nil, fmt.Errorf("%w: %w", device.ErrUnsupported, err)
	}
	n, err := cu.NumDevices()
	if err != nil {
		return nil, ofCU("cuDeviceGetCount", err)
	}
	if n == 0 {
		return nil, fmt.Errorf("%w: the driver shows no GPU (CUDA_VISIBLE_DEVICES may hide them)", device.ErrNoDevice)
	}
	var found []adapter
	var reasons []error
	for i := range n {
		a, err := newAdapter(i)
		if err != nil {
			reasons = append(reasons, fmt.Errorf("GPU %d: %w", i, err))
			continue
		}
		found = append(found, a)
	}
	if len(found) == 0 {
		return nil, errors.Join(reasons...)
	}
	return found, nil
}
