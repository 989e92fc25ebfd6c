// Package drive calls the CUDA driver for the tests of package cudatest: C is
// not allowed in test files. A function is one call and answers its CUresult. It
// also has the kernels that these tests launch.
package drive
