// Package hybrid runs numeric work on everything a machine has at once.
//
// A [Scheduler] owns the devices of the machine and a pool of CPU workers. It
// cuts a launch into pieces, gives every device its share, and lets whoever
// runs dry steal from whoever has most left. [Open] finds the devices; the tags
// of the build, and TANDEM_DEVICES, say which there may be.
//
// # Launches
//
// [Scheduler.Launch] runs an operation of package kernels, or a kernel of one's own,
// over slices of the caller's or over a [Buffer], which stays on the devices that
// used it last. A [Report] tells who did what. [Sum], [Gemm] and their like are
// launches of the usual kind in one call; [Store] and [SumOf] run expressions of
// package expr; a [Sequence] repeats launches on buffers. Operations of several
// launches, as sorting and Fourier transforms, are in packages below kernels, and
// take the scheduler as an argument.
//
// [Scheduler.BLAS] is gonum's BLAS over the same devices, for blas64.Use.
//
// # Tasks
//
// [Submit] queues a Go function with a [Priority], dependencies, deadlines and
// retries, and answers a [Future]; [Scheduler.Run] does so for a program of the
// machine. [Map] and [ForEach] do it for many items. [Scheduler.For], [Fork],
// [Scheduler.Do] and [ParallelSort] work on the caller's goroutine at once, in
// company of the workers.
//
// # Rules
//
// Everything may be called from any number of goroutines. Whatever blocks takes a
// context and answers its cause when it ends. Slices that are passed are the call's
// until it returns, those of a task until its future is resolved; two launches at a
// time must not write the same elements. [Scheduler.Close] ends what is under way
// and frees everything; [Scheduler.Shutdown] lets it come to its end before.
//
// Mistakes in arguments are an [*ArgumentError], which says which. A device's failure
// costs a line in the log as long as another can do its work, and is a [*DeviceError]
// otherwise. A panic in a kernel or a task becomes a [*PanicError].
package hybrid
