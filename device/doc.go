// Package device is the contract between Tandem and whatever executes kernels.
//
// A [Device] owns memory and executes programs: an OpenGL context, a CUDA GPU,
// the host itself, a simulated machine in a test. Work reaches it through
// streams: a [Stream] runs its commands in the order they were enqueued and
// asynchronously to its caller; [Event] values order streams among each other
// and tell the host how far a stream has come.
//
// # Backends
//
// A backend is a package that calls [Register] from its init function, the way
// database/sql drivers do. [Probe] asks every registered backend what it has
// and keeps the reason when that is nothing; a [Selection] chooses among what
// was found. This package contains no cgo and knows no scheduler.
//
// # Ownership
//
// Whoever allocates a [Buffer], compiles a [Program] or opens a [Stream] frees
// it; [Device.Close] frees what is left. Host memory handed to
// [Stream.Upload] or [Stream.Download] belongs to the stream until an event
// recorded after the call has fired: until then nobody may write it (nor, for a
// download, read it).
//
// # Concurrency
//
// All methods of [Device], [Buffer], [Program] and [Event] may be called from
// any number of goroutines. A [Stream] serves one goroutine at a time; two
// streams of one device may be used by two goroutines at once.
//
// # Errors
//
// Every error of a backend is an [*Error], which names the operation and the
// device and wraps one of the sentinel values of this package. An error that a
// stream meets while it executes is kept by the stream: it is answered by the
// next call on that stream and by every event recorded after the failure, and
// the stream stays failed. Commands enqueued after the failing one have no
// effect. Other streams of the device go on, unless the device itself was lost
// ([ErrLost]).
package device
