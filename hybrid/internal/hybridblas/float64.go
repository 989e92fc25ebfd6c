package hybridblas

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// Dgemm is C = alpha*op(A)*op(B) + beta*C.
func (b *BLAS) Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, x []float64, ldb int, beta float64, c []float64, ldc int) {
	switch {
	case b.large3(m, n, k) && b.d.gemm(tA, tB, m, n, k, alpha, a, lda, x, ldb, beta, c, ldc):
	case work3(m, n, k) < b.small.d.gemm:
		gonum.Implementation{}.Dgemm(tA, tB, m, n, k, alpha, a, lda, x, ldb, beta, c, ldc)
	default:
		b.Float64.Dgemm(tA, tB, m, n, k, alpha, a, lda, x, ldb, beta, c, ldc)
	}
}

// Dsymm is C = alpha*A*B + beta*C or C = alpha*B*A + beta*C for a symmetric A.
func (b *BLAS) Dsymm(s blas.Side, ul blas.Uplo, m, n int, alpha float64, a []float64, lda int, x []float64, ldb int, beta float64, c []float64, ldc int) {
	switch {
	case b.large3(m, n, max(m, n)) && b.d.symm(s, ul, m, n, alpha, a, lda, x, ldb, beta, c, ldc):
	case work3(m, n, max(m, n)) < b.small.d.product:
		gonum.Implementation{}.Dsymm(s, ul, m, n, alpha, a, lda, x, ldb, beta, c, ldc)
	default:
		b.Float64.Dsymm(s, ul, m, n, alpha, a, lda, x, ldb, beta, c, ldc)
	}
}

// Dsyrk is C = alpha*op(A)*op(A)ᵀ + beta*C on one triangle of C.
func (b *BLAS) Dsyrk(ul blas.Uplo, t blas.Transpose, n, k int, alpha float64, a []float64, lda int, beta float64, c []float64, ldc int) {
	switch {
	case b.large3(n, n, k) && b.d.syrk(ul, t, n, k, alpha, a, lda, beta, c, ldc):
	case work3(n, n, k) < b.small.d.product:
		gonum.Implementation{}.Dsyrk(ul, t, n, k, alpha, a, lda, beta, c, ldc)
	default:
		b.Float64.Dsyrk(ul, t, n, k, alpha, a, lda, beta, c, ldc)
	}
}

// Dsyr2k is C = alpha*(op(A)*op(B)ᵀ + op(B)*op(A)ᵀ) + beta*C on one triangle of C.
func (b *BLAS) Dsyr2k(ul blas.Uplo, t blas.Transpose, n, k int, alpha float64, a []float64, lda int, x []float64, ldb int, beta float64, c []float64, ldc int) {
	switch {
	case b.large3(n, n, k) && b.d.syr2k(ul, t, n, k, alpha, a, lda, x, ldb, beta, c, ldc):
	case work3(n, n, k) < b.small.d.product:
		gonum.Implementation{}.Dsyr2k(ul, t, n, k, alpha, a, lda, x, ldb, beta, c, ldc)
	default:
		b.Float64.Dsyr2k(ul, t, n, k, alpha, a, lda, x, ldb, beta, c, ldc)
	}
}

// Dtrmm is B = alpha*op(A)*B or B = alpha*B*op(A) for a triangular A.
func (b *BLAS) Dtrmm(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float64, a []float64, lda int, x []float64, ldb int) {
	switch {
	case b.large3(m, n, max(m, n)) && b.d.trmm(s, ul, tA, d, m, n, alpha, a, lda, x, ldb):
	case work3(m, n, max(m, n)) < b.small.d.product:
		gonum.Implementation{}.Dtrmm(s, ul, tA, d, m, n, alpha, a, lda, x, ldb)
	default:
		b.Float64.Dtrmm(s, ul, tA, d, m, n, alpha, a, lda, x, ldb)
	}
}

// Dtrsm solves op(A)*X = alpha*B or X*op(A) = alpha*B for a triangular A, with X
// in place of B.
func (b *BLAS) Dtrsm(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float64, a []float64, lda int, x []float64, ldb int) {
	switch {
	case b.large3(m, n, max(m, n)) && b.d.trsm(s, ul, tA, d, m, n, alpha, a, lda, x, ldb):
	case work3(m, n, max(m, n)) < b.small.d.product:
		gonum.Implementation{}.Dtrsm(s, ul, tA, d, m, n, alpha, a, lda, x, ldb)
	default:
		b.Float64.Dtrsm(s, ul, tA, d, m, n, alpha, a, lda, x, ldb)
	}
}

// Dgemv is y = alpha*op(A)*x + beta*y.
func (b *BLAS) Dgemv(tA blas.Transpose, m, n int, alpha float64, a []float64, lda int, x []float64, incX int, beta float64, y []float64, incY int) {
	switch {
	case b.large2(m, n) && b.d.gemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY):
	case work2(m, n) < b.small.d.matrix:
		gonum.Implementation{}.Dgemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
	default:
		b.Float64.Dgemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
	}
}

// Dsymv is y = alpha*A*x + beta*y for a symmetric A.
func (b *BLAS) Dsymv(ul blas.Uplo, n int, alpha float64, a []float64, lda int, x []float64, incX int, beta float64, y []float64, incY int) {
	switch {
	case b.large2(n, n) && b.d.hemv(ul, n, alpha, a, lda, x, incX, beta, y, incY):
	case work2(n, n) < b.small.d.matrix:
		gonum.Implementation{}.Dsymv(ul, n, alpha, a, lda, x, incX, beta, y, incY)
	default:
		b.Float64.Dsymv(ul, n, alpha, a, lda, x, incX, beta, y, incY)
	}
}

// Dtrmv is x = op(A)*x for a triangular A.
func (b *BLAS) Dtrmv(ul blas.Uplo, tA blas.Transpose, d blas.Diag, n int, a []float64, lda int, x []float64, incX int) {
	switch {
	case b.large2(n, n) && b.d.trmv(ul, tA, d, n, a, lda, x, incX):
	case work2(n, n) < b.small.d.matrix:
		gonum.Implementation{}.Dtrmv(ul, tA, d, n, a, lda, x, incX)
	default:
		b.Float64.Dtrmv(ul, tA, d, n, a, lda, x, incX)
	}
}

// Dger is A += alpha*x*yᵀ.
func (b *BLAS) Dger(m, n int, alpha float64, x []float64, incX int, y []float64, incY int, a []float64, lda int) {
	switch {
	case b.large2(m, n) && b.d.ger(m, n, alpha, x, incX, y, incY, a, lda):
	case work2(m, n) < b.small.d.ger:
		gonum.Implementation{}.Dger(m, n, alpha, x, incX, y, incY, a, lda)
	default:
		b.Float64.Dger(m, n, alpha, x, incX, y, incY, a, lda)
	}
}

// Dsyr is A += alpha*x*xᵀ on one triangle of A.
func (b *BLAS) Dsyr(ul blas.Uplo, n int, alpha float64, x []float64, incX int, a []float64, lda int) {
	switch {
	case b.large2(n, n) && b.d.her(ul, n, alpha, x, incX, a, lda):
	case work2(n, n) < b.small.d.matrix:
		gonum.Implementation{}.Dsyr(ul, n, alpha, x, incX, a, lda)
	default:
		b.Float64.Dsyr(ul, n, alpha, x, incX, a, lda)
	}
}

// Dsyr2 is A += alpha*(x*yᵀ + y*xᵀ) on one triangle of A.
func (b *BLAS) Dsyr2(ul blas.Uplo, n int, alpha float64, x []float64, incX int, y []float64, incY int, a []float64, lda int) {
	switch {
	case b.large2(n, n) && b.d.her2(ul, n, alpha, x, incX, y, incY, a, lda):
	case work2(n, n) < b.small.d.matrix:
		gonum.Implementation{}.Dsyr2(ul, n, alpha, x, incX, y, incY, a, lda)
	default:
		b.Float64.Dsyr2(ul, n, alpha, x, incX, y, incY, a, lda)
	}
}

// Daxpy is y += alpha*x.
func (b *BLAS) Daxpy(n int, alpha float64, x []float64, incX int, y []float64, incY int) {
	switch {
	case b.large1(n) && b.d.axpy(n, alpha, x, incX, y, incY):
	case uint64(n) < b.small.d.vector:
		gonum.Implementation{}.Daxpy(n, alpha, x, incX, y, incY)
	default:
		b.Float64.Daxpy(n, alpha, x, incX, y, incY)
	}
}

// Dscal is x *= alpha.
func (b *BLAS) Dscal(n int, alpha float64, x []float64, incX int) {
	switch {
	case b.large1(n) && b.d.scal(n, alpha, x, incX):
	case uint64(n) < b.small.d.vector:
		gonum.Implementation{}.Dscal(n, alpha, x, incX)
	default:
		b.Float64.Dscal(n, alpha, x, incX)
	}
}

// Ddot is the inner product of x and y.
func (b *BLAS) Ddot(n int, x []float64, incX int, y []float64, incY int) float64 {
	if b.large1(n) {
		if v, done := b.d.dot(n, x, incX, y, incY); done {
			return v
		}
	}
	if uint64(n) < b.small.d.vector {
		return gonum.Implementation{}.Ddot(n, x, incX, y, incY)
	}
	return b.Float64.Ddot(n, x, incX, y, incY)
}

// routines64 are the wrapped routines of the type.
func routines64(b blas.Float64) routines[float64] {
	return routines[float64]{
		gemm: b.Dgemm, symm: b.Dsymm, hemm: b.Dsymm, syrk: b.Dsyrk, herk: b.Dsyrk,
		syr2k: b.Dsyr2k, her2k: b.Dsyr2k, trmm: b.Dtrmm, trsm: b.Dtrsm,
		gemv: b.Dgemv, hemv: b.Dsymv, trmv: b.Dtrmv, ger: b.Dger, gerc: b.Dger, her: b.Dsyr, her2: b.Dsyr2,
		axpy: b.Daxpy, scal: b.Dscal, dot: b.Ddot, dotc: b.Ddot,
	}
}
