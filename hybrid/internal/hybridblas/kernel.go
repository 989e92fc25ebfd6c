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

// blockRows is the height of the blocks on a diagonal.
const blockRows = 64

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
