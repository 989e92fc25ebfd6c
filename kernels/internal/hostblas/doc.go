// Package hostblas multiplies matrices on the processor, for one part of a
// product at a time: its callers are the parallel ones.
//
// With the build tag openblas it does so by OpenBLAS on one thread (package
// openblas), which it looks for when a program first multiplies; without the tag,
// or where there is no OpenBLAS, by packed panels and a microkernel on processors
// with AVX2, and by gonum on others and for what is too small for either. One budget
// of threads serves the whole process.
//
// The functions have the signatures, the row-major layout and the panics of
// gonum's, and may be called by any number of goroutines.
package hostblas

// gemmFunc is the shape of Sgemm and Dgemm.
type gemmFunc[T float32 | float64] = func(tA, tB Transpose, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int)
