//go:build !(cuda && linux && cgo)

package cuda

import (
	"errors"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device"
)

func TestAbsentBackendSaysWhy(t *testing.T) {
	for _, found := range device.Probe() {
		if found.Backend != backendName {
			continue
		}
		if !errors.Is(found.Err, device.ErrUnsupported) || !strings.Contains(found.Err.Error(), "built without the tag cuda") {
			t.Errorf("Discover answers %v", found.Err)
		}
		if _, err := device.Open("cuda:0"); !errors.Is(err, device.ErrUnsupported) {
			t.Errorf("Open answers %v", err)
		}
		return
	}
	t.Error("the backend is not registered")
}
