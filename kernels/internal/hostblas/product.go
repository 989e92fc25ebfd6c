package hostblas

import (
	"sync"

	"github.com/tandem-go/tandem/internal/microkernel"
	"github.com/tandem-go/tandem/internal/openblas"
)

// library is OpenBLAS on one thread, nil if there is none. It is loaded when a
// program first multiplies.
var library = sync.OnceValue(func() *openblas.BLAS {
	b, err := openblas.New(1)
	if err != nil {
		return nil // gonum's it is
	}
	return b
})

// Name is the library that multiplies.
func Name() string {
	if b := library(); b != nil {
		return b.String()
	}
	if microkernel.Fast {
		return "a microkernel"
	}
	return "gonum"
}

// Sgemm is C = alpha*op(A)*op(B) + beta*C.
func Sgemm(tA, tB Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	if l := library(); l != nil {
		l.Sgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	if byPanels(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) {
		return
	}
	byGonum(native.Sgemm, tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

// Dgemm is C = alpha*op(A)*op(B) + beta*C.
func Dgemm(tA, tB Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	if l := library(); l != nil {
		l.Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	if byPanels(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) {
		return
	}
	byGonum(native.Dgemm, tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}
