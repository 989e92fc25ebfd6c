//go:build cuda && linux && cgo

package cuda

/*
#cgo noescape tandem_cuda_launch
#cgo nocallback tandem_cuda_launch
#cgo nocallback tandem_cuda_graph_replay
#cgo nocallback tandem_cuda_stream_wait
#cgo nocallback tandem_cuda_event_record
#cgo nocallback tandem_cuda_event_query
#cgo nocallback tandem_cuda_upload
#cgo nocallback tandem_cuda_download
#cgo noescape tandem_cuda_upload
#cgo noescape tandem_cuda_download
#include <stdlib.h>
#include "native.h"
*/
import "C"

import (
	"bytes"
	"unsafe"

	_ "github.com/tandem-go/tandem/device/cuda/internal/driver" // finds the driver when it is first called; must come before cu

	"gorgonia.org/cu"
)

// handle is the driver's name for a thing: a context, a stream, an address on
// the device. It is no pointer of Go's.
type handle uintptr

// pointer is the handle as C has it.
func (h handle) pointer() unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&h)) }

// launch is one launch as native.c takes it.
// The C types that other files name.
type (
	launch  = C.tandem_launch
	cUint   = C.uint32_t
	cHandle = C.tandem_handle
)

const maxBuffers = C.TANDEM_MAX_BUFFERS

// context is the primary context of a device. All calls act on it, whatever
// thread they come from, and leave it as that thread's current one.
type context struct {
	h C.tandem_handle
}

// contextOf takes the context out of package cu's, whose only field it is.
func contextOf(c cu.CUContext) context {
	return context{C.tandem_handle(*(*uintptr)(unsafe.Pointer(&c)))}
}

// launch enqueues all of l, or the first of them up to the one that is refused.
func (c context) launch(stream handle, l []launch, args []uint64) error {
	var at *C.uint64_t
	if len(args) > 0 {
		at = (*C.uint64_t)(unsafe.Pointer(&args[0]))
	}
	return outcome("cuLaunchKernel", C.tandem_cuda_launch(c.h, C.tandem_handle(stream), &l[0], C.uint32_t(len(l)), at))
}

// capture keeps all of l.
func (c context) capture(stream handle, l []launch, args []uint64) (handle, error) {
	var h C.tandem_handle
	r := C.tandem_cuda_graph_capture(c.h, C.tandem_handle(stream), &l[0], C.uint32_t(len(l)), (*C.uint64_t)(unsafe.Pointer(unsafe.SliceData(args))), &h)
	return handle(h), outcome("cuStreamEndCapture", r)
}

func (c context) replay(graph, stream handle) error {
	return outcome("cuGraphLaunch", C.tandem_cuda_graph_replay(c.h, C.tandem_handle(graph), C.tandem_handle(stream)))
}

func (c context) destroyGraph(g handle) error {
	return outcome("cuGraphExecDestroy", C.tandem_cuda_graph_destroy(c.h, C.tandem_handle(g)))
}

func (c context) newStream() (handle, error) {
	var h C.tandem_handle
	r := C.tandem_cuda_stream_create(c.h, &h)
	return handle(h), outcome("cuStreamCreate", r)
}

func (c context) destroyStream(s handle) error {
	return outcome("cuStreamDestroy", C.tandem_cuda_stream_destroy(c.h, C.tandem_handle(s)))
}

func (c context) synchronize(s handle) error {
	return outcome("cuStreamSynchronize", C.tandem_cuda_stream_synchronize(c.h, C.tandem_handle(s)))
}

// waitEvent makes a stream wait for what the event has been recorded behind.
func (c context) waitEvent(stream, event handle) error {
	return outcome("cuStreamWaitEvent", C.tandem_cuda_stream_wait(c.h, C.tandem_handle(stream), C.tandem_handle(event)))
}

func (c context) newEvent() (handle, error) {
	var h C.tandem_handle
	r := C.tandem_cuda_event_create(c.h, &h)
	return handle(h), outcome("cuEventCreate", r)
}

func (c context) destroyEvent(e handle) error {
	return outcome("cuEventDestroy", C.tandem_cuda_event_destroy(c.h, C.tandem_handle(e)))
}

func (c context) record(event, stream handle) error {
	return outcome("cuEventRecord", C.tandem_cuda_event_record(c.h, C.tandem_handle(event), C.tandem_handle(stream)))
}

// passed reports whether the device has come to the event.
func (c context) passed(event handle) (bool, error) {
	r := C.tandem_cuda_event_query(c.h, C.tandem_handle(event))
	if result(r) == resultNotReady {
		return false, nil
	}
	return r == 0, outcome("cuEventQuery", r)
}

// await blocks until the device has come to the event.
func (c context) await(event handle) error {
	return outcome("cuEventSynchronize", C.tandem_cuda_event_await(c.h, C.tandem_handle(event), C.uint64_t(spin.Nanoseconds())))
}

// upload and download take page-locked memory.
func (c context) upload(stream, dst handle, src []byte) error {
	r := C.tandem_cuda_upload(c.h, C.tandem_handle(stream), C.tandem_handle(dst), unsafe.Pointer(&src[0]), C.size_t(len(src)))
	return outcome("cuMemcpyHtoDAsync", r)
}

func (c context) download(stream handle, dst []byte, src handle) error {
	r := C.tandem_cuda_download(c.h, C.tandem_handle(stream), unsafe.Pointer(&dst[0]), C.tandem_handle(src), C.size_t(len(dst)))
	return outcome("cuMemcpyDtoHAsync", r)
}

func (c context) copyPeer(stream, dst handle, from context, src handle, n int64) error {
	r := C.tandem_cuda_copy_peer(c.h, C.tandem_handle(stream), C.tandem_handle(dst), from.h, C.tandem_handle(src), C.size_t(n))
	return outcome("cuMemcpyPeerAsync", r)
}

func (c context) enablePeer(peer context) error {
	return outcome("cuCtxEnablePeerAccess", C.tandem_cuda_enable_peer(c.h, peer.h))
}

// newPool makes a pool that keeps that many bytes nobody uses.
func (c context) newPool(device int, keep int64) (handle, error) {
	var h C.tandem_handle
	r := C.tandem_cuda_pool_create(c.h, C.int(device), C.uint64_t(keep), &h)
	return handle(h), outcome("cuMemPoolCreate", r)
}

// sharePool lets another device reach the memory of a pool.
func (c context) sharePool(pool handle, device int) error {
	return outcome("cuMemPoolSetAccess", C.tandem_cuda_pool_share(c.h, C.tandem_handle(pool), C.int(device)))
}

func (c context) trimPool(pool handle) error {
	return outcome("cuMemPoolTrimTo", C.tandem_cuda_pool_trim(c.h, C.tandem_handle(pool)))
}

func (c context) destroyPool(pool handle) error {
	return outcome("cuMemPoolDestroy", C.tandem_cuda_pool_destroy(c.h, C.tandem_handle(pool)))
}

func (c context) alloc(pool, stream handle, n int64) (handle, error) {
	var h C.tandem_handle
	r := C.tandem_cuda_alloc(c.h, C.tandem_handle(pool), C.tandem_handle(stream), C.size_t(n), &h)
	return handle(h), outcome("cuMemAlloc", r)
}

func (c context) free(pool, stream, address handle) error {
	return outcome("cuMemFree", C.tandem_cuda_free(c.h, C.tandem_handle(pool), C.tandem_handle(stream), C.tandem_handle(address)))
}

func (c context) memoryInfo() (available, total int64, err error) {
	var a, t C.size_t
	r := C.tandem_cuda_memory_info(c.h, &a, &t)
	return int64(a), int64(t), outcome("cuMemGetInfo", r)
}

func (c context) allocHost(n int64) ([]byte, error) {
	var p unsafe.Pointer
	if err := outcome("cuMemHostAlloc", C.tandem_cuda_host_alloc(c.h, C.size_t(n), &p)); err != nil {
		return nil, err
	}
	return unsafe.Slice((*byte)(p), n), nil
}

func (c context) freeHost(b []byte) error {
	return outcome("cuMemFreeHost", C.tandem_cuda_host_free(c.h, unsafe.Pointer(&b[0])))
}

func (c context) registerHost(b []byte) error {
	return outcome("cuMemHostRegister", C.tandem_cuda_host_register(c.h, unsafe.Pointer(&b[0]), C.size_t(len(b))))
}

// unregisterHost takes an address: the memory may be Go's and collected by now.
func (c context) unregisterHost(at uintptr) error {
	return outcome("cuMemHostUnregister", C.tandem_cuda_host_unregister(c.h, C.tandem_handle(at)))
}

// onHeap reports whether p points into Go's heap, at an object that nobody has
// pinned. The runtime has no question for that, but refuses to give C memory
// that holds such a pointer (cgo's rules on passing pointers). Where a program
// has switched the check off, with GODEBUG=cgocheck=0, the answer is no.
func onHeap(p *byte) (is bool) {
	defer func() { is = recover() != nil }()
	C.tandem_cuda_ignore(unsafe.Pointer(&struct{ p *byte }{p}))
	return false
}

// logSize is room for what a compiler has to say. Its first error is what counts.
const logSize = 16 << 10

// loadModule translates PTX. What the compiler said comes with the error.
func (c context) loadModule(ptx string) (m handle, log string, err error) {
	image := make([]byte, len(ptx)+1)
	copy(image, ptx)
	text := make([]byte, logSize)
	var h C.tandem_handle
	r := C.tandem_cuda_module_load(c.h, (*C.char)(unsafe.Pointer(&image[0])), (*C.char)(unsafe.Pointer(&text[0])), logSize, &h)
	return handle(h), cString(text), outcome("cuModuleLoadDataEx", r)
}

func (c context) unloadModule(m handle) error {
	return outcome("cuModuleUnload", C.tandem_cuda_module_unload(c.h, C.tandem_handle(m)))
}

// function finds a function of a module, the threads that a block of it may
// have, and the bytes of shared memory that its text takes.
func (c context) function(m handle, name string) (f handle, threads, shared int, err error) {
	text := append([]byte(name), 0)
	var h C.tandem_handle
	var nthreads, nshared C.int
	r := C.tandem_cuda_function(c.h, C.tandem_handle(m), (*C.char)(unsafe.Pointer(&text[0])), &h, &nthreads, &nshared)
	return handle(h), int(nthreads), int(nshared), outcome("cuModuleGetFunction", r)
}

func (c context) allowShared(f handle, nbytes int) error {
	return outcome("cuFuncSetAttribute", C.tandem_cuda_function_shared(c.h, C.tandem_handle(f), C.int(nbytes)))
}

// describe is the driver's name and text of a result.
func describe(r result) (name, text string) {
	var n, t [256]byte
	C.tandem_cuda_describe(C.int(r), (*C.char)(unsafe.Pointer(&n[0])), (*C.char)(unsafe.Pointer(&t[0])), C.size_t(len(n)))
	return cString(n[:]), cString(t[:])
}

func cString(b []byte) string {
	if n := bytes.IndexByte(b, 0); n >= 0 {
		b = b[:n]
	}
	return string(b)
}

// outcome is the error of a call's result, nil for success.
func outcome(call string, r C.int) error {
	if r == 0 {
		return nil
	}
	return newCallError(call, result(r))
}
