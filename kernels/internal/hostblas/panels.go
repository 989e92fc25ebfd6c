package hostblas

import (
	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/internal/microkernel"
)

// The blocks of a packed product, after BLIS (Van Zee and van de Geijn, ACM TOMS
// 41(3), 2015), as hybridblas has them: of A in a core's second-level cache, of a
// panel of B in its first-level one, and of B in what the cores share.
const (
	blockRows  = 16 * microkernel.Rows
	blockDepth = 256
	blockCols  = 512
)

// leastPanel is the size below which less than half of a tile of the microkernel
// would be in use.
const leastPanel = 4

// byPanels is the product by the microkernel, of arguments that gonum would take:
// it reports false for others, and for what is not worth packing.
func byPanels[T float32 | float64](tA, tB Transpose, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) bool {
	if !microkernel.Fast || alpha == 0 || min(m, n, k) < leastPanel ||
		!fits(tA, m, k, lda, len(a)) || !fits(tB, k, n, ldb, len(b)) || !fits(blas.NoTrans, m, n, ldc, len(c)) {
		return false
	}
	scaleRows(beta, c, m, n, ldc)
	cols := microkernel.Cols[T]()
	sizeA := roundUp(min(m, blockRows), microkernel.Rows) * min(k, blockDepth)
	sizeB := roundUp(min(n, blockCols), cols) * min(k, blockDepth)
	mem := takeScratch[T](sizeA + sizeB + microkernel.Rows*cols)
	defer mem.giveBack()
	pa, pb, tile := mem.data[:sizeA], mem.data[sizeA:sizeA+sizeB], mem.data[sizeA+sizeB:]
	for j := 0; j < n; j += blockCols {
		w := min(blockCols, n-j)
		for l := 0; l < k; l += blockDepth {
			d := min(blockDepth, k-l)
			packPart(pb, cols, tB == blas.NoTrans, b, j, l, w, d, ldb, 1)
			for i := 0; i < m; i += blockRows {
				h := min(blockRows, m-i)
				packPart(pa, microkernel.Rows, tA != blas.NoTrans, a, i, l, h, d, lda, alpha)
				multiplyPanels(pa, pb, tile, h, w, d, c[i*ldc+j:], ldc)
			}
		}
	}
	return true
}

// packPart packs lanes from the given one on, each of so many steps. The lanes of a
// matrix are its rows, or, if they lie across, its columns.
func packPart[T float32 | float64](to []T, width int, across bool, a []T, lane, step, lanes, steps, stride int, scale T) {
	if across {
		microkernel.Pack(to, width, true, a[step*stride+lane:], steps, lanes, stride, scale)
		return
	}
	microkernel.Pack(to, width, false, a[lane*stride+step:], lanes, steps, stride, scale)
}

// multiplyPanels adds to C the product of a block of A and one of B.
func multiplyPanels[T float32 | float64](a, b, tile []T, m, n, k int, c []T, ldc int) {
	cols := microkernel.Cols[T]()
	for j := 0; j < n; j += cols {
		for i := 0; i < m; i += microkernel.Rows {
			h, w := min(microkernel.Rows, m-i), min(cols, n-j)
			if h == microkernel.Rows && w == cols {
				microkernel.Multiply(k, a[i*k:], b[j*k:], c[i*ldc+j:], ldc)
				continue
			}
			clear(tile)
			microkernel.Multiply(k, a[i*k:], b[j*k:], tile, cols)
			for r := range h {
				out := c[(i+r)*ldc+j:][:w]
				for q, v := range tile[r*cols:][:w] {
					out[q] += v
				}
			}
		}
	}
}

// scaleRows is C *= beta, without reading C if beta is 0.
func scaleRows[T float32 | float64](beta T, c []T, m, n, ldc int) {
	if beta == 1 {
		return
	}
	for i := range m {
		row := c[i*ldc:][:n]
		if beta == 0 {
			clear(row)
			continue
		}
		for j := range row {
			row[j] *= beta
		}
	}
}

// fits reports whether op of a matrix is rows×cols and lies in its slice.
func fits(t Transpose, rows, cols, stride, length int) bool {
	switch t {
	case blas.Trans, blas.ConjTrans:
		rows, cols = cols, rows
	case blas.NoTrans:
	default:
		return false
	}
	return stride >= cols && length >= (rows-1)*stride+cols
}

func roundUp(n, to int) int { return (n + to - 1) / to * to }
