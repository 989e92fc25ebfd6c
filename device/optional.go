package device

// What not every device can do. Whoever wants one of these abilities asserts it
// once, when the device is opened.

// HostAllocator is a device that hands out page-locked memory of the host,
// which it copies from and to at full speed and behind its caller's back. Any
// other memory goes through a copy.
type HostAllocator interface {
	// AllocHost returns nbytes bytes of undefined content. It fails with
	// ErrOutOfMemory when as much is page-locked as may be: ordinary memory
	// does as well then, only slower.
	AllocHost(nbytes int64) (HostMemory, error)
}

// HostMemory is page-locked memory of the host.
type HostMemory interface {
	// Bytes is the memory. It must not be touched after Free, nor after its
	// device has been closed.
	Bytes() []byte
	// Free gives the memory back once the commands already enqueued that use
	// it are done. A second Free gives ErrClosed.
	Free() error
}

// HostRegistrar is a device that page-locks memory that exists already, so that
// copies from it need no other copy.
type HostRegistrar interface {
	// RegisterHost page-locks host until the result is freed. The memory must
	// stay where it is, and mapped, until then: memory of Go's heap is kept
	// alive, any other is the caller's to keep. Commands of the device may
	// read it for as long as they run, also after they have been given up.
	// It fails with ErrOutOfMemory as AllocHost does.
	RegisterHost(host []byte) (HostMemory, error)
}

// HeapRegistrar is a device that page-locks memory of Go's heap without keeping it
// from being collected, so that uploads from it need no other copy. Downloads into
// it go the way that they go without: whoever gives up on a device may rely on it
// that what is the caller's is not written any more.
type HeapRegistrar interface {
	// RegisterHeap page-locks host, which must be part of one object of Go's
	// heap, until the object is collected or the result is freed. It takes the
	// driver about as long as a few copies of host. It fails with
	// ErrUnsupported for memory that is not of the heap or is pinned, with
	// ErrOutOfMemory when as much is page-locked as may be, and with ErrInvalid
	// for memory of which a part is page-locked already.
	RegisterHeap(host []byte) (Registration, error)
}

// Registration is memory of Go's heap that is page-locked. Its methods may be
// called from any number of goroutines.
type Registration interface {
	// Alive reports whether the memory is still page-locked: it has been
	// neither collected nor freed, nor has its device been lost. Where the
	// caller holds the memory that it has registered, and Alive answers true,
	// uploads from it are the device's own work.
	Alive() bool
	// Free gives the memory back to the caller alone, once the commands already
	// enqueued that use it are done. Later calls do nothing.
	Free()
}

// PeerStream is a stream that copies from another device's memory without a
// stop in the host's.
type PeerStream interface {
	// CanCopyPeer reports whether src is a buffer that CopyPeer takes.
	CanCopyPeer(src Buffer) bool
	// CopyPeer enqueues the copy of n bytes, from srcOffset bytes into src, a
	// buffer of another device, to offset bytes into dst. What src shall hold
	// must have been written when CopyPeer is called. Freeing src waits for
	// the copy.
	CopyPeer(dst Buffer, offset int64, src Buffer, srcOffset, n int64) error
}

// Execution is one launch of a batch.
type Execution struct {
	Program  Program
	Dispatch Dispatch
}

// BatchStream is a stream that takes many launches at little more than the
// driver's own cost for each.
type BatchStream interface {
	// LaunchBatch enqueues the executions in their order. When one is invalid
	// none is enqueued. The slices may be reused as soon as it returns.
	LaunchBatch(all []Execution) error
}

// GraphStream is a stream that keeps launches and enqueues them again at the price
// of one.
type GraphStream interface {
	// Capture checks the executions as LaunchBatch does, and keeps them without
	// enqueuing any. It fails with ErrUnsupported where they, or the device,
	// cannot be kept. The slices may be reused as soon as it returns.
	Capture(all []Execution) (Graph, error)
	// Replay enqueues all of a graph that this stream has captured. A buffer or
	// program that has been given back since fails it, with ErrClosed.
	Replay(g Graph) error
}

// Graph is launches that a stream has captured.
type Graph interface {
	// Close gives the graph up; what is enqueued of it goes on. A second Close
	// gives ErrClosed.
	Close() error
}
