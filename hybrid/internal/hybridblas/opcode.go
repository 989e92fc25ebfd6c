package hybridblas

import "gonum.org/v1/gonum/blas"

// opcode is a routine of BLAS, whatever its element type. Of real types, symm,
// syrk and syr2k are chosen for under these names, the others' under the
// Hermitian ones.
type opcode int

const (
	opGemm opcode = iota
	opSymm
	opHemm
	opSyrk
	opHerk
	opSyr2k
	opHer2k
	opTrmm
	opTrsm
	opGemv
	opHemv
	opTrmv
	opGer
	opGerc
	opHer
	opHer2
	opAxpy
	opScal
	opDot
	opDotc
	opcodes
)

var opNames = [opcodes]string{
	"gemm", "symm", "hemm", "syrk", "herk", "syr2k", "her2k", "trmm", "trsm",
	"gemv", "hemv", "trmv", "ger", "gerc", "her", "her2", "axpy", "scal", "dot", "dotc",
}

// level is 3, 2 or 1.
func (o opcode) level() int {
	switch {
	case o <= opTrsm:
		return 3
	case o <= opHer2:
		return 2
	}
	return 1
}

// call is what a choice depends on.
type call struct {
	op      opcode
	kind    kind
	variant uint8 // side, uplo, transposes and diagonal, as the routine has them; below variants
	m, n, k int
}

const variants = 32

// work is the number of products of elements, but for a factor that is the same
// for all sizes.
func (c call) work() float64 { return float64(c.m) * float64(c.n) * float64(c.k) }

func transBits(t blas.Transpose) uint8 {
	switch t {
	case blas.Trans:
		return 1
	case blas.ConjTrans:
		return 2
	}
	return 0
}

func sideBit(s blas.Side) uint8 {
	if s == blas.Right {
		return 1
	}
	return 0
}

func uploBit(ul blas.Uplo) uint8 {
	if ul == blas.Lower {
		return 1
	}
	return 0
}

func diagBit(d blas.Diag) uint8 {
	if d == blas.Unit {
		return 1
	}
	return 0
}

// incBit is 1 for vectors with gaps, or that are walked backwards.
func incBit(incX, incY int) uint8 {
	if incX == 1 && incY == 1 {
		return 0
	}
	return 1
}
