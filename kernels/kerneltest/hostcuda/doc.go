// Package hostcuda compiles the CUDA variants of the built-in kernels for the host:
// the .cu files that PTX is made from, and the same preludes, by the header that
// device/cuda/cudatest has for this. Importing it, with the tag cuda, makes the
// kernels known to that package's driver in process, which executes them where a
// GPU's driver would execute the PTX. A program without the tag has nothing of it.
//
// It is for tests: on a machine without a GPU they run the kernels' arithmetic and
// their accesses to memory, under the address sanitizer too.
package hostcuda

//go:generate go run ./generate
