//go:build cuda && linux && cgo

package cuda

import (
	"errors"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
)

func TestDiscoverDescribesTheDevices(t *testing.T) {
	machine(t, cudatest.Config{Devices: 3})
	infos, err := backend{}.Discover()
	if err != nil {
		t.Fatal(err)
	}
	if !real && len(infos) != 3 {
		t.Fatalf("%d devices, want 3", len(infos))
	}
	seen := map[string]bool{}
	for _, info := range infos {
		t.Logf("%+v", info)
		if info.Backend != "cuda" || info.Name == "" || info.Driver == "" || info.Memory <= 0 || !strings.HasPrefix(info.GPU, "uuid ") || seen[info.GPU] {
			t.Errorf("incomplete, or seen before: %+v", info)
		}
		seen[info.GPU] = true
		caps := info.Caps
		if caps.Language != device.CUDA || !caps.Float64 || caps.HostCores || caps.MaxGroupSize < 1024 || caps.SharedMemory < 48<<10 ||
			caps.MaxGroups[0] < 1<<31-1 || caps.MaxGroups[1] < 65535 || caps.MaxGroups[2] < 65535 || caps.MaxIterations != 0 {
			t.Errorf("less than CUDA promises: %+v", caps)
		}
	}
	d := openFirst(t)
	if info := d.Info(); info.ID != infos[0].ID || info.GPU != infos[0].GPU || info.Caps != infos[0].Caps {
		t.Errorf("opened it is %+v, discovered it was %+v", info, infos[0])
	}
}

func TestDiscoverSaysWhyThereIsNone(t *testing.T) {
	inProcess(t, cudatest.Config{Devices: cudatest.NoDevices})
	_, err := backend{}.Discover()
	if !errors.Is(err, device.ErrNoDevice) || !strings.Contains(err.Error(), "CUDA_VISIBLE_DEVICES") {
		t.Errorf("Discover answers %v", err)
	}
	if _, err := device.Open("cuda:0"); !errors.Is(err, device.ErrNoDevice) {
		t.Errorf("Open answers %v", err)
	}
}

// TestDeviceThatDoesNotAnswer leaves it out; the others keep their numbers.
func TestDeviceThatDoesNotAnswer(t *testing.T) {
	for _, call := range []string{"cuDeviceGet", "cuDeviceGetName", "cuDeviceGetUuid", "cuDeviceTotalMem_v2", "cuDeviceGetAttribute"} {
		inProcess(t, cudatest.Config{Devices: 2})
		cudatest.Fail(call, 1, 999)
		infos, err := backend{}.Discover()
		if err != nil || len(infos) != 1 || infos[0].ID != "cuda:1" {
			t.Errorf("%s fails for the first: %v, %v", call, infos, err)
		}
		cudatest.Fail(call, 1, 999)
		if _, err := device.Open("cuda:0"); !errors.Is(err, device.ErrNoDevice) {
			t.Errorf("%s fails: Open answers %v", call, err)
		}
	}
	inProcess(t, cudatest.Config{})
	cudatest.Fail("cuDeviceGetName", 1, 46)
	if _, err := (backend{}).Discover(); err == nil || !strings.Contains(err.Error(), "GPU 0") || !strings.Contains(err.Error(), "CUDA_ERROR_DEVICE_UNAVAILABLE") {
		t.Errorf("the only GPU does not answer: %v", err)
	}
}
