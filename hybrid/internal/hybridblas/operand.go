package hybridblas

import "gonum.org/v1/gonum/blas"

// operand is a matrix as a product takes it.
type operand[T number] struct {
	matrix[T]
	trans blas.Transpose
}

// op is the matrix of which op(A) is rows×cols.
func op[T number](t blas.Transpose, rows, cols int, data []T, stride int) operand[T] {
	if t != blas.NoTrans {
		rows, cols = cols, rows
	}
	return operand[T]{matrix[T]{data, rows, cols, stride}, t}
}

// part is rows×cols elements of op(A) from (i, j) on.
func (o operand[T]) part(i, j, rows, cols int) operand[T] {
	if o.trans != blas.NoTrans {
		i, j, rows, cols = j, i, cols, rows
	}
	o.matrix = o.block(i, j, rows, cols)
	return o
}

// flipped is the conjugate transpose of op(A) if conj, else its transpose.
// Without conj, o must not be a conjugate transpose, and with conj no plain one
// of complex numbers.
func (o operand[T]) flipped(conj bool) operand[T] {
	switch {
	case o.trans != blas.NoTrans:
		o.trans = blas.NoTrans
	case conj:
		o.trans = blas.ConjTrans
	default:
		o.trans = blas.Trans
	}
	return o
}

// turned is the transpose of op(B) without any conjugation but op's own.
func turned[T number](b operand[T]) operand[T] {
	switch {
	case b.trans == blas.NoTrans:
		b.trans = blas.Trans
	case b.trans == blas.ConjTrans && kindOf[T]().isComplex():
		b.trans = conjugated
	default:
		b.trans = blas.NoTrans
	}
	return b
}

// conjugated is op for the conjugate of a matrix that is not transposed, which
// BLAS does without.
const conjugated blas.Transpose = 'c'

// depth is the number of columns of op(A).
func depth[T number](a operand[T]) int {
	if a.trans != blas.NoTrans {
		return a.rows
	}
	return a.cols
}

// plain is op(A) as a matrix, in mem if it isn't A itself.
func (o operand[T]) plain(mem []T) matrix[T] {
	if o.trans == blas.NoTrans {
		return o.matrix
	}
	t := transposed(o.matrix, mem)
	if o.trans == blas.ConjTrans && kindOf[T]().isComplex() {
		conjugateAll(mem[:t.rows*t.cols])
	}
	return t
}

// mirrored is the block at (i, j), which lies beside the diagonal, of a symmetric
// or, with conj, Hermitian matrix that is stored in one triangle.
func mirrored[T number](a matrix[T], ul blas.Uplo, conj bool, i, j, rows, cols int) operand[T] {
	if (i < j) == (ul == blas.Upper) {
		return operand[T]{a.block(i, j, rows, cols), blas.NoTrans}
	}
	return operand[T]{a.block(j, i, cols, rows), blas.NoTrans}.flipped(conj)
}

func plain[T number](m matrix[T]) operand[T] { return operand[T]{m, blas.NoTrans} }
