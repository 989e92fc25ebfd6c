package hybridblas

import "gonum.org/v1/gonum/blas"

// kernel is a product on the calling goroutine alone, C = alpha*A*B + beta*C. A
// is m×k and B k×n after what their operands say. With exact, no product with a
// zero is passed over. alpha isn't 0 and no size is.
type kernel[T number] func(exact bool, alpha T, a, b operand[T], beta T, c matrix[T])

// directKernel hands the product to a routine that stays on its goroutine, or of
// which nothing is known.
func directKernel[T number](gemm gemmFunc[T]) kernel[T] {
	return func(_ bool, alpha T, a, b operand[T], beta T, c matrix[T]) {
		gemm(a.trans, b.trans, c.rows, c.cols, depth(a), alpha, a.data, a.stride, b.data, b.stride, beta, c.data, c.stride)
	}
}

type gemmFunc[T number] = func(tA, tB blas.Transpose, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int)

// depth is the number of columns of op(A).
func depth[T number](a operand[T]) int {
	if a.trans != blas.NoTrans {
		return a.rows
	}
	return a.cols
}

// The blocks in which gonum's products are computed. gonum uses several
// goroutines from four blocks of 64×64 of C on; three is the most that stays on
// one. Of the shapes tried in float64 on one core of an AMD EPYC, 64×192 did
// best: 11 GFLOP/s with a depth of 64 where rows of B are added up, 8.3 with a
// depth of 256 where inner products are formed; 64×64 had 7.3 and 8.0.
const (
	blockRows    = 64
	blockCols    = 192
	addingDepth  = 64
	dottingDepth = 256
)

// realKernel computes by gonum's product for real numbers. Transposed blocks are
// copied first: gonum's product of two transposed matrices has a tenth of the
// rate of the others. A plain A with a transposed B are multiplied by inner
// products, as gonum does; these pass over no zeros. The others add up rows of B
// and pass over zeros of A, unless exact forbids it.
func realKernel[T number](gemm gemmFunc[T]) kernel[T] {
	return func(exact bool, alpha T, a, b operand[T], beta T, c matrix[T]) {
		dots := exact || a.trans == blas.NoTrans && b.trans != blas.NoTrans
		step, tB := addingDepth, blas.NoTrans
		if dots {
			step, tB = dottingDepth, blas.Trans
		}
		k := depth(a)
		packA, packB := takeScratch[T](blockRows*step), takeScratch[T](blockCols*step)
		defer packA.giveBack()
		defer packB.giveBack()
		for j := 0; j < c.cols; j += blockCols {
			n := min(blockCols, c.cols-j)
			for l := 0; l < k; l += step {
				d := min(step, k-l)
				right := b.part(l, j, d, n)
				if (right.trans != blas.NoTrans) != dots {
					right.matrix = transposed(right.matrix, packB.data)
				}
				scale := beta
				if l > 0 {
					scale = 1
				}
				for i := 0; i < c.rows; i += blockRows {
					m := min(blockRows, c.rows-i)
					left := a.part(i, l, m, d)
					if left.trans != blas.NoTrans {
						left.matrix = transposed(left.matrix, packA.data)
					}
					gemm(blas.NoTrans, tB, m, n, d, alpha, left.data, left.stride,
						right.data, right.stride, scale, c.at(i, j), c.stride)
				}
			}
		}
	}
}

// transposed is a transposed copy of m in mem.
func transposed[T number](m matrix[T], mem []T) matrix[T] {
	t := matrix[T]{mem, m.cols, m.rows, m.rows}
	for i := range m.rows {
		for j, v := range m.at(i, 0)[:m.cols] {
			mem[j*m.rows+i] = v
		}
	}
	return t
}
