// Package soft is a device made of software: its memory is the host's, its
// programs are Go functions, its streams are goroutines. The host backend is
// such a device as it stands; a simulated one adds a [Model] of time and faults.
//
// # Streams
//
// A stream has a goroutine only while it has commands: the first command starts
// it, and it ends when it finds the queue empty. Nothing is left to be joined
// once a stream is idle, and Close waits for that.
//
// # Locks
//
// [Device] has one mutex, which guards every field that callers and streams
// share; a stream takes it twice a command. No lock is held while a command is
// executed, so that a Model may sleep there.
package soft
