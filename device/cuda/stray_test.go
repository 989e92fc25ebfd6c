//go:build cuda && linux && cgo && !asan

package cuda

import (
	"errors"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device"
)

// TestStrayKernel has a kernel write where it must not.
func TestStrayKernel(t *testing.T) {
	apart(t, func(t *testing.T) {
		reset(t, late)
		d, err := launchStray(t)
		if !errors.Is(err, device.ErrLost) || !strings.Contains(err.Error(), "this process cannot use the GPU again") {
			t.Errorf("Synchronize answers %v", err)
		}
		if _, err := d.Alloc(64); !errors.Is(err, device.ErrLost) {
			t.Errorf("Alloc answers %v", err)
		}
		if err := d.Close(); err != nil {
			t.Errorf("Close answers %v", err)
		}
		// Whether the driver gives the process another context is its affair.
		if again, err := openID("cuda:0"); err == nil {
			if err := again.Close(); err != nil && !errors.Is(err, device.ErrLost) {
				t.Errorf("Close, opened again, answers %v", err)
			}
		}
	})
}
