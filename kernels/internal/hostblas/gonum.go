package hostblas

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// Transpose is gonum's.
type Transpose = blas.Transpose

// native is gonum's BLAS, called directly: what the application registered with
// blas32.Use may be Tandem itself.
var native gonum.Implementation

const (
	// packDepth is the depth from which it pays to transpose A first.
	packDepth = 16
	// packRows is how many rows of a result are computed from one
	// transposed copy: the height of the blocks that gonum works in.
	packRows = 64
)

// byGonum is the product by gonum. For two transposed matrices, gonum walks
// down columns of B, which took up to 9 times as long at 512×512×512 as its
// product of A and a transposed B; so there A is transposed first, some rows of
// the result at a time.
func byGonum[T float32 | float64](multiply gemmFunc[T], tA, tB Transpose, m, n, k int,
	alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int,
) {
	if tA == blas.NoTrans || tB == blas.NoTrans || k < packDepth || m == 0 {
		multiply(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	packed := takeScratch[T](min(m, packRows) * k)
	defer packed.giveBack()
	for i := 0; i < m; i += packRows {
		rows := min(packRows, m-i)
		for l := range k {
			for r, v := range a[l*lda+i:][:rows] {
				packed.data[r*k+l] = v
			}
		}
		multiply(blas.NoTrans, blas.Trans, rows, n, k, alpha, packed.data, k, b, ldb, beta, c[i*ldc:], ldc)
	}
}
