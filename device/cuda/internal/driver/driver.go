//go:build cuda && linux && cgo

package driver

// #cgo CFLAGS: -I${SRCDIR}/../../include
// #cgo LDFLAGS: -Wl,--as-needed -L${SRCDIR} -ldl -lpthread
// #include "driver.h"
import "C"

import (
	"errors"
	"fmt"
	"sync"

	_ "github.com/tandem-go/tandem/device/cuda/include" // so that go mod vendor takes the header along
)

//go:generate go run symbols.go

// MinVersion is the oldest driver that will do, as [Version] counts.
const MinVersion = C.TANDEM_CUDA_VERSION

// Why there is no driver: what [Load] answers wraps one of these.
var (
	ErrNoLibrary = errors.New("no CUDA driver is installed")
	ErrNoGPU     = errors.New("the CUDA driver finds no GPU")
	ErrTooOld    = errors.New("the CUDA driver is too old")
	ErrFailed    = errors.New("the CUDA driver does not start")
)

// Load loads the driver and initialises it, which the first driver call does
// too. The answer is kept: a driver that is installed later is not found.
func Load() error { return loaded() }

var loaded = sync.OnceValue(func() error {
	var kind error
	switch C.tandem_cuda_lacks() {
	case C.TANDEM_CUDA_PRESENT:
		return nil
	case C.TANDEM_CUDA_NO_LIBRARY:
		kind = ErrNoLibrary
	case C.TANDEM_CUDA_NO_GPU:
		kind = ErrNoGPU
	case C.TANDEM_CUDA_TOO_OLD:
		kind = ErrTooOld
	default:
		kind = ErrFailed
	}
	return fmt.Errorf("%w: %s", kind, C.GoString(C.tandem_cuda_reason()))
})

// Version is the newest version of CUDA that the driver knows: 1000 times the
// major number and 10 times the minor one, so 12040 for CUDA 12.4. It is 0
// where there is no driver.
func Version() int { return int(C.tandem_cuda_version()) }
