//go:build cuda && linux && cgo

package cublas

// #cgo CFLAGS: -I${SRCDIR}/../../include -I${SRCDIR}/../library
// #include "cublas.h"
import "C"

import (
	"errors"
	"fmt"
	"math"
	"sync"
	"unsafe"

	_ "github.com/tandem-go/tandem/device/cuda/internal/driver"  // cuCtxSetCurrent
	_ "github.com/tandem-go/tandem/device/cuda/internal/library" // finds it
)

// ErrNoLibrary says that there is no cuBLAS here; [Load] adds why.
var ErrNoLibrary = errors.New("cublas: the library is not installed")

// Load loads the library, which first use does too. The answer is kept.
func Load() error { return loaded() }

var loaded = sync.OnceValue(func() error {
	if C.tandem_cublas_load() == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrNoLibrary, C.GoString(C.tandem_cublas_reason()))
})

// Error is what a call answers that fails.
type Error struct {
	Call   string // "gemm", "create" and so on
	Status int    // a cublasStatus_t, 0 where the driver refuses the context
	Driver int    // then the driver's CUresult
}

// The names of cublasStatus_t.
var names = map[int]string{
	1:  "CUBLAS_STATUS_NOT_INITIALIZED",
	3:  "CUBLAS_STATUS_ALLOC_FAILED",
	7:  "CUBLAS_STATUS_INVALID_VALUE",
	8:  "CUBLAS_STATUS_ARCH_MISMATCH",
	11: "CUBLAS_STATUS_MAPPING_ERROR",
	13: "CUBLAS_STATUS_EXECUTION_FAILED",
	14: "CUBLAS_STATUS_INTERNAL_ERROR",
	15: "CUBLAS_STATUS_NOT_SUPPORTED",
	16: "CUBLAS_STATUS_LICENSE_ERROR",
}

const (
	allocFailed  = 3
	invalidValue = 7
)

func (e *Error) Error() string {
	if e.Driver != 0 {
		return fmt.Sprintf("cublas: %s: the driver refuses the context (CUresult %d)", e.Call, e.Driver)
	}
	name := names[e.Status]
	if name == "" {
		name = "a status without a name"
	}
	return fmt.Sprintf("cublas: %s answers %s (%d)", e.Call, name, e.Status)
}

// OutOfMemory says whether memory on the device is what the call lacked.
func (e *Error) OutOfMemory() bool { return e.Status == allocFailed }

func result(call string, status C.int) error {
	switch {
	case status == 0:
		return nil
	case status < 0:
		return &Error{Call: call, Driver: -int(status)}
	}
	return &Error{Call: call, Status: int(status)}
}

// Handle is a cuBLAS handle of a context. One goroutine at a time may use it.
type Handle struct{ c C.struct_tandem_cublas }

// Create makes a handle for a context, a CUcontext. It takes memory on the
// device. Close gives it back.
func Create(context unsafe.Pointer) (*Handle, error) {
	if err := Load(); err != nil {
		return nil, err
	}
	h := &Handle{C.struct_tandem_cublas{context: context}}
	if err := result("create", C.tandem_cublas_create(&h.c)); err != nil {
		return nil, err
	}
	return h, nil
}

// Close waits for what the handle has queued and frees it. The handle must not
// be used again; closing it twice does nothing.
func (h *Handle) Close() error {
	if h.c.handle == nil {
		return nil
	}
	err := result("destroy", C.tandem_cublas_destroy(&h.c))
	h.c.handle = nil
	return err
}

// SetStream has what follows queued on a stream, a CUstream; nil is the default one.
func (h *Handle) SetStream(stream unsafe.Pointer) error {
	return result("set stream", C.tandem_cublas_set_stream(&h.c, stream))
}

// fits says whether sizes are what cuBLAS's int can hold.
func fits(sizes ...int) bool {
	for _, n := range sizes {
		if n < 0 || n > math.MaxInt32 {
			return false
		}
	}
	return true
}

func (m Matrix) c() C.struct_tandem_cublas_matrix {
	return C.struct_tandem_cublas_matrix{at: C.uint64_t(m.At), _type: C.int(m.Type), ld: C.int(m.LD), stride: C.longlong(m.Stride)}
}

// scalar lays out a factor as cuBLAS reads it: in the precision that it computes in.
func scalar(to *C.double, value float64, precision Compute) {
	if precision == Compute64F {
		*to = C.double(value)
		return
	}
	*(*float32)(unsafe.Pointer(to)) = float32(value)
}
