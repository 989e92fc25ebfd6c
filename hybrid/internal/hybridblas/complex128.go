package hybridblas

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// Zgemm is C = alpha*op(A)*op(B) + beta*C.
func (b *BLAS) Zgemm(tA, tB blas.Transpose, m, n, k int, alpha complex128, a []complex128, lda int, x []complex128, ldb int, beta complex128, c []complex128, ldc int) {
	switch {
	case b.large3(m, n, k) && b.z.gemm(tA, tB, m, n, k, alpha, a, lda, x, ldb, beta, c, ldc):
	case work3(m, n, k) < b.small.z.gemm:
		gonum.Implementation{}.Zgemm(tA, tB, m, n, k, alpha, a, lda, x, ldb, beta, c, ldc)
	default:
		b.Complex128.Zgemm(tA, tB, m, n, k, alpha, a, lda, x, ldb, beta, c, ldc)
	}
}

// Zsymm is C = alpha*A*B + beta*C or C = alpha*B*A + beta*C for a symmetric A.
func (b *BLAS) Zsymm(s blas.Side, ul blas.Uplo, m, n int, alpha complex128, a []complex128, lda int, x []complex128, ldb int, beta complex128, c []complex128, ldc int) {
	switch {
	case b.large3(m, n, max(m, n)) && b.z.symm(s, ul, m, n, alpha, a, lda, x, ldb, beta, c, ldc):
	case work3(m, n, max(m, n)) < b.small.z.product:
		gonum.Implementation{}.Zsymm(s, ul, m, n, alpha, a, lda, x, ldb, beta, c, ldc)
	default:
		b.Complex128.Zsymm(s, ul, m, n, alpha, a, lda, x, ldb, beta, c, ldc)
	}
}

// Zhemm is Zsymm for a Hermitian A.
func (b *BLAS) Zhemm(s blas.Side, ul blas.Uplo, m, n int, alpha complex128, a []complex128, lda int, x []complex128, ldb int, beta complex128, c []complex128, ldc int) {
	switch {
	case b.large3(m, n, max(m, n)) && b.z.hemm(s, ul, m, n, alpha, a, lda, x, ldb, beta, c, ldc):
	case work3(m, n, max(m, n)) < b.small.z.product:
		gonum.Implementation{}.Zhemm(s, ul, m, n, alpha, a, lda, x, ldb, beta, c, ldc)
	default:
		b.Complex128.Zhemm(s, ul, m, n, alpha, a, lda, x, ldb, beta, c, ldc)
	}
}

// Zsyrk is C = alpha*op(A)*op(A)ᵀ + beta*C on one triangle of C.
func (b *BLAS) Zsyrk(ul blas.Uplo, t blas.Transpose, n, k int, alpha complex128, a []complex128, lda int, beta complex128, c []complex128, ldc int) {
	switch {
	case b.large3(n, n, k) && b.z.syrk(ul, t, n, k, alpha, a, lda, beta, c, ldc):
	case work3(n, n, k) < b.small.z.product:
		gonum.Implementation{}.Zsyrk(ul, t, n, k, alpha, a, lda, beta, c, ldc)
	default:
		b.Complex128.Zsyrk(ul, t, n, k, alpha, a, lda, beta, c, ldc)
	}
}

// Zherk is C = alpha*op(A)*op(A)ᴴ + beta*C on one triangle of a Hermitian C.
func (b *BLAS) Zherk(ul blas.Uplo, t blas.Transpose, n, k int, alpha float64, a []complex128, lda int, beta float64, c []complex128, ldc int) {
	switch {
	case b.large3(n, n, k) && b.z.herk(ul, t, n, k, complex(alpha, 0), a, lda, complex(beta, 0), c, ldc):
	case work3(n, n, k) < b.small.z.product:
		gonum.Implementation{}.Zherk(ul, t, n, k, alpha, a, lda, beta, c, ldc)
	default:
		b.Complex128.Zherk(ul, t, n, k, alpha, a, lda, beta, c, ldc)
	}
}

// Zsyr2k is C = alpha*(op(A)*op(B)ᵀ + op(B)*op(A)ᵀ) + beta*C on one triangle of C.
func (b *BLAS) Zsyr2k(ul blas.Uplo, t blas.Transpose, n, k int, alpha complex128, a []complex128, lda int, x []complex128, ldb int, beta complex128, c []complex128, ldc int) {
	switch {
	case b.large3(n, n, k) && b.z.syr2k(ul, t, n, k, alpha, a, lda, x, ldb, beta, c, ldc):
	case work3(n, n, k) < b.small.z.product:
		gonum.Implementation{}.Zsyr2k(ul, t, n, k, alpha, a, lda, x, ldb, beta, c, ldc)
	default:
		b.Complex128.Zsyr2k(ul, t, n, k, alpha, a, lda, x, ldb, beta, c, ldc)
	}
}

// Zher2k is C = alpha*op(A)*op(B)ᴴ + conj(alpha)*op(B)*op(A)ᴴ + beta*C on one
// triangle of a Hermitian C.
func (b *BLAS) Zher2k(ul blas.Uplo, t blas.Transpose, n, k int, alpha complex128, a []complex128, lda int, x []complex128, ldb int, beta float64, c []complex128, ldc int) {
	switch {
	case b.large3(n, n, k) && b.z.her2k(ul, t, n, k, alpha, a, lda, x, ldb, complex(beta, 0), c, ldc):
	case work3(n, n, k) < b.small.z.product:
		gonum.Implementation{}.Zher2k(ul, t, n, k, alpha, a, lda, x, ldb, beta, c, ldc)
	default:
		b.Complex128.Zher2k(ul, t, n, k, alpha, a, lda, x, ldb, beta, c, ldc)
	}
}

// Ztrmm is B = alpha*op(A)*B or B = alpha*B*op(A) for a triangular A.
func (b *BLAS) Ztrmm(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha complex128, a []complex128, lda int, x []complex128, ldb int) {
	switch {
	case b.large3(m, n, max(m, n)) && b.z.trmm(s, ul, tA, d, m, n, alpha, a, lda, x, ldb):
	case work3(m, n, max(m, n)) < b.small.z.product:
		gonum.Implementation{}.Ztrmm(s, ul, tA, d, m, n, alpha, a, lda, x, ldb)
	default:
		b.Complex128.Ztrmm(s, ul, tA, d, m, n, alpha, a, lda, x, ldb)
	}
}

// Ztrsm solves op(A)*X = alpha*B or X*op(A) = alpha*B for a triangular A, with X
// in place of B.
func (b *BLAS) Ztrsm(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha complex128, a []complex128, lda int, x []complex128, ldb int) {
	switch {
	case b.large3(m, n, max(m, n)) && b.z.trsm(s, ul, tA, d, m, n, alpha, a, lda, x, ldb):
	case work3(m, n, max(m, n)) < b.small.z.product:
		gonum.Implementation{}.Ztrsm(s, ul, tA, d, m, n, alpha, a, lda, x, ldb)
	default:
		b.Complex128.Ztrsm(s, ul, tA, d, m, n, alpha, a, lda, x, ldb)
	}
}

// Zgemv is y = alpha*op(A)*x + beta*y.
func (b *BLAS) Zgemv(tA blas.Transpose, m, n int, alpha complex128, a []complex128, lda int, x []complex128, incX int, beta complex128, y []complex128, incY int) {
	switch {
	case b.large2(m, n) && b.z.gemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY):
	case work2(m, n) < b.small.z.matrix:
		gonum.Implementation{}.Zgemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
	default:
		b.Complex128.Zgemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
	}
}

// Zhemv is y = alpha*A*x + beta*y for a Hermitian A.
func (b *BLAS) Zhemv(ul blas.Uplo, n int, alpha complex128, a []complex128, lda int, x []complex128, incX int, beta complex128, y []complex128, incY int) {
	switch {
	case b.large2(n, n) && b.z.hemv(ul, n, alpha, a, lda, x, incX, beta, y, incY):
	case work2(n, n) < b.small.z.matrix:
		gonum.Implementation{}.Zhemv(ul, n, alpha, a, lda, x, incX, beta, y, incY)
	default:
		b.Complex128.Zhemv(ul, n, alpha, a, lda, x, incX, beta, y, incY)
	}
}

// Ztrmv is x = op(A)*x for a triangular A.
func (b *BLAS) Ztrmv(ul blas.Uplo, tA blas.Transpose, d blas.Diag, n int, a []complex128, lda int, x []complex128, incX int) {
	switch {
	case b.large2(n, n) && b.z.trmv(ul, tA, d, n, a, lda, x, incX):
	case work2(n, n) < b.small.z.matrix:
		gonum.Implementation{}.Ztrmv(ul, tA, d, n, a, lda, x, incX)
	default:
		b.Complex128.Ztrmv(ul, tA, d, n, a, lda, x, incX)
	}
}

// Zgeru is A += alpha*x*yᵀ.
func (b *BLAS) Zgeru(m, n int, alpha complex128, x []complex128, incX int, y []complex128, incY int, a []complex128, lda int) {
	switch {
	case b.large2(m, n) && b.z.ger(m, n, alpha, x, incX, y, incY, a, lda):
	case work2(m, n) < b.small.z.ger:
		gonum.Implementation{}.Zgeru(m, n, alpha, x, incX, y, incY, a, lda)
	default:
		b.Complex128.Zgeru(m, n, alpha, x, incX, y, incY, a, lda)
	}
}

// Zgerc is A += alpha*x*yᴴ.
func (b *BLAS) Zgerc(m, n int, alpha complex128, x []complex128, incX int, y []complex128, incY int, a []complex128, lda int) {
	switch {
	case b.large2(m, n) && b.z.gerc(m, n, alpha, x, incX, y, incY, a, lda):
	case work2(m, n) < b.small.z.ger:
		gonum.Implementation{}.Zgerc(m, n, alpha, x, incX, y, incY, a, lda)
	default:
		b.Complex128.Zgerc(m, n, alpha, x, incX, y, incY, a, lda)
	}
}

// Zher is A += alpha*x*xᴴ on one triangle of a Hermitian A.
func (b *BLAS) Zher(ul blas.Uplo, n int, alpha float64, x []complex128, incX int, a []complex128, lda int) {
	switch {
	case b.large2(n, n) && b.z.her(ul, n, complex(alpha, 0), x, incX, a, lda):
	case work2(n, n) < b.small.z.matrix:
		gonum.Implementation{}.Zher(ul, n, alpha, x, incX, a, lda)
	default:
		b.Complex128.Zher(ul, n, alpha, x, incX, a, lda)
	}
}

// Zher2 is A += alpha*x*yᴴ + conj(alpha)*y*xᴴ on one triangle of a
// Hermitian A.
func (b *BLAS) Zher2(ul blas.Uplo, n int, alpha complex128, x []complex128, incX int, y []complex128, incY int, a []complex128, lda int) {
	switch {
	case b.large2(n, n) && b.z.her2(ul, n, alpha, x, incX, y, incY, a, lda):
	case work2(n, n) < b.small.z.matrix:
		gonum.Implementation{}.Zher2(ul, n, alpha, x, incX, y, incY, a, lda)
	default:
		b.Complex128.Zher2(ul, n, alpha, x, incX, y, incY, a, lda)
	}
}

// Zaxpy is y += alpha*x.
func (b *BLAS) Zaxpy(n int, alpha complex128, x []complex128, incX int, y []complex128, incY int) {
	switch {
	case b.large1(n) && b.z.axpy(n, alpha, x, incX, y, incY):
	case uint64(n) < b.small.z.vector:
		gonum.Implementation{}.Zaxpy(n, alpha, x, incX, y, incY)
	default:
		b.Complex128.Zaxpy(n, alpha, x, incX, y, incY)
	}
}

// Zscal is x *= alpha.
func (b *BLAS) Zscal(n int, alpha complex128, x []complex128, incX int) {
	switch {
	case b.large1(n) && b.z.scal(n, alpha, x, incX):
	case uint64(n) < b.small.z.vector:
		gonum.Implementation{}.Zscal(n, alpha, x, incX)
	default:
		b.Complex128.Zscal(n, alpha, x, incX)
	}
}

// Zdotu is the sum of the products of x and y.
func (b *BLAS) Zdotu(n int, x []complex128, incX int, y []complex128, incY int) complex128 {
	if b.large1(n) {
		if v, done := b.z.dot(n, x, incX, y, incY); done {
			return v
		}
	}
	if uint64(n) < b.small.z.vector {
		return gonum.Implementation{}.Zdotu(n, x, incX, y, incY)
	}
	return b.Complex128.Zdotu(n, x, incX, y, incY)
}

// Zdotc is the inner product of the conjugate of x and y.
func (b *BLAS) Zdotc(n int, x []complex128, incX int, y []complex128, incY int) complex128 {
	if b.large1(n) {
		if v, done := b.z.dotc(n, x, incX, y, incY); done {
			return v
		}
	}
	if uint64(n) < b.small.z.vector {
		return gonum.Implementation{}.Zdotc(n, x, incX, y, incY)
	}
	return b.Complex128.Zdotc(n, x, incX, y, incY)
}

// routinesC128 are the wrapped routines of the type.
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
