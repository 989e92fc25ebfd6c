package hybridblas

import "gonum.org/v1/gonum/blas"

// The blocks of products. Long rows make the calls of level 1 cheap: of 512 numbers
// they take a tenth of the time. A block of B of 64×512 fits into a second-level
// cache of half a megabyte in every type.
const (
	addedCols   = 512
	addedDepth  = 64
	dottedCols  = 64
	dottedDepth = 512
)

// dotFunc and axpyFunc are the shapes of gonum's dot and axpy.
type (
	dotFunc[T number]  = func(n int, x []T, incX int, y []T, incY int) T
	axpyFunc[T number] = func(n int, alpha T, x []T, incX int, y []T, incY int)
)

// rowProduct computes a product by gonum's routines of level 1, on one goroutine.
// They are vectorised, and on long rows as fast as its products of level 3 for
// real numbers, which start goroutines, or faster: 11 against 8 GFLOP/s in float32
// on an AMD EPYC. gonum's complex product is a plain loop with a seventh of their
// rate in complex64. With A plain and B transposed, rows of both are multiplied as
// inner products; otherwise multiples of rows of B are added to rows of C.
func rowProduct[T number](r *routines[T]) serialProduct[T] {
	isComplex := kindOf[T]().isComplex()
	return func(exact bool, alpha T, a, b operand[T], beta T, c matrix[T]) {
		scaleMatrix(beta, c)
		switch {
		case a.trans != blas.NoTrans || b.trans == blas.NoTrans:
			addRows(r.axpy, exact || isComplex, alpha, a, b, c)
		case b.trans == blas.ConjTrans && isComplex:
			multiplyRows(func(n int, x []T, incX int, y []T, incY int) T { return r.dotc(n, y, incY, x, incX) }, alpha, a, b, c)
		default:
			multiplyRows(r.dot, alpha, a, b, c)
		}
	}
}

// multiplyRows is C += alpha*A*Bᵀ by inner products of rows, conjugated or not.
func multiplyRows[T number](dot dotFunc[T], alpha T, a, b operand[T], c matrix[T]) {
	k := a.cols
	for l := 0; l < k; l += dottedDepth {
		d := min(dottedDepth, k-l)
		for j := 0; j < c.cols; j += dottedCols {
			n := min(dottedCols, c.cols-j)
			for i := range c.rows {
				left, out := a.at(i, l), c.at(i, j)[:n]
				for q := range out {
					out[q] += alpha * dot(d, left, 1, b.at(j+q, l), 1)
				}
			}
		}
	}
}

// addRows is C += alpha*op(A)*op(B) by rows of B. Blocks that are transposed or
// conjugated are copied first: down a column, every element is on a cache line of
// its own, and with strides that are powers of two the lines displace each other.
//
// An axpy by zero does nothing. With exact, where A has a zero, the block of B is
// looked through, once, for NaNs and infinities, which a product with it would
// show.
func addRows[T number](axpy axpyFunc[T], exact bool, alpha T, a, b operand[T], c matrix[T]) {
	packA, packB := takeScratch[T](mostRows*addedDepth), takeScratch[T](addedCols*addedDepth)
	defer packA.giveBack()
	defer packB.giveBack()
	k := depth(a)
	for j := 0; j < c.cols; j += addedCols {
		n := min(addedCols, c.cols-j)
		for l := 0; l < k; l += addedDepth {
			d := min(addedDepth, k-l)
			rows := block[T]{matrix: b.part(l, j, d, n).plain(packB.data)}
			for i := 0; i < c.rows; i += mostRows {
				m := min(mostRows, c.rows-i)
				left := a.part(i, l, m, d).plain(packA.data)
				for q := range m {
					out := c.at(i+q, j)[:n]
					for r, v := range left.at(q, 0)[:d] {
						v *= alpha
						switch {
						case v != 0:
							axpy(n, v, rows.at(r, 0), 1, out, 1)
						case exact && !rows.finite():
							for at, x := range rows.at(r, 0)[:n] {
								out[at] += v * x
							}
						}
					}
				}
			}
		}
	}
}

// block is a matrix of which it may be asked whether all its numbers are finite.
type block[T number] struct {
	matrix[T]
	known, allFinite bool
}

func (b *block[T]) finite() bool {
	if !b.known {
		b.known, b.allFinite = true, true
		for i := range b.rows {
			var sum T
			for _, v := range b.at(i, 0)[:b.cols] {
				sum += v * 0 // a NaN if v is one or is infinite
			}
			if sum != 0 {
				b.allFinite = false
				break
			}
		}
	}
	return b.allFinite
}
