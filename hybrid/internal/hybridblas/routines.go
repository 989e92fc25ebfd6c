package hybridblas

import "gonum.org/v1/gonum/blas"

// routines are the wrapped BLAS for one element type, under names that don't
// depend on the type. For real types hemm, herk, her2k, hemv, her and her2 are
// symm, syrk, syr2k, symv, syr and syr2; scalars that must be real are given as
// elements.
type routines[T number] struct {
	gemm         func(tA, tB blas.Transpose, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int)
	symm, hemm   func(s blas.Side, ul blas.Uplo, m, n int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int)
	syrk, herk   func(ul blas.Uplo, t blas.Transpose, n, k int, alpha T, a []T, lda int, beta T, c []T, ldc int)
	syr2k, her2k func(ul blas.Uplo, t blas.Transpose, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int)
	trmm, trsm   func(s blas.Side, ul blas.Uplo, t blas.Transpose, d blas.Diag, m, n int, alpha T, a []T, lda int, b []T, ldb int)

	gemv      func(t blas.Transpose, m, n int, alpha T, a []T, lda int, x []T, incX int, beta T, y []T, incY int)
	hemv      func(ul blas.Uplo, n int, alpha T, a []T, lda int, x []T, incX int, beta T, y []T, incY int)
	trmv      func(ul blas.Uplo, t blas.Transpose, d blas.Diag, n int, a []T, lda int, x []T, incX int)
	ger, gerc func(m, n int, alpha T, x []T, incX int, y []T, incY int, a []T, lda int)
	her       func(ul blas.Uplo, n int, alpha T, x []T, incX int, a []T, lda int)
	her2      func(ul blas.Uplo, n int, alpha T, x []T, incX int, y []T, incY int, a []T, lda int)

	axpy      func(n int, alpha T, x []T, incX int, y []T, incY int)
	scal      func(n int, alpha T, x []T, incX int)
	dot, dotc func(n int, x []T, incX int, y []T, incY int) T
}
