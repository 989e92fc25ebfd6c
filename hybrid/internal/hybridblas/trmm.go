package hybridblas

import "gonum.org/v1/gonum/blas"

func (l *library[T]) trmm(s blas.Side, ul blas.Uplo, t blas.Transpose, d blas.Diag, m, n int, alpha T, a []T, lda int, b []T, ldb int) bool {
	return l.triangular(opTrmm, s, ul, t, d, m, n, alpha, a, lda, b, ldb)
}

func (l *library[T]) trsm(s blas.Side, ul blas.Uplo, t blas.Transpose, d blas.Diag, m, n int, alpha T, a []T, lda int, b []T, ldb int) bool {
	return l.triangular(opTrsm, s, ul, t, d, m, n, alpha, a, lda, b, ldb)
}

// triangular multiplies B by a triangular matrix or by its inverse, in place.
// Columns of B are independent of each other if A is on the left, rows if it is
// on the right: strips of them go to the workers.
func (l *library[T]) triangular(routine opcode, s blas.Side, ul blas.Uplo, t blas.Transpose, d blas.Diag, m, n int, alpha T, a []T, lda int, b []T, ldb int) bool {
	order := m
	if s == blas.Right {
		order = n
	}
	if float64(m)*float64(n)*float64(order) < l.least3 || !validSide(s) || !validUplo(ul) || !validTrans(t) || !validDiag(d) || alpha == 0 {
		return false
	}
	x := triangle[T]{
		l: l, solve: routine == opTrsm, side: s, uplo: ul, diag: d, alpha: alpha,
		a: operand[T]{matrix[T]{a, order, order, lda}, t}, b: matrix[T]{b, m, n, ldb},
	}
	if !x.a.ok() || !x.b.ok() {
		return false
	}
	how, watch := l.choose(call{routine, l.kind, sideBit(s) | uploBit(ul)<<1 | transBits(t)<<2 | diagBit(d)<<4, m, n, order})
	if how == wrapped || overlap(x.a.matrix, x.b) {
		return false
	}
	defer watch.end()
	if how == onDevices {
		x.recurse(0, order, alpha)
		return true
	}
	x.run(0, order, alpha)
	return true
}

// triangle is a product with a triangular matrix, or its inverse, in progress.
type triangle[T number] struct {
	l     *library[T]
	solve bool
	side  blas.Side
	uplo  blas.Uplo
	diag  blas.Diag
	alpha T
	a     operand[T]
	b     matrix[T]
	// turned is op of the blocks of A on the diagonal, by their first row, if A is
	// transposed and on the left.
	turned map[int]matrix[T]
}

// upper tells whether op(A) is upper triangular.
func (x *triangle[T]) upper() bool { return (x.uplo == blas.Upper) == (x.a.trans == blas.NoTrans) }

// ascending tells whether blocks are done from the first to the last. A product
// must read the blocks that a block depends on before they are changed, a
// solution after that.
func (x *triangle[T]) ascending() bool {
	return (x.upper() == (x.side == blas.Left)) != x.solve
}

// run does the rows and columns [lo, hi) of A, on the CPU workers.
func (x *triangle[T]) run(lo, hi int, alpha T) {
	work := float64(hi-lo) * float64(hi-lo)
	n, width := x.b.cols, x.l.stripCols(x.b.cols, work)
	if x.side == blas.Right {
		n, width = x.b.rows, x.l.stripRows(x.b.rows, work)
	}
	x.turn(lo, hi)
	x.l.strips(n, width, func(from, to int) { x.strip(lo, hi, from, to, alpha) })
}

// turn copies the blocks on the diagonal of a transposed matrix on the left. gonum
// walks down their columns, once for each strip.
func (x *triangle[T]) turn(lo, hi int) {
	if x.side == blas.Right || x.a.trans == blas.NoTrans {
		return
	}
	order := x.l.triangleOrder()
	blocks := make([]matrix[T], ceil(hi-lo, order))
	x.l.each(len(blocks), func(t int) {
		i := lo + t*order
		m := min(order, hi-i)
		blocks[t] = x.a.part(i, i, m, m).plain(make([]T, m*m))
	})
	x.turned = map[int]matrix[T]{}
	for t, b := range blocks {
		x.turned[lo+t*order] = b
	}
}

// strip does it for the columns of B, or rows, [from, to): in halves, so that the
// products between them are large.
func (x *triangle[T]) strip(lo, hi, from, to int, alpha T) {
	order := x.l.triangleOrder()
	if hi-lo <= order {
		x.onDiagonal(lo, hi-lo, from, to, alpha)
		return
	}
	first, second := x.halves(lo, hi, order)
	m, k := second[1]-second[0], first[1]-first[0]
	x.strip(first[0], first[1], from, to, alpha)
	if x.solve {
		x.beside(second[0], m, first[0], k, from, to, -1, alpha)
		x.strip(second[0], second[1], from, to, 1)
		return
	}
	x.beside(first[0], k, second[0], m, from, to, alpha, 1)
	x.strip(second[0], second[1], from, to, alpha)
}

// halves cuts [lo, hi) at a multiple of order from lo, and returns first what is to
// be done first.
func (x *triangle[T]) halves(lo, hi, order int) (first, second [2]int) {
	mid := lo + ceil(hi-lo, order)/2*order
	first, second = [2]int{lo, mid}, [2]int{mid, hi}
	if !x.ascending() {
		first, second = second, first
	}
	return first, second
}

// onDiagonal applies a block on the diagonal by the wrapped routine.
func (x *triangle[T]) onDiagonal(i, m, from, to int, alpha T) {
	f := x.l.routines.trmm
	if x.solve {
		f = x.l.routines.trsm
	}
	out := x.rows(i, m, from, to)
	if a, turned := x.turned[i]; turned {
		ul := blas.Upper
		if !x.upper() {
			ul = blas.Lower
		}
		f(x.side, ul, blas.NoTrans, x.diag, out.rows, out.cols, alpha, a.data, a.stride, out.data, out.stride)
		return
	}
	f(x.side, x.uplo, x.a.trans, x.diag, out.rows, out.cols, alpha, x.a.at(i, i), x.a.stride, out.data, out.stride)
}

// beside adds to block i of B the product of block j with what lies beside the
// diagonal: B_i = alpha*op(A)_ij*B_j + beta*B_i, or with A on the right.
func (x *triangle[T]) beside(i, m, j, k, from, to int, alpha, beta T) {
	out, in := x.rows(i, m, from, to), plain(x.rows(j, k, from, to))
	if x.side == blas.Left {
		x.l.product(false, alpha, x.a.part(i, j, m, k), in, beta, out)
		return
	}
	x.l.product(false, alpha, in, x.a.part(j, i, k, m), beta, out)
}

// rows is the part of B that m rows of A from i on, or columns, meet, as far as
// it lies in [from, to).
func (x *triangle[T]) rows(i, m, from, to int) matrix[T] {
	if x.side == blas.Left {
		return x.b.block(i, from, m, to-from)
	}
	return x.b.block(from, i, to-from, m)
}

// recurse does [lo, hi) on devices: the product beside the diagonal between the
// two halves. Halves that are tiles are done by the CPU workers.
func (x *triangle[T]) recurse(lo, hi int, alpha T) {
	tile := x.l.devices.leastTriangle()
	if hi-lo <= tile {
		x.run(lo, hi, alpha)
		return
	}
	first, second := x.halves(lo, hi, tile)
	n := x.b.cols
	if x.side == blas.Right {
		n = x.b.rows
	}
	out := func(part [2]int) matrix[T] { return x.rows(part[0], part[1]-part[0], 0, n) }
	beside := func(to, from [2]int, alpha, beta T) {
		in, c := plain(out(from)), out(to)
		a, b := x.a.part(to[0], from[0], to[1]-to[0], from[1]-from[0]), in
		if x.side == blas.Right {
			a, b = in, x.a.part(from[0], to[0], from[1]-from[0], to[1]-to[0])
		}
		k := from[1] - from[0]
		x.l.devices.run(x.l, job[T]{
			c: c, beta: beta, terms: []term[T]{{alpha, general(a), general(b), k}},
			tile: func(i, j, m, n int) {
				x.l.gemmTiles(alpha, a.part(i, 0, m, k), b.part(0, j, k, n), beta, c.block(i, j, m, n))
			},
		})
	}
	x.recurse(first[0], first[1], alpha)
	if x.solve {
		beside(second, first, -1, alpha)
		x.recurse(second[0], second[1], 1)
		return
	}
	beside(first, second, alpha, 1)
	x.recurse(second[0], second[1], alpha)
}
