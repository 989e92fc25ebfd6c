package hybridblas

import "gonum.org/v1/gonum/blas"

func (l *library[T]) symm(s blas.Side, ul blas.Uplo, m, n int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) bool {
	return l.symmetric(opSymm, s, ul, m, n, alpha, a, lda, b, ldb, beta, c, ldc)
}

func (l *library[T]) hemm(s blas.Side, ul blas.Uplo, m, n int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) bool {
	return l.symmetric(opHemm, s, ul, m, n, alpha, a, lda, b, ldb, beta, c, ldc)
}

// symmetric is C = alpha*A*B + beta*C, or with B first, where A is symmetric or
// Hermitian and stored in one triangle.
func (l *library[T]) symmetric(routine opcode, s blas.Side, ul blas.Uplo, m, n int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) bool {
	order := m
	if s == blas.Right {
		order = n
	}
	if float64(m)*float64(n)*float64(order) < l.least3 || !validSide(s) || !validUplo(ul) || alpha == 0 {
		return false
	}
	A, B, C := matrix[T]{a, order, order, lda}, matrix[T]{b, m, n, ldb}, matrix[T]{c, m, n, ldc}
	if !A.ok() || !B.ok() || !C.ok() {
		return false
	}
	how, watch := l.choose(call{routine, l.kind, sideBit(s) | uploBit(ul)<<1, m, n, order})
	if how == wrapped || overlap(A, C) || overlap(B, C) {
		return false
	}
	defer watch.end()
	y := symmetricProduct[T]{l: l, conj: routine == opHemm, uplo: ul, alpha: alpha, a: A, b: B, beta: beta, c: C}
	y.diagonal = l.routines.symm
	if y.conj {
		y.diagonal = l.routines.hemm
	}
	tile, rows, cols := y.left, l.triangleOrder(), l.stripCols(n, float64(order)*float64(order))
	if s == blas.Right {
		tile, rows, cols = y.right, l.stripRows(m, float64(order)*float64(order)), l.triangleOrder()
	}
	if l.packed() {
		rows, cols = l.tileSize(m, n, order)
	}
	if how == onDevices {
		first, second := mirror(A, ul, y.conj), general(operand[T]{B, blas.NoTrans})
		if s == blas.Right {
			first, second = second, first
		}
		l.devices.run(l, job[T]{
			c: C, beta: beta, terms: []term[T]{{alpha, first, second, order}},
			tile: func(i, j, m, n int) {
				l.tiles(m, n, rows, cols, func(di, dj, m, n int) { tile(i+di, j+dj, m, n) })
			},
		})
		return true
	}
	l.tiles(m, n, rows, cols, tile)
	return true
}

type symmetricProduct[T number] struct {
	l           *library[T]
	conj        bool
	uplo        blas.Uplo
	alpha, beta T
	a, b, c     matrix[T]
	diagonal    func(s blas.Side, ul blas.Uplo, m, n int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int)
}

// left computes a tile of C where A is on the left: the block of A on the
// diagonal by the wrapped routine, those before and behind it as products.
func (y *symmetricProduct[T]) left(i, j, m, n int) {
	out, order := y.c.block(i, j, m, n), y.a.rows
	y.meet(blas.Left, i, m, y.b.block(i, j, m, n), out)
	y.l.add(y.alpha, mirrored(y.a, y.uplo, y.conj, i, 0, m, i), plain(y.b.block(0, j, i, n)), out)
	if rest := order - i - m; rest > 0 {
		y.l.add(y.alpha, mirrored(y.a, y.uplo, y.conj, i, i+m, m, rest), plain(y.b.block(i+m, j, rest, n)), out)
	}
}

func (y *symmetricProduct[T]) right(i, j, m, n int) {
	out, order := y.c.block(i, j, m, n), y.a.rows
	y.meet(blas.Right, j, n, y.b.block(i, j, m, n), out)
	y.l.add(y.alpha, plain(y.b.block(i, 0, m, j)), mirrored(y.a, y.uplo, y.conj, 0, j, j, n), out)
	if rest := order - j - n; rest > 0 {
		y.l.add(y.alpha, plain(y.b.block(i, j+n, m, rest)), mirrored(y.a, y.uplo, y.conj, j+n, j, rest, n), out)
	}
}

// meet is C = alpha*A*B + beta*C, or with B first, for the block of A from (i, i) on:
// by the wrapped routine, or as a packed product with both triangles of the block.
func (y *symmetricProduct[T]) meet(s blas.Side, i, order int, b, c matrix[T]) {
	if !y.l.packed() {
		y.diagonal(s, y.uplo, c.rows, c.cols, y.alpha, y.a.at(i, i), y.a.stride, b.data, b.stride, y.beta, c.data, c.stride)
		return
	}
	mem := takeScratch[T](order * order)
	defer mem.giveBack()
	first, second := plain(mirror(y.a, y.uplo, y.conj).take(i, i, order, order).dense(mem.data)), plain(b)
	if s == blas.Right {
		first, second = second, first
	}
	y.l.product(true, y.alpha, first, second, y.beta, c)
}

// add is C += alpha*A*B without passing over zeros, if A has columns.
func (l *library[T]) add(alpha T, a, b operand[T], c matrix[T]) {
	if depth(a) > 0 {
		l.product(true, alpha, a, b, 1, c)
	}
}
