package hybridblas

import (
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
)

// Device is a device as the tiles of a product need it. Its methods may be called
// from any number of goroutines.
type Device interface {
	// Info describes the device, and Key names it in the performance model.
	Info() device.Info
	Key() string
	// Usable is nil while work may be given to the device.
	Usable() error
	// Fail puts it in quarantine.
	Fail(err error)
	// Program is the kernel compiled for the device. It answers an error when
	// stop is closed before that is done.
	Program(k *kernels.Kernel, stop <-chan struct{}) (device.Program, error)
	// Lane opens three streams, to be given back by Release when nothing is
	// under way on them and nothing has failed, and by Abandon otherwise.
	// Abandon closes them behind the caller's back and then calls after.
	Lane() (Lane, error)
	Release(Lane)
	Abandon(l Lane, after func())
	// Alloc returns memory, to be given back by Recycle when no command uses
	// it any more, and by Drop otherwise. Available is how much may be had.
	Alloc(nbytes int64) (device.Buffer, error)
	Recycle(device.Buffer)
	Drop(device.Buffer)
	Available() int64
	// HostMemory returns memory of the host that the device copies from and to by
	// itself, to be given back by FreeHost when no command uses it: page-locked,
	// where the device offers it.
	HostMemory(nbytes int) HostMemory
	FreeHost(HostMemory)
	// Deadline is how long it may be silent about a tile, at least.
	Deadline() time.Duration
	// Count adds to what the device is said to have done.
	Count(Tally)
}

// HostMemory is memory of the host for copies, and what its device knows it by.
type HostMemory struct {
	Bytes  []byte
	Locked device.HostMemory // nil for ordinary memory
}

// Lane is streams for the ways to, on and from a device, which overlap.
type Lane struct{ Up, Compute, Down device.Stream }

// Tally is what a device has done in one call.
type Tally struct {
	Tiles, Failures, Stolen int64
	Uploaded, Downloaded    int64 // bytes
	Busy                    time.Duration
}
