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

func routines32(b blas.Float32) routines[float32] {
	return routines[float32]{
		gemm: b.Sgemm, symm: b.Ssymm, hemm: b.Ssymm, syrk: b.Ssyrk, herk: b.Ssyrk,
		syr2k: b.Ssyr2k, her2k: b.Ssyr2k, trmm: b.Strmm, trsm: b.Strsm,
		gemv: b.Sgemv, hemv: b.Ssymv, trmv: b.Strmv, ger: b.Sger, gerc: b.Sger, her: b.Ssyr, her2: b.Ssyr2,
		axpy: b.Saxpy, scal: b.Sscal, dot: b.Sdot, dotc: b.Sdot,
	}
}

func routines64(b blas.Float64) routines[float64] {
	return routines[float64]{
		gemm: b.Dgemm, symm: b.Dsymm, hemm: b.Dsymm, syrk: b.Dsyrk, herk: b.Dsyrk,
		syr2k: b.Dsyr2k, her2k: b.Dsyr2k, trmm: b.Dtrmm, trsm: b.Dtrsm,
		gemv: b.Dgemv, hemv: b.Dsymv, trmv: b.Dtrmv, ger: b.Dger, gerc: b.Dger, her: b.Dsyr, her2: b.Dsyr2,
		axpy: b.Daxpy, scal: b.Dscal, dot: b.Ddot, dotc: b.Ddot,
	}
}

func routinesC64(b blas.Complex64) routines[complex64] {
	return routines[complex64]{
		gemm: b.Cgemm, symm: b.Csymm, hemm: b.Chemm, syrk: b.Csyrk,
		herk: func(ul blas.Uplo, t blas.Transpose, n, k int, alpha complex64, a []complex64, lda int, beta complex64, c []complex64, ldc int) {
			b.Cherk(ul, t, n, k, real(alpha), a, lda, real(beta), c, ldc)
		},
		syr2k: b.Csyr2k,
		her2k: func(ul blas.Uplo, t blas.Transpose, n, k int, alpha complex64, a []complex64, lda int, x []complex64, ldb int, beta complex64, c []complex64, ldc int) {
			b.Cher2k(ul, t, n, k, alpha, a, lda, x, ldb, real(beta), c, ldc)
		},
		trmm: b.Ctrmm, trsm: b.Ctrsm,
		gemv: b.Cgemv, hemv: b.Chemv, trmv: b.Ctrmv, ger: b.Cgeru, gerc: b.Cgerc,
		her: func(ul blas.Uplo, n int, alpha complex64, x []complex64, incX int, a []complex64, lda int) {
			b.Cher(ul, n, real(alpha), x, incX, a, lda)
		},
		her2: b.Cher2,
		axpy: b.Caxpy, scal: b.Cscal, dot: b.Cdotu, dotc: b.Cdotc,
	}
}

func routinesC128(b blas.Complex128) routines[complex128] {
	return routines[complex128]{
		gemm: b.Zgemm, symm: b.Zsymm, hemm: b.Zhemm, syrk: b.Zsyrk,
		herk: func(ul blas.Uplo, t blas.Transpose, n, k int, alpha complex128, a []complex128, lda int, beta complex128, c []complex128, ldc int) {
			b.Zherk(ul, t, n, k, real(alpha), a, lda, real(beta), c, ldc)
		},
		syr2k: b.Zsyr2k,
		her2k: func(ul blas.Uplo, t blas.Transpose, n, k int, alpha complex128, a []complex128, lda int, x []complex128, ldb int, beta complex128, c []complex128, ldc int) {
			b.Zher2k(ul, t, n, k, alpha, a, lda, x, ldb, real(beta), c, ldc)
		},
		trmm: b.Ztrmm, trsm: b.Ztrsm,
		gemv: b.Zgemv, hemv: b.Zhemv, trmv: b.Ztrmv, ger: b.Zgeru, gerc: b.Zgerc,
		her: func(ul blas.Uplo, n int, alpha complex128, x []complex128, incX int, a []complex128, lda int) {
			b.Zher(ul, n, real(alpha), x, incX, a, lda)
		},
		her2: b.Zher2,
		axpy: b.Zaxpy, scal: b.Zscal, dot: b.Zdotu, dotc: b.Zdotc,
	}
}
