//go:build openblas && linux && cgo

package openblas

import (
	"math"

	"gonum.org/v1/gonum/blas"
)

// These tell whether arguments are such that gonum would accept them and there is
// something to do. Sizes are those of C, 32 bits wide.

func isUplo(ul blas.Uplo) bool { return ul == blas.Upper || ul == blas.Lower }

func isSide(s blas.Side) bool { return s == blas.Left || s == blas.Right }

func isDiag(d blas.Diag) bool { return d == blas.Unit || d == blas.NonUnit }

func isTrans(t blas.Transpose) bool {
	return t == blas.NoTrans || t == blas.Trans || t == blas.ConjTrans
}

// isMatrix is for a matrix with rows that are stride elements apart.
func isMatrix(rows, cols, stride, length int) bool {
	return rows >= 1 && cols >= 1 && rows <= math.MaxInt32 && stride >= cols && stride <= math.MaxInt32 &&
		length >= (rows-1)*stride+cols
}

// isOperand is for a matrix of which op is rows×cols.
func isOperand(t blas.Transpose, rows, cols, stride, length int) bool {
	if t != blas.NoTrans {
		rows, cols = cols, rows
	}
	return isTrans(t) && isMatrix(rows, cols, stride, length)
}

// isBand is for a band matrix with kL diagonals below the main one and kU above.
func isBand(m, n, kL, kU, stride, length int) bool {
	return m >= 1 && n >= 1 && n <= math.MaxInt32 && kL >= 0 && kU >= 0 && isMatrix(min(m, n+kL), kL+kU+1, stride, length) && m <= math.MaxInt32
}

// isPacked is for a triangle of order n.
func isPacked(n, length int) bool {
	return n >= 1 && n <= math.MaxInt32 && length >= n*(n+1)/2
}

// isVector is for n elements that are inc apart, from the last one if inc is
// negative.
func isVector(n, inc, length int) bool {
	if n < 1 || n > math.MaxInt32 || inc == 0 || inc > math.MaxInt32 || -inc > math.MaxInt32 {
		return false
	}
	return (n-1)*max(inc, -inc) < length
}

// order is the order of a triangular or symmetric matrix beside one of m×n.
func order(s blas.Side, m, n int) int {
	if s == blas.Left {
		return m
	}
	return n
}

// across is the length of x, or of y, in y = op(A)*x for an A of m×n.
func across(t blas.Transpose, m, n int) (x, y int) {
	if t == blas.NoTrans {
		return n, m
	}
	return m, n
}

// wipe sets the n elements of a vector to zero.
func wipe[T float32 | float64 | complex64 | complex128](n int, y []T, inc int) {
	inc = max(inc, -inc)
	if inc == 1 {
		clear(y[:n])
		return
	}
	for i := range n {
		y[i*inc] = 0
	}
}

// only is the part of a vector's slice that has its elements, if it has them all.
func only(n int, v []float32, inc int) []float32 {
	if !isVector(n, inc, len(v)) {
		return v
	}
	return v[:(n-1)*max(inc, -inc)+1]
}
