//go:build cuda && linux && cgo

package nvrtc

// #cgo CFLAGS: -I${SRCDIR}/../library
// #include <stdlib.h>
// #include "nvrtc.h"
import "C"

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"unsafe"

	_ "github.com/tandem-go/tandem/device/cuda/internal/library" // finds it
)

// ErrNoLibrary says that there is no NVRTC here; [Load] adds why.
var ErrNoLibrary = errors.New("nvrtc: the runtime compiler is not installed")

// Load loads the library, which first use does too. The answer is kept.
func Load() error { return loaded() }

var loaded = sync.OnceValue(func() error {
	if C.tandem_nvrtc_load() == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrNoLibrary, C.GoString(C.tandem_nvrtc_reason()))
})

// Error is what a function of the library answers. For a source that does not
// compile, Log says where and why.
type Error struct {
	Call   string // the function
	Status int    // an nvrtcResult
	Name   string // its name
	Log    string // the compiler's, or ""
}

func (e *Error) Error() string {
	text := fmt.Sprintf("nvrtc: %s answers %s (%d)", e.Call, e.Name, e.Status)
	if e.Log != "" {
		text += "\n" + strings.TrimSpace(e.Log)
	}
	return text
}

func failed(call string, status C.int, log string) error {
	return &Error{Call: call, Status: int(status), Name: C.GoString(C.tandem_nvrtc_status(status)), Log: log}
}

// Version is the library's, as in 12 and 4.
func Version() (major, minor int, err error) {
	if err := Load(); err != nil {
		return 0, 0, err
	}
	var a, b C.int
	if status := C.tandem_nvrtc_version(&a, &b); status != 0 {
		return 0, 0, failed("nvrtcVersion", status, "")
	}
	return int(a), int(b), nil
}

// Archs are the architectures that it compiles for, as in 52 for compute_52,
// in ascending order.
func Archs() ([]int, error) {
	if err := Load(); err != nil {
		return nil, err
	}
	var list *C.int
	var n C.int
	status := C.tandem_nvrtc_archs(&list, &n)
	defer C.free(unsafe.Pointer(list))
	if status != 0 {
		return nil, failed("nvrtcGetSupportedArchs", status, "")
	}
	archs := make([]int, n)
	for i, arch := range unsafe.Slice(list, n) {
		archs[i] = int(arch)
	}
	return archs, nil
}

// Output is what a compilation gives.
type Output struct {
	PTX   []byte // without the zero byte that ends it in C
	CUBIN []byte // nil for a virtual architecture
	Log   string // warnings
}

// Compile compiles CUDA C; name stands for the file in messages. Options are
// the compiler's, such as --gpu-architecture=compute_52. An [Error] has the log.
// Any number of goroutines may compile at once.
func Compile(source, name string, options ...string) (Output, error) {
	if err := Load(); err != nil {
		return Output{}, err
	}
	if strings.IndexByte(source, 0) >= 0 || strings.IndexByte(name, 0) >= 0 {
		return Output{}, fmt.Errorf("nvrtc: the source of %q has a zero byte", name)
	}
	text, file := C.CString(source), C.CString(name)
	defer C.free(unsafe.Pointer(text))
	defer C.free(unsafe.Pointer(file))
	list := (**C.char)(C.calloc(C.size_t(len(options)+1), C.size_t(unsafe.Sizeof(text))))
	defer C.free(unsafe.Pointer(list))
	for i, option := range unsafe.Slice(list, len(options)) {
		option = C.CString(options[i])
		defer C.free(unsafe.Pointer(option))
		unsafe.Slice(list, len(options))[i] = option
	}
	var out C.struct_tandem_nvrtc_output
	status := C.tandem_nvrtc_compile(text, file, C.int(len(options)), list, &out)
	defer C.free(unsafe.Pointer(out.ptx))
	defer C.free(unsafe.Pointer(out.cubin))
	defer C.free(unsafe.Pointer(out.log))
	log := string(goBytes(out.log, out.log_bytes, true))
	if status != 0 {
		return Output{}, failed(C.GoString(out.call), status, log)
	}
	return Output{
		PTX:   goBytes(out.ptx, out.ptx_bytes, true),
		CUBIN: goBytes(out.cubin, out.cubin_bytes, false),
		Log:   log,
	}, nil
}

// goBytes copies a text or an image, a text without its zero byte.
func goBytes(p *C.char, n C.size_t, text bool) []byte {
	if p == nil {
		return nil
	}
	b := C.GoBytes(unsafe.Pointer(p), C.int(n))
	if text && len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return b
}
