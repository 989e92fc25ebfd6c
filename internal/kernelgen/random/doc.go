// Package random writes random kernels: valid programs of the kernel language, with
// the code that compares what tandemgen makes of them with the functions
// themselves.
package random
