// Package host is the backend "cpu": the machine's own processor and memory as
// a device.
//
// Its one device, "cpu", takes programs that are Go functions. Its buffers are
// ordinary Go memory, its streams are goroutines: a launch runs on one
// goroutine, in order with the stream's other commands, and a program that
// panics fails its stream with a [device.PanicError]. To use all cores, a caller
// launches on several streams.
//
// Importing the package registers the backend.
package host
