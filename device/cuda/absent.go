//go:build !(cuda && linux && cgo)

package cuda

import (
	"fmt"

	"github.com/tandem-go/tandem/device"
)

func init() { device.Register(absent{}) }

// absent is the backend of builds that cannot have one.
type absent struct{}

var errAbsent = fmt.Errorf("%w: built without the tag cuda: build with -tags cuda, on Linux, with cgo", device.ErrUnsupported)

func (absent) Name() string { return backendName }

func (absent) Discover() ([]device.Info, error) {
	return nil, &device.Error{Op: "discover", Device: backendName, Err: errAbsent}
}

func (absent) Open(id string) (device.Device, error) {
	return nil, &device.Error{Op: "open", Device: id, Err: errAbsent}
}
