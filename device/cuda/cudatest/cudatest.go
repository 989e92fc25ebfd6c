//go:build cuda && linux && cgo

package cudatest

// #cgo CFLAGS: -std=gnu11 -Wall -Wextra -Wno-unused-parameter -I${SRCDIR}/../include -I${SRCDIR}/../internal/driver
// #cgo LDFLAGS: -lpthread
// #include <stdlib.h>
// #include "gate.h"
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	_ "github.com/tandem-go/tandem/device/cuda/internal/driver" // whose place this takes
)

// MaxDevices is how many devices there can be.
const MaxDevices = 8

// Config describes the machine that the driver pretends to have. The zero Config
// is one device with a gibibyte of memory, whose commands are executed in the
// calls that enqueue them.
type Config struct {
	// Devices is their number; 0 means one, and NoDevices that there is none.
	Devices int
	// Memory is each device's in bytes; a gibibyte if zero. It is taken from the
	// host as it is handed out.
	Memory int64
	// Pinned is how much host memory can be page-locked in all, in bytes;
	// without limit if zero.
	Pinned int64
	// Late has commands wait until somebody waits for them or some time has
	// passed. Streams then take turns by chance, some far ahead of others, so
	// that what no event orders happens in the wrong order.
	Late bool
	// Seed starts the random numbers of Late.
	Seed uint64
	// Capability is the devices' compute capability, 80 for 8.0; 80 if zero.
	Capability int
	// Multiprocessors is each device's; 4 if zero.
	Multiprocessors int
	// DriverVersion is what cuDriverGetVersion answers; 12040 if zero.
	DriverVersion int
	// NoPeers and NoPools take away peer access and memory pools.
	NoPeers, NoPools bool
}

// NoDevices is the value of [Config.Devices] for a driver that finds no GPU.
const NoDevices = -1

// Install puts this driver in the place of the machine's, for the whole process.
// It fails when that one has been loaded already: call it in TestMain or in an
// init function.
func Install() error {
	if C.tandem_cudatest_install() != 0 {
		return errors.New("cudatest: the machine's driver has been loaded already; Install must come before the first use of CUDA")
	}
	return nil
}

// Reset forgets everything, as if the process had begun anew, and makes the
// devices that config describes. What was not given back goes; what is handed to
// the driver afterwards of what it had made before is invalid. Commands that run
// are waited for.
func Reset(config Config) error {
	c := config
	if c.Devices == 0 {
		c.Devices = 1
	}
	if c.Devices == NoDevices {
		c.Devices = 0
	}
	if c.Memory == 0 {
		c.Memory = 1 << 30
	}
	if c.Pinned == 0 {
		c.Pinned = 1 << 60
	}
	if c.Capability == 0 {
		c.Capability = 80
	}
	if c.Multiprocessors == 0 {
		c.Multiprocessors = 4
	}
	if c.DriverVersion == 0 {
		c.DriverVersion = 12040
	}
	if c.Devices < 0 || c.Devices > MaxDevices || c.Memory < 0 || c.Pinned < 0 || c.Capability < 30 || c.Multiprocessors < 0 || c.DriverVersion < 0 {
		return fmt.Errorf("cudatest: %+v is no possible machine: at most %d devices, nothing negative", config, MaxDevices)
	}
	C.tandem_cudatest_reset(&C.struct_tandem_cudatest_config{
		devices: C.int(c.Devices), multiprocessors: C.int(c.Multiprocessors), capability: C.int(c.Capability),
		memory: C.size_t(c.Memory), pinned: C.size_t(c.Pinned), seed: C.uint64_t(c.Seed),
		late: flag(c.Late), no_peers: flag(c.NoPeers), no_pools: flag(c.NoPools), version: C.int(c.DriverVersion),
	})
	return nil
}

func flag(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// Object is something that the driver has handed out.
type Object struct {
	Kind   string // "device memory", "stream", "event", ...
	Device int    // -1: of none
	Size   int64  // bytes of memory
	Call   string // the call that made it, and which of its calls since Reset
	Nth    int
}

// String describes the object in a line.
func (o Object) String() string {
	return fmt.Sprintf("%s of device %d, %d bytes, made by %s number %d", o.Kind, o.Device, o.Size, o.Call, o.Nth)
}

// Live lists what the driver has handed out and not got back, the youngest
// first. Contexts count while they are retained.
func Live() []Object {
	var live []Object
	var o C.struct_tandem_cudatest_object
	for i := C.int(0); C.tandem_cudatest_live(i, &o) != 0; i++ {
		live = append(live, Object{
			Kind: C.GoString(o.kind), Device: int(o.device), Size: int64(o.size),
			Call: C.GoString(o.call), Nth: int(o.nth),
		})
	}
	return live
}

// Complaints is what the driver has found wrong since Reset, in words: kernels
// that touch what is not theirs, barriers that not all threads reach, commands
// whose memory is gone when they are executed, PTX that is none.
func Complaints() []string {
	var all []string
	for i := C.int(0); ; i++ {
		s := C.tandem_cudatest_complaint(i)
		if s == nil {
			return all
		}
		all = append(all, C.GoString(s))
		C.free(unsafe.Pointer(s))
	}
}
