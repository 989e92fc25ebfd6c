//go:build cuda && linux && cgo

package cudatest

// #include <stdlib.h>
// #include "gate.h"
import "C"

import (
	"fmt"
	"unsafe"
)

const (
	faultFail = iota + 1
	faultSticky
	faultHang
)

// Fail makes the nth call of the named entry point from now on, 1 being the
// next, answer code and have no effect. The name is the symbol's: "cuMemAlloc_v2".
// It panics when the driver has no such call.
func Fail(call string, nth int, code int) { fault(call, nth, faultFail, code) }

// Fault makes the command that the nth call enqueues fail when it is executed:
// the call succeeds, and from then on every call in that context answers code
// until the device's primary context has been reset. A call that enqueues
// nothing breaks its context at once.
func Fault(call string, nth int, code int) { fault(call, nth, faultSticky, code) }

// Hang makes the command that the nth call enqueues never end, or the call
// itself if it enqueues nothing, until [Release].
func Hang(call string, nth int) { fault(call, nth, faultHang, 0) }

func fault(call string, nth, kind, code int) {
	name := C.CString(call)
	defer C.free(unsafe.Pointer(name))
	if nth < 1 {
		panic(fmt.Sprintf("cudatest: calls are counted from 1, not %d", nth))
	}
	if C.tandem_cudatest_fault(name, C.long(nth), C.int(kind), C.int(code)) == 0 {
		panic("cudatest: the driver has no call " + call)
	}
}

// Release lets everything end that was to hang.
func Release() { C.tandem_cudatest_release() }

// Remove takes a device away, as when a GPU falls off its bus: every call that
// concerns it answers code, its commands are dropped, and whoever waits for one
// is woken.
func Remove(device int, code int) {
	if C.tandem_cudatest_remove(C.int(device), C.int(code)) == 0 {
		panic(fmt.Sprintf("cudatest: there is no device %d", device))
	}
}

// Calls is how often the named entry point was called since Reset. It panics
// when the driver has no such call.
func Calls(call string) int {
	name := C.CString(call)
	defer C.free(unsafe.Pointer(name))
	n := C.tandem_cudatest_count(name)
	if n < 0 {
		panic("cudatest: the driver has no call " + call)
	}
	return int(n)
}

// Names lists the entry points that the driver has.
func Names() []string {
	var names []string
	for i := C.int(0); ; i++ {
		name := C.tandem_cudatest_name(i)
		if name == nil {
			return names
		}
		names = append(names, C.GoString(name))
	}
}
