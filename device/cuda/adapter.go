//go:build cuda && linux && cgo

package cuda

import (
	"fmt"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/internal/driver" // must come before cu, see there

	"gorgonia.org/cu"
)

// adapter is a GPU before it is opened.
type adapter struct {
	info   device.Info // its memory is an estimate until then
	limits limits
}

// limits are what the backend has to know of a GPU beyond its Caps.
type limits struct {
	gpu      cu.Device
	ordinal  int
	block    [3]int // threads of a block, by dimension
	shared   int    // bytes of shared memory that a block has without asking
	pools    bool   // the driver has pools of memory
	arch     int    // 90 for compute capability 9.0
	retained bool
}

// Attributes that package cu has no names for.
const (
	attributeSharedOptin cu.DeviceAttribute = 97  // bytes of shared memory that a block may ask for
	attributePools       cu.DeviceAttribute = 115 // MEMORY_POOLS_SUPPORTED
)

// maxBuffer is the largest buffer whose elements, of 4 bytes, the kernels can
// number: they count modulo 2^32.
const maxBuffer = 1 << 34

func newAdapter(ordinal int) (adapter, error) {
	gpu, err := cu.GetDevice(ordinal)
	if err != nil {
		return adapter{}, ofCU("cuDeviceGet", err)
	}
	name, err := gpu.Name()
	if err != nil {
		return adapter{}, ofCU("cuDeviceGetName", err)
	}
	id, err := gpu.UUID()
	if err != nil {
		return adapter{}, ofCU("cuDeviceGetUuid", err)
	}
	total, err := gpu.TotalMem()
	if err != nil {
		return adapter{}, ofCU("cuDeviceTotalMem", err)
	}
	var optin, pools, major, minor int
	a := adapter{limits: limits{gpu: gpu, ordinal: ordinal}}
	caps := device.Caps{Language: device.CUDA, Float64: true, MaxBuffer: maxBuffer}
	for _, q := range []struct {
		what cu.DeviceAttribute
		into *int
	}{
		{cu.MaxThreadsPerBlock, &caps.MaxGroupSize},
		{cu.MaxBlockDimX, &a.limits.block[0]},
		{cu.MaxBlockDimY, &a.limits.block[1]},
		{cu.MaxBlockDimZ, &a.limits.block[2]},
		{cu.MaxGridDimX, &caps.MaxGroups[0]},
		{cu.MaxGridDimY, &caps.MaxGroups[1]},
		{cu.MaxGridDimZ, &caps.MaxGroups[2]},
		{cu.MaxSharedMemoryPerBlock, &a.limits.shared},
		{attributeSharedOptin, &optin},
		{attributePools, &pools},
		{cu.ComputeCapabilityMajor, &major},
		{cu.ComputeCapabilityMinor, &minor},
	} {
		if *q.into, err = gpu.Attribute(q.what); err != nil {
			return adapter{}, fmt.Errorf("attribute %d: %w", q.what, ofCU("cuDeviceGetAttribute", err))
		}
	}
	caps.SharedMemory = max(a.limits.shared, optin)
	a.limits.pools, a.limits.arch = pools != 0, 10*major+minor
	v := driver.Version()
	a.info = device.Info{
		ID: fmt.Sprintf("%s:%d", backendName, ordinal), Backend: backendName, Name: name, GPU: "uuid " + id.String(),
		Driver: fmt.Sprintf("CUDA %d.%d, compute capability %d.%d", v/1000, v%1000/10, major, minor),
		Memory: budget(total), Caps: caps,
	}
	return a, nil
}

// retain takes the primary context of the GPU, which the process has one of.
func (a *adapter) retain() (context, error) {
	c, err := a.limits.gpu.RetainPrimaryCtx()
	if err != nil {
		return context{}, ofCU("cuDevicePrimaryCtxRetain", err)
	}
	a.limits.retained = true
	return contextOf(c), nil
}

// release undoes retain. The context goes with its last user; what fails here is
// lost already.
func (l *limits) release() {
	if l.retained {
		l.retained = false
		_ = l.gpu.ReleasePrimaryCtx()
	}
}
