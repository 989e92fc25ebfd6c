// Package testkernels holds the kernels of device/cuda's tests: as CUDA C, as
// PTX made from it, and compiled for the host, which registers them with the
// driver in process of package cudatest.
package testkernels
