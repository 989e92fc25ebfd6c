// Package cudatest is a CUDA driver inside the process, for tests on machines
// without a GPU.
package cudatest
