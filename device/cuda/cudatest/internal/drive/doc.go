// Package drive calls the CUDA driver for the tests of package cudatest: C is
// not allowed in test files. It also has the kernels that these tests launch.
package drive
