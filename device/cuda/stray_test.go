//go:build cuda && linux && cgo && !asan

package cuda

import (
	"errors"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
)

// TestStrayKernel has a kernel write where it must not.
func TestStrayKernel(t *testing.T) {
	inProcess(t, late)
	d, err := launchStray(t)
	if !errors.Is(err, device.ErrLost) {
		t.Errorf("Synchronize answers %v", err)
	}
	if err := d.Close(); err != nil {
		t.Errorf("Close answers %v", err)
	}
	if err := cudatest.Reset(late); err != nil { // what the driver complains of was meant
		t.Fatal(err)
	}
}
