//go:build opengl && linux && cgo

package opengl

import (
	"fmt"
	"sync"

	"github.com/tandem-go/tandem/device"
)

// registered is the only backend, whose finds tests share.
var registered = &backend{}

func init() { device.Register(registered) }

// backend keeps what it found: looking costs a context and a few shaders for
// each device. A failure is not kept, so that a later look may succeed.
type backend struct {
	mu       sync.Mutex // guards adapters
	adapters []adapter
}

func (b *backend) Name() string { return backendName }

func (b *backend) Discover() ([]device.Info, error) {
	listed, err := b.list()
	if err != nil {
		return nil, &device.Error{Op: "discover", Device: backendName, Err: err}
	}
	infos := make([]device.Info, len(listed))
	for i, a := range listed {
		infos[i] = a.info
	}
	return infos, nil
}

func (b *backend) Open(id string) (device.Device, error) {
	listed, err := b.list()
	if err != nil {
		return nil, &device.Error{Op: "open", Device: id, Err: err}
	}
	for _, a := range listed {
		if a.info.ID == id {
			d, err := open(a)
			if err != nil {
				return nil, &device.Error{Op: "open", Device: id, Err: err}
			}
			return d, nil
		}
	}
	return nil, &device.Error{Op: "open", Device: id, Err: fmt.Errorf(
		"%w: this machine has opengl:0 to opengl:%d", device.ErrNoDevice, len(listed)-1)}
}

// list is what the machine has, as the environment wants it seen.
func (b *backend) list() ([]adapter, error) {
	copies, err := softwareCopies()
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.adapters == nil {
		if b.adapters, err = findAdapters(); err != nil {
			return nil, err
		}
	}
	var listed []adapter
	for _, a := range b.adapters {
		n := 1
		if a.info.Caps.HostCores {
			n = copies
		}
		for range n {
			one := a
			one.info.ID = fmt.Sprintf("%s:%d", backendName, len(listed))
			one.info.Memory /= int64(n)
			listed = append(listed, one)
		}
	}
	if len(listed) == 0 {
		return nil, fmt.Errorf("%w: there is only a software renderer, and %s=0 hides it", device.ErrNoDevice, EnvSoftware)
	}
	return listed, nil
}
