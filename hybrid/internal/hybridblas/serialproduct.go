package hybridblas

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/tandem-go/tandem/internal/microkernel"
)

// serialProduct is a product on the calling goroutine alone, C = alpha*A*B + beta*C. A
// is m×k and B k×n after what their operands say. With exact, no product with a
// zero is passed over. alpha isn't 0 and no size is.
type serialProduct[T number] func(exact bool, alpha T, a, b operand[T], beta T, c matrix[T])

// wrappedProduct hands the product to a routine that stays on its goroutine, or of
// which nothing is known.
func wrappedProduct[T number](gemm gemmFunc[T]) serialProduct[T] {
	return func(_ bool, alpha T, a, b operand[T], beta T, c matrix[T]) {
		gemm(a.trans, b.trans, c.rows, c.cols, depth(a), alpha, a.data, a.stride, b.data, b.stride, beta, c.data, c.stride)
	}
}

type gemmFunc[T number] = func(tA, tB blas.Transpose, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int)

// ownProduct gives a library over gonum's routines the fastest product that there is
// for this processor.
func ownProduct[T number, R microkernel.Float](l *library[T], g packedProduct[T, R]) {
	l.product = rowProduct(&l.routines)
	if microkernel.Fast {
		l.product, l.triangle = g.serial(l.product), g.triangle
	}
}

// isGonum tells an implementation whose products have to be cut so that they stay
// on one goroutine. Of others nothing is known.
func isGonum(implementation any) bool {
	_, is := implementation.(gonum.Implementation)
	return is
}
