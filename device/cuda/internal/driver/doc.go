// Package driver stands between the program and NVIDIA's driver, libcuda.so.1,
// which it loads when the first driver call is made and not when the program
// starts.
//
// gorgonia.org/cu links libcuda and ends the process from its init function
// where cuInit fails, so a program that uses it would not start on a machine
// without a GPU. With the tag cuda this package defines every function that
// include/cuda.h declares, as a trampoline: a jump through a slot that the
// first call fills with the driver's address. An empty libcuda.a satisfies
// cu's -lcuda. The symbols are hidden: libraries that are loaded later, such
// as cuBLAS, never see them.
//
// The linker reads the flags of packages in the order of their imports: those
// of main first, then those of what main imports, files by name. This package's
// --as-needed keeps libcuda.so.1 out of what the program needs to start only if
// it comes before cu's -lcuda, on machines where the linker finds a libcuda.so.
// So the first file of a package that imports cu imports this one, or one that
// imports it, before. CGO_LDFLAGS="-O2 -g -Wl,--as-needed" does the same for a
// whole build.
//
// Where there is no driver, [Load] says why, cuDeviceGetCount answers 0 devices
// and every other call its error. cuInit always succeeds and does nothing: the
// driver's is called when the driver is loaded. A function that an older driver
// does not have answers CUDA_ERROR_NOT_FOUND.
//
// The C face is driver.h. In tests something else can stand in for the driver:
// see tandem_cuda_redirect there.
//
// Everything here may be called from any goroutine or thread.
package driver
