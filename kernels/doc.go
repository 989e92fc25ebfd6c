// Package kernels has the operations that Tandem runs on its devices, and the
// way to add one's own.
//
// A [Kernel] is an operation over an index space with a variant for each kind of
// device: a Go function over [lo, hi) for CPU workers, a compute shader for
// OpenGL, CUDA C and the PTX made of it for NVIDIA's GPUs. A constructor such as [Axpy] binds it to arguments and gives a
// [Launch], a plain value that a scheduler cuts into parts and runs. Arguments
// are slices or, for values that stay on devices, resident buffers.
//
// # Ownership
//
// A launch refers to its arguments' memory, which stays the caller's. While it
// runs nobody else may write what it reads or touch what it writes. An output
// may be the same slice as an input only where the documentation says so; other
// overlaps are refused.
//
// # Accuracy
//
// Each operation states the bound of its error for each kind of device, and where
// the bound comes from. u is half a unit in the last place of 1: 2^-24 for
// float32, 2^-53 for float64. A variant whose operations are stated to be
// identical rounds each of them as IEEE 754 asks, without fusing a product with a
// sum, so that devices agree to the last bit; on arm64, Go itself may fuse.
//
// # One's own kernels
//
// [Define] describes a kernel; [NewLaunch] binds it. A kernel needs a Go variant;
// each other one lets it run on more devices. [Kernel.Source] says what a shader and
// what CUDA C find declared for them. CUDA C without PTX beside it is compiled when
// it first runs on a GPU, by NVRTC, where that library can be found; to do so ahead,
// compile [Kernel.CUDAText] and set [Function.PTX]. The example of Define has all of
// this for y[i] = a*x[i]^2.
//
// The tests of this package, and kerneltest, show how a variant is held to its
// bound on every device. Maps are written as Go functions, of which tandemgen makes
// all variants (docs/kernels.md). The other CUDA variants of this package are in the
// .cu files beside it. Each begins with what its tiles are; the numbers of registers
// named in comments are those of ptxas 11.8.
package kernels
