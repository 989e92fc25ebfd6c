//go:build cuda && linux && cgo

package drive

// #cgo CFLAGS: -std=gnu11 -Wall -Wextra -Wno-unused-parameter -I${SRCDIR}/../../../include
// #cgo CXXFLAGS: -std=c++17 -Wall -Wextra -fno-exceptions -I${SRCDIR}/../..
// #cgo asan CXXFLAGS: -fsanitize=address
// #include <cuda.h>
import "C"

import (
	"unsafe"

	_ "github.com/tandem-go/tandem/device/cuda/internal/driver" // defines what is called here
)

type (
	// Ctx is a context's handle.
	Ctx = C.CUcontext
	// Stream is a stream's.
	Stream = C.CUstream
	// Event is an event's.
	Event = C.CUevent
	// Module is a module's.
	Module = C.CUmodule
	// Func is that of a function of a module.
	Func = C.CUfunction
	// Pool is a memory pool's.
	Pool = C.CUmemoryPool
	// Graph is a graph's.
	Graph = C.CUgraph
	// Exec is an executable graph's.
	Exec = C.CUgraphExec
	// Ptr is an address in device memory.
	Ptr = uint64
)

// Results that tests name.
const (
	Success         = int(C.CUDA_SUCCESS)
	InvalidValue    = int(C.CUDA_ERROR_INVALID_VALUE)
	OutOfMemory     = int(C.CUDA_ERROR_OUT_OF_MEMORY)
	InvalidDevice   = int(C.CUDA_ERROR_INVALID_DEVICE)
	InvalidContext  = int(C.CUDA_ERROR_INVALID_CONTEXT)
	Destroyed       = int(C.CUDA_ERROR_CONTEXT_IS_DESTROYED)
	InvalidPTX      = int(C.CUDA_ERROR_INVALID_PTX)
	UnsupportedPTX  = int(C.CUDA_ERROR_UNSUPPORTED_PTX_VERSION)
	InvalidHandle   = int(C.CUDA_ERROR_INVALID_HANDLE)
	NotFound        = int(C.CUDA_ERROR_NOT_FOUND)
	NotReady        = int(C.CUDA_ERROR_NOT_READY)
	IllegalAddress  = int(C.CUDA_ERROR_ILLEGAL_ADDRESS)
	Assert          = int(C.CUDA_ERROR_ASSERT)
	LaunchFailed    = int(C.CUDA_ERROR_LAUNCH_FAILED)
	ECC             = int(C.CUDA_ERROR_ECC_UNCORRECTABLE)
	AlreadyEnabled  = int(C.CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED)
	PeerUnsupported = int(C.CUDA_ERROR_PEER_ACCESS_UNSUPPORTED)
	Registered      = int(C.CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED)
	NotRegistered   = int(C.CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED)
	CaptureUnsafe   = int(C.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED)
	CaptureInvalid  = int(C.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED)
	CaptureUnjoined = int(C.CUDA_ERROR_STREAM_CAPTURE_UNJOINED)
	CaptureIsolated = int(C.CUDA_ERROR_STREAM_CAPTURE_ISOLATION)
	NotSupported    = int(C.CUDA_ERROR_NOT_SUPPORTED)
	Unknown         = int(C.CUDA_ERROR_UNKNOWN)
)

// DeviceAttribute is cuDeviceGetAttribute.
func DeviceAttribute(attribute, dev int) (v int, r int) {
	var c C.int
	r = int(C.cuDeviceGetAttribute(&c, C.CUdevice_attribute(attribute), C.CUdevice(dev)))
	return int(c), r
}

// Retain is cuDevicePrimaryCtxRetain.
func Retain(dev int) (ctx Ctx, r int) {
	r = int(C.cuDevicePrimaryCtxRetain(&ctx, C.CUdevice(dev)))
	return ctx, r
}

// Release is cuDevicePrimaryCtxRelease_v2.
func Release(dev int) int { return int(C.cuDevicePrimaryCtxRelease_v2(C.CUdevice(dev))) }

// ResetPrimary is cuDevicePrimaryCtxReset_v2.
func ResetPrimary(dev int) int { return int(C.cuDevicePrimaryCtxReset_v2(C.CUdevice(dev))) }

// SetCurrent is cuCtxSetCurrent.
func SetCurrent(ctx Ctx) int { return int(C.cuCtxSetCurrent(ctx)) }

// Synchronize is cuCtxSynchronize.
func Synchronize() int { return int(C.cuCtxSynchronize()) }

// EnablePeerAccess is cuCtxEnablePeerAccess.
func EnablePeerAccess(p Ctx) int { return int(C.cuCtxEnablePeerAccess(p, 0)) }

// DisablePeerAccess is cuCtxDisablePeerAccess.
func DisablePeerAccess(p Ctx) int { return int(C.cuCtxDisablePeerAccess(p)) }

// Alloc is cuMemAlloc_v2.
func Alloc(nbytes int) (p Ptr, r int) {
	var c C.CUdeviceptr
	r = int(C.cuMemAlloc_v2(&c, C.size_t(nbytes)))
	return Ptr(c), r
}

// Free is cuMemFree_v2.
func Free(p Ptr) int { return int(C.cuMemFree_v2(C.CUdeviceptr(p))) }

// MemInfo is cuMemGetInfo_v2.
func MemInfo() (free, total int, r int) {
	var f, t C.size_t
	r = int(C.cuMemGetInfo_v2(&f, &t))
	return int(f), int(t), r
}

// HostAlloc is cuMemHostAlloc.
func HostAlloc(nbytes int) (b []byte, r int) {
	var p unsafe.Pointer
	r = int(C.cuMemHostAlloc(&p, C.size_t(nbytes), 0))
	if r == Success {
		b = unsafe.Slice((*byte)(p), nbytes)
	}
	return b, r
}

// FreeHost is cuMemFreeHost.
func FreeHost(b []byte) int { return int(C.cuMemFreeHost(unsafe.Pointer(&b[0]))) }

// Register is cuMemHostRegister_v2.
func Register(b []byte) int {
	return int(C.cuMemHostRegister_v2(unsafe.Pointer(&b[0]), C.size_t(len(b)), 0))
}

// Unregister is cuMemHostUnregister.
func Unregister(b []byte) int { return int(C.cuMemHostUnregister(unsafe.Pointer(&b[0]))) }

// Upload is cuMemcpyHtoD_v2.
func Upload(dst Ptr, src []byte) int {
	return int(C.cuMemcpyHtoD_v2(C.CUdeviceptr(dst), unsafe.Pointer(unsafe.SliceData(src)), C.size_t(len(src))))
}

// Download is cuMemcpyDtoH_v2.
func Download(dst []byte, src Ptr) int {
	return int(C.cuMemcpyDtoH_v2(unsafe.Pointer(unsafe.SliceData(dst)), C.CUdeviceptr(src), C.size_t(len(dst))))
}

// UploadAsync is cuMemcpyHtoDAsync_v2.
func UploadAsync(dst Ptr, src []byte, s Stream) int {
	return int(C.cuMemcpyHtoDAsync_v2(C.CUdeviceptr(dst), unsafe.Pointer(unsafe.SliceData(src)), C.size_t(len(src)), s))
}

// DownloadAsync is cuMemcpyDtoHAsync_v2.
func DownloadAsync(dst []byte, src Ptr, s Stream) int {
	return int(C.cuMemcpyDtoHAsync_v2(unsafe.Pointer(unsafe.SliceData(dst)), C.CUdeviceptr(src), C.size_t(len(dst)), s))
}

// CopyAsync is cuMemcpyDtoDAsync_v2.
func CopyAsync(dst, src Ptr, nbytes int, s Stream) int {
	return int(C.cuMemcpyDtoDAsync_v2(C.CUdeviceptr(dst), C.CUdeviceptr(src), C.size_t(nbytes), s))
}

// CopyPeerAsync is cuMemcpyPeerAsync.
func CopyPeerAsync(dst Ptr, dstCtx Ctx, src Ptr, srcCtx Ctx, nbytes int, s Stream) int {
	return int(C.cuMemcpyPeerAsync(C.CUdeviceptr(dst), dstCtx, C.CUdeviceptr(src), srcCtx, C.size_t(nbytes), s))
}

// SetD32Async is cuMemsetD32Async.
func SetD32Async(dst Ptr, value uint32, n int, s Stream) int {
	return int(C.cuMemsetD32Async(C.CUdeviceptr(dst), C.uint(value), C.size_t(n), s))
}

// PoolCreate is cuMemPoolCreate.
func PoolCreate(dev int) (p Pool, r int) {
	var props C.CUmemPoolProps
	props.allocType = C.CU_MEM_ALLOCATION_TYPE_PINNED
	props.location._type = C.CU_MEM_LOCATION_TYPE_DEVICE
	props.location.id = C.int(dev)
	r = int(C.cuMemPoolCreate(&p, &props))
	return p, r
}

// PoolDestroy is cuMemPoolDestroy.
func PoolDestroy(p Pool) int { return int(C.cuMemPoolDestroy(p)) }

// PoolTrim is cuMemPoolTrimTo.
func PoolTrim(p Pool, nbytes int) int { return int(C.cuMemPoolTrimTo(p, C.size_t(nbytes))) }

// PoolThreshold is cuMemPoolSetAttribute.
func PoolThreshold(p Pool, nbytes uint64) int {
	v := C.cuuint64_t(nbytes)
	return int(C.cuMemPoolSetAttribute(p, C.CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, unsafe.Pointer(&v)))
}

// AllocFromPool is cuMemAllocFromPoolAsync.
func AllocFromPool(nbytes int, p Pool, s Stream) (ptr Ptr, r int) {
	var c C.CUdeviceptr
	r = int(C.cuMemAllocFromPoolAsync(&c, C.size_t(nbytes), p, s))
	return Ptr(c), r
}

// FreeAsync is cuMemFreeAsync.
func FreeAsync(p Ptr, s Stream) int { return int(C.cuMemFreeAsync(C.CUdeviceptr(p), s)) }

// NewStream is cuStreamCreate.
func NewStream(nonBlocking bool) (s Stream, r int) {
	var flags C.uint
	if nonBlocking {
		flags = C.CU_STREAM_NON_BLOCKING
	}
	r = int(C.cuStreamCreate(&s, flags))
	return s, r
}

// StreamDestroy is cuStreamDestroy_v2.
func StreamDestroy(s Stream) int { return int(C.cuStreamDestroy_v2(s)) }

// StreamSynchronize is cuStreamSynchronize.
func StreamSynchronize(s Stream) int { return int(C.cuStreamSynchronize(s)) }

// StreamQuery is cuStreamQuery.
func StreamQuery(s Stream) int { return int(C.cuStreamQuery(s)) }

// StreamWaitEvent is cuStreamWaitEvent.
func StreamWaitEvent(s Stream, e Event) int { return int(C.cuStreamWaitEvent(s, e, 0)) }

// NewEvent is cuEventCreate.
func NewEvent(timing bool) (e Event, r int) {
	var flags C.uint
	if !timing {
		flags = C.CU_EVENT_DISABLE_TIMING
	}
	r = int(C.cuEventCreate(&e, flags))
	return e, r
}

// EventDestroy is cuEventDestroy_v2.
func EventDestroy(e Event) int { return int(C.cuEventDestroy_v2(e)) }

// EventRecord is cuEventRecord.
func EventRecord(e Event, s Stream) int { return int(C.cuEventRecord(e, s)) }

// EventQuery is cuEventQuery.
func EventQuery(e Event) int { return int(C.cuEventQuery(e)) }

// EventSynchronize is cuEventSynchronize.
func EventSynchronize(e Event) int { return int(C.cuEventSynchronize(e)) }

// ElapsedTime is cuEventElapsedTime.
func ElapsedTime(a, b Event) (ms float32, r int) {
	var c C.float
	r = int(C.cuEventElapsedTime(&c, a, b))
	return float32(c), r
}

// BeginCapture has every thread keep away from what might wait for the stream.
func BeginCapture(s Stream) int {
	return int(C.cuStreamBeginCapture_v2(s, C.CU_STREAM_CAPTURE_MODE_GLOBAL))
}

// EndCapture is cuStreamEndCapture.
func EndCapture(s Stream) (g Graph, r int) {
	r = int(C.cuStreamEndCapture(s, &g))
	return g, r
}

// Instantiate is cuGraphInstantiateWithFlags.
func Instantiate(g Graph) (e Exec, r int) {
	r = int(C.cuGraphInstantiateWithFlags(&e, g, 0))
	return e, r
}

// GraphLaunch is cuGraphLaunch.
func GraphLaunch(e Exec, s Stream) int { return int(C.cuGraphLaunch(e, s)) }

// GraphDestroy is cuGraphDestroy.
func GraphDestroy(g Graph) int { return int(C.cuGraphDestroy(g)) }

// ExecDestroy is cuGraphExecDestroy.
func ExecDestroy(e Exec) int { return int(C.cuGraphExecDestroy(e)) }

// Load loads PTX and answers the compiler's log when it is refused.
func Load(ptx string) (m Module, log string, r int) {
	text := C.CString(ptx)
	defer C.free(unsafe.Pointer(text))
	buffer := (*C.char)(C.calloc(1024, 1))
	defer C.free(unsafe.Pointer(buffer))
	options := [2]C.CUjit_option{C.CU_JIT_ERROR_LOG_BUFFER, C.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES}
	values := (*[2]unsafe.Pointer)(C.calloc(2, C.size_t(unsafe.Sizeof(uintptr(0)))))
	defer C.free(unsafe.Pointer(values))
	values[0] = unsafe.Pointer(buffer)
	*(*uintptr)(unsafe.Pointer(&values[1])) = 1024
	r = int(C.cuModuleLoadDataEx(&m, unsafe.Pointer(text), 2, &options[0], &values[0]))
	return m, C.GoString(buffer), r
}

// Unload is cuModuleUnload.
func Unload(m Module) int { return int(C.cuModuleUnload(m)) }

// GetFunction is cuModuleGetFunction.
func GetFunction(m Module, name string) (f Func, r int) {
	c := C.CString(name)
	defer C.free(unsafe.Pointer(c))
	r = int(C.cuModuleGetFunction(&f, m, c))
	return f, r
}

// GetGlobal is cuModuleGetGlobal_v2.
func GetGlobal(m Module, name string) (p Ptr, nbytes int, r int) {
	var ptr C.CUdeviceptr
	var n C.size_t
	c := C.CString(name)
	defer C.free(unsafe.Pointer(c))
	r = int(C.cuModuleGetGlobal_v2(&ptr, &n, m, c))
	return Ptr(ptr), int(n), r
}

// FuncAttribute is cuFuncGetAttribute.
func FuncAttribute(f Func, attribute int) (v int, r int) {
	var c C.int
	r = int(C.cuFuncGetAttribute(&c, C.CUfunction_attribute(attribute), f))
	return int(c), r
}

// SetFuncAttribute is cuFuncSetAttribute.
func SetFuncAttribute(f Func, attribute, value int) int {
	return int(C.cuFuncSetAttribute(f, C.CUfunction_attribute(attribute), C.int(value)))
}

// Launch passes each parameter as the bytes of a fixed-size value.
func Launch(f Func, grid, block [3]int, shared int, s Stream, params ...any) int {
	pointers := (*[64]unsafe.Pointer)(C.calloc(64, C.size_t(unsafe.Sizeof(uintptr(0)))))
	defer C.free(unsafe.Pointer(pointers))
	for i, p := range params {
		pointers[i] = C.calloc(1, 64)
		defer C.free(pointers[i])
		store(pointers[i], p)
	}
	return int(C.cuLaunchKernel(f, C.uint(grid[0]), C.uint(grid[1]), C.uint(grid[2]),
		C.uint(block[0]), C.uint(block[1]), C.uint(block[2]), C.uint(shared), s, &pointers[0], nil))
}

func store(at unsafe.Pointer, value any) {
	switch v := value.(type) {
	case Ptr:
		*(*Ptr)(at) = v
	case int64:
		*(*int64)(at) = v
	case uint32:
		*(*uint32)(at) = v
	case int32:
		*(*int32)(at) = v
	case float32:
		*(*float32)(at) = v
	case []uint32:
		copy((*[16]uint32)(at)[:], v)
	default:
		panic("drive: no such parameter")
	}
}

// ErrorName is cuGetErrorName.
func ErrorName(code int) string {
	var s *C.char
	C.cuGetErrorName(C.CUresult(code), &s)
	return C.GoString(s)
}
