// Package cuda is the CUDA backend of package device: NVIDIA GPUs.
//
// Importing the package registers the backend. It needs the build tag cuda,
// Linux and cgo; a build without them has the same API and answers
// device.ErrUnsupported with the reason. Neither CUDA nor a driver is needed to
// build: libcuda.so.1 is loaded when devices are looked for, so a program with
// the tag starts on machines without it.
//
// # Devices
//
// Devices are called cuda:0, cuda:1 and so on, in the driver's order, which
// CUDA_VISIBLE_DEVICES chooses. A device uses the primary context of its GPU and
// shares it with whatever else in the process does (cuBLAS, other packages). A
// call of this package leaves that context the calling thread's current one.
//
// # Streams and events
//
// A stream is a CUDA stream; its commands go to the driver in the caller's own
// goroutine, one call into C each, and no goroutine is locked to a thread.
// Events cost nothing until somebody asks for Done: then a goroutine of the
// event's stream waits for it in the driver, and ends when nobody waits any
// more. Host memory from AllocHost or RegisterHost is copied from and to by the
// device itself, and so is what is uploaded from memory of Go's heap that
// RegisterHeap has page-locked, which takes as long as several copies of it and ends
// when the memory is collected. Any other goes through a ring of page-locked pieces:
// an upload has been read when it returns; a long transfer waits when the device has
// not come round the ring.
//
// # Memory
//
// The budget is what the driver says is free when the device is opened, less a
// tenth. Memory comes from a pool of the device's own where the driver has
// pools, so that neither Alloc nor Free stops the device. When memory is short,
// Alloc waits a moment for buffers that were freed while in use, empties the
// pool, and tries again before it answers device.ErrOutOfMemory.
//
// # Programs
//
// A source is PTX, which the driver compiles, or CUDA C, which NVRTC compiles
// when it can be loaded; what it made is kept in the user's cache folder. A
// source that names a routine of cuBLAS is run by it when it can be loaded.
//
// # Faults
//
// A kernel that reads or writes where it must not ends its context, with
// everything in it: every stream and event answers device.ErrLost, and the
// driver gives the process no other context on that GPU. The process must be
// started again to use it; other GPUs are not touched. A device that makes no
// progress for 30 seconds while Close, Alloc or a transfer through the ring wait
// for it is given up with device.ErrLost and device.ErrTimeout: what it was
// doing goes on, so the memory it works on stays allocated. docs/cuda.md of the
// repository has what a user sees of this, and what to do.
package cuda

const backendName = "cuda"
