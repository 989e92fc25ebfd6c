//go:build opengl && linux && cgo

package opengl

import (
	"os"
	"testing"

	"github.com/tandem-go/tandem/device"
)

// found is the machine's first OpenGL device. A machine without one cannot run
// the test; where CI says that it must, that is a failure.
func found(t testing.TB) adapter {
	t.Helper()
	listed, err := registered.list()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("CI needs an OpenGL device: %v", err)
		}
		t.Skipf("this machine has no OpenGL device: %v", err)
	}
	return listed[0]
}

// openMode opens the first device with the given way of transfers.
func openMode(t testing.TB, mode transferMode) *glDevice {
	t.Helper()
	a := found(t)
	d, err := open(a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	if err := d.call(func(x *executor) error { x.transfers = mode; return nil }); err != nil {
		t.Fatal(err)
	}
	return d
}

func openFirst(t testing.TB) *glDevice {
	t.Helper()
	a := found(t)
	return openMode(t, chooseTransfers(a.info.Caps, a.limits))
}

func TestDiscoverDescribesTheDevice(t *testing.T) {
	a := found(t)
	caps := a.info.Caps
	t.Logf("%+v %+v", a.info, a.limits)
	if a.info.ID != "opengl:0" || a.info.Backend != "opengl" || a.info.Name == "" || a.info.Driver == "" || a.info.Memory <= 0 {
		t.Errorf("incomplete: %+v", a.info)
	}
	for d, least := range [3]int{65535, 65535, 65535} {
		if caps.MaxGroups[d] < least {
			t.Errorf("MaxGroups[%d] is %d, OpenGL 4.3 has at least %d", d, caps.MaxGroups[d], least)
		}
	}
	if caps.Language != device.GLSL || !caps.Float64 || caps.MaxGroupSize < 1024 || caps.SharedMemory < 32<<10 || caps.MaxBuffer < 1<<27 {
		t.Errorf("less than OpenGL 4.3 promises: %+v", caps)
	}
	if caps.HostCores != isSoftware(a.info.Name) {
		t.Errorf("HostCores is %v for %s", caps.HostCores, a.info.Name)
	}
}
