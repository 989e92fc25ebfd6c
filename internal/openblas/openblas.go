//go:build openblas && linux && cgo

package openblas

// #cgo LDFLAGS: -ldl
// #include <stdlib.h>
// #include "load.h"
import "C"

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"unsafe"

	"gonum.org/v1/gonum/blas/gonum"
)

// BLAS is OpenBLAS with a number of threads. [New] makes one.
type BLAS struct {
	gonum.Implementation
	threads C.int
}

// library is OpenBLAS, loaded when it is first asked for, and for good.
var library = sync.OnceValues(func() (config string, err error) {
	var why *C.char
	if c := C.tandem_openblas_open(&why); c != nil {
		config, _, _ = strings.Cut(C.GoString(c), " NO_")
		return config, nil
	}
	defer C.free(unsafe.Pointer(why))
	return "", errors.New("openblas: " + C.GoString(why))
})

// New returns OpenBLAS with so many threads, or as many as OpenBLAS would use by
// itself if that is less, or threads is 0. The error says why there is none.
func New(threads int) (*BLAS, error) {
	if _, err := library(); err != nil {
		return nil, err
	}
	if most := own(); threads <= 0 || threads > most {
		threads = most
	}
	return &BLAS{threads: C.int(threads)}, nil
}

// own is how many threads OpenBLAS would use by itself: what the environment says,
// or one a processor.
func own() int {
	for _, name := range []string{"OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"} {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
			return n
		}
	}
	return max(1, int(C.tandem_openblas_processors()))
}

// Threads is how many threads a call may use.
func (o *BLAS) Threads() int { return int(o.threads) }

// String is what the library says of itself, and the number of threads.
func (o *BLAS) String() string {
	config, _ := library()
	return fmt.Sprintf("%s, threads: %d", cmp.Or(config, "OpenBLAS"), o.threads)
}
