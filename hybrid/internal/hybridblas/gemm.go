package hybridblas

import "gonum.org/v1/gonum/blas"

func (l *library[T]) gemm(tA, tB blas.Transpose, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) bool {
	if float64(m)*float64(n)*float64(k) < l.least3 || !validTrans(tA) || !validTrans(tB) || alpha == 0 {
		return false
	}
	return l.multiply(op(tA, m, k, a, lda), op(tB, k, n, b, ldb), m, n, k, alpha, beta, matrix[T]{c, m, n, ldc})
}

func (l *library[T]) multiply(a, b operand[T], m, n, k int, alpha, beta T, c matrix[T]) bool {
	if !a.ok() || !b.ok() || !c.ok() {
		return false
	}
	how, watch := l.choose(call{opGemm, l.kind, transBits(a.trans) | transBits(b.trans)<<2, m, n, k})
	if how == wrapped || overlap(a.matrix, c) || overlap(b.matrix, c) {
		return false
	}
	defer watch.end()
	if how == onDevices {
		l.devices.run(l, job[T]{
			c: c, beta: beta, terms: []term[T]{{alpha, general(a), general(b), k}},
			tile: func(i, j, m, n int) {
				l.gemmTiles(alpha, a.part(i, 0, m, k), b.part(0, j, k, n), beta, c.block(i, j, m, n))
			},
		})
		return true
	}
	l.gemmTiles(alpha, a, b, beta, c)
	return true
}

// gemmTiles computes C on the CPU workers.
func (l *library[T]) gemmTiles(alpha T, a, b operand[T], beta T, c matrix[T]) {
	k := depth(a)
	rows, cols := l.tileSize(c.rows, c.cols, k)
	l.tiles(c.rows, c.cols, rows, cols, func(i, j, m, n int) {
		l.product(false, alpha, a.part(i, 0, m, k), b.part(0, j, k, n), beta, c.block(i, j, m, n))
	})
}
