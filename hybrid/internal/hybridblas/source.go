package hybridblas

import (
	"unsafe"

	"gonum.org/v1/gonum/blas"
)

// source is a factor of a product, from which tiles are taken.
type source[T number] struct {
	operand[T]
	// symmetric is set for a matrix of which only the triangle uplo is
	// stored; it is Hermitian if conj is set.
	symmetric, conj bool
	uplo            blas.Uplo
}

func general[T number](o operand[T]) source[T] { return source[T]{operand: o} }

func mirror[T number](a matrix[T], ul blas.Uplo, conj bool) source[T] {
	return source[T]{operand: plain(a), symmetric: true, conj: conj, uplo: ul}
}

// take is the tile at (i, j) of a source: a stored block, and how it is to be
// read. Tiles of a symmetric source lie on the diagonal or beside it: i and j
// are multiples of the same number.
func (s source[T]) take(i, j, rows, cols int) piece[T] {
	switch {
	case !s.symmetric:
		return piece[T]{operand: s.part(i, j, rows, cols)}
	case i == j:
		return piece[T]{operand: plain(s.block(i, j, rows, cols)), full: s}
	}
	return piece[T]{operand: mirrored(s.matrix, s.uplo, s.conj, i, j, rows, cols)}
}

// piece is a block of a source.
type piece[T number] struct {
	operand[T]
	full source[T] // if symmetric, the block is on its diagonal, and one triangle to be completed
}

// pieceKey names what of a matrix lies on a device. One block serves on both
// sides of a product.
type pieceKey struct {
	first      unsafe.Pointer
	rows, cols int
	conj, full bool
}

func (p piece[T]) key() pieceKey {
	conj := p.trans == blas.ConjTrans && kindOf[T]().isComplex()
	return pieceKey{unsafe.Pointer(unsafe.SliceData(p.data)), p.rows, p.cols, conj, p.full.symmetric}
}

// dense is the block with both triangles, in mem if they have to be completed.
func (p piece[T]) dense(mem []T) matrix[T] {
	if !p.full.symmetric {
		return p.matrix
	}
	n := p.rows
	for i := range n {
		for j := range n {
			switch {
			case i == j:
				mem[i*n+j] = p.at(i, j)[0]
				if p.full.conj { // the imaginary parts are taken to be zero
					mem[i*n+j] = realOnly(mem[i*n+j])
				}
			case (i < j) == (p.full.uplo == blas.Upper):
				mem[i*n+j] = p.at(i, j)[0]
			case p.full.conj:
				mem[i*n+j] = conjugate(p.at(j, i)[0])
			default:
				mem[i*n+j] = p.at(j, i)[0]
			}
		}
	}
	return matrix[T]{mem, n, n, n}
}
