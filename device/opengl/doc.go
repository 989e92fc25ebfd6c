// Package opengl is the OpenGL backend of package device: compute shaders on
// every GPU that has OpenGL 4.3, without a window system.
//
// Importing the package registers the backend. It needs the build tag opengl,
// Linux and cgo; a build without them has the same API and answers
// device.ErrUnsupported with the reason. libEGL.so.1 is loaded when devices are
// looked for, so a program with the tag starts on machines without it.
//
// # Devices
//
// Devices are called opengl:0, opengl:1 and so on: those that EGL enumerates,
// hardware before software, a GPU that two drivers offer only once. Mesa's
// software renderer (llvmpipe) is a device too, the last one; it says so in
// Caps.HostCores. The variable [EnvSoftware] hides or multiplies it.
//
// # Threads and order
//
// An OpenGL context belongs to one OS thread, so every device has a goroutine
// of its own, locked to its thread. Streams queue their commands for it; it
// takes them a few at a time from each stream in turn. A stream that waits for
// an event is put aside until the event's place in the order has been passed
// to the driver. Commands are cheap to queue; Alloc, Compile and Synchronize
// wait for the thread and so for the command it is executing.
//
// # Memory
//
// The budget is what the driver says is free, less a tenth; 1 GiB where it
// says nothing; a quarter of the machine's memory for a software renderer.
//
// # Faults
//
// A context that the driver resets is lost: every stream and event answers
// device.ErrLost, Close still frees it. A device whose driver makes no progress
// for 30 seconds while Alloc, Compile, NewStream or Close wait for it is given
// up with device.ErrLost and device.ErrTimeout; its thread stays behind in the
// driver, and host memory of commands it was executing must not be reused.
package opengl

// EnvSoftware is the environment variable that says how often the software
// renderer is listed: 0 hides it, N of 2 or more lists it N times, each with
// a context and a thread of its own, which lets a machine without a GPU try
// programs for several. Unset means once. The copies share the processor and
// the memory budget.
const EnvSoftware = "TANDEM_OPENGL_SOFTWARE"

const backendName = "opengl"
