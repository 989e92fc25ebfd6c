package hybridblas

import (
	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/internal/microkernel"
)

func (l *library[T]) syrk(ul blas.Uplo, t blas.Transpose, n, k int, alpha T, a []T, lda int, beta T, c []T, ldc int) bool {
	return l.rankK(opSyrk, ul, t, n, k, alpha, a, lda, nil, 0, beta, c, ldc)
}

func (l *library[T]) herk(ul blas.Uplo, t blas.Transpose, n, k int, alpha T, a []T, lda int, beta T, c []T, ldc int) bool {
	return l.rankK(opHerk, ul, t, n, k, alpha, a, lda, nil, 0, beta, c, ldc)
}

func (l *library[T]) syr2k(ul blas.Uplo, t blas.Transpose, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) bool {
	return l.rankK(opSyr2k, ul, t, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

func (l *library[T]) her2k(ul blas.Uplo, t blas.Transpose, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) bool {
	return l.rankK(opHer2k, ul, t, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

// rankK updates one triangle of C: by op(A)*op(A)ᵀ or its Hermitian form, or with
// two matrices by op(A)*op(B)ᵀ and its transpose.
func (l *library[T]) rankK(routine opcode, ul blas.Uplo, t blas.Transpose, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) bool {
	if float64(n)*float64(n)*float64(k) < l.least3 || !validUplo(ul) || alpha == 0 {
		return false
	}
	conj, two := routine == opHerk || routine == opHer2k, routine == opSyr2k || routine == opHer2k
	switch {
	case t == blas.NoTrans:
	case t != blas.Trans && t != blas.ConjTrans:
		return false
	case l.kind.isComplex() && conj != (t == blas.ConjTrans):
		return false // gonum panics
	}
	u := update[T]{l: l, routine: routine, uplo: ul, t: t, conj: conj, alpha: alpha, beta: beta}
	u.a, u.c = op(t, n, k, a, lda), matrix[T]{c, n, n, ldc}
	if two {
		u.b = op(t, n, k, b, ldb)
	}
	if !u.a.ok() || !u.c.ok() || two && !u.b.ok() {
		return false
	}
	how, watch := l.choose(call{routine, l.kind, uploBit(ul) | transBits(t)<<1, n, n, k})
	if how == wrapped || overlap(u.a.matrix, u.c) || two && overlap(u.b.matrix, u.c) {
		return false
	}
	defer watch.end()
	if how == onDevices {
		l.devices.run(l, u.onDevices())
		return true
	}
	u.run(0, n)
	return true
}

// update is a rank-k or rank-2k update in progress.
type update[T number] struct {
	l           *library[T]
	routine     opcode
	uplo        blas.Uplo
	t           blas.Transpose
	conj        bool
	alpha, beta T
	a, b        operand[T] // n×k; b is nil without a second matrix
	c           matrix[T]
}

// run updates the triangle of rows and columns [lo, hi) on the CPU workers.
func (u *update[T]) run(lo, hi int) {
	order, width := u.blocks(hi - lo)
	// A row of blocks is its part beside the diagonal, cut into tiles, and the
	// block on the diagonal. Those are less work, and come last.
	type tile struct{ i, j, m, n int }
	var tiles, diagonal []tile
	for i := lo; i < hi; i += order {
		m := min(order, hi-i)
		from, to := lo, i
		if u.uplo == blas.Upper {
			from, to = i+m, hi
		}
		for j := from; j < to; j += width {
			tiles = append(tiles, tile{i, j, m, min(width, to-j)})
		}
		diagonal = append(diagonal, tile{i, i, m, m})
	}
	tiles = append(tiles, diagonal...)
	u.l.each(len(tiles), func(t int) {
		if b := tiles[t]; b.i == b.j {
			u.diagonal(b.i, b.m)
		} else {
			u.beside(b.i, b.j, b.m, b.n)
		}
	})
}

// blocks is the order of the blocks on the diagonal of a triangle, and the width of
// the tiles beside it.
func (u *update[T]) blocks(n int) (order, width int) {
	l := u.l
	if l.cfg.Tile > 0 || !l.packed() {
		order = l.order()
		_, width = l.tileSize(order, max(order, n), depth(u.a))
		return order, width
	}
	if float64(n)*float64(n)*float64(depth(u.a)) < 2*leastTile {
		return n, n
	}
	order = min(max(roundUp(n/(2*l.workers), microkernel.Rows), 2*blockRows), 4*packedRows)
	return order, order
}

// diagonal updates a block on the diagonal: as a packed product, or by the wrapped
// routine.
func (u *update[T]) diagonal(i, m int) {
	k := depth(u.a)
	a, c := u.a.part(i, 0, m, k), u.c.block(i, i, m, m)
	if u.l.packed() {
		u.packedDiagonal(i, a, c)
		return
	}
	r := &u.l.routines
	if u.beta == 0 {
		u.clear(c) // gonum 0.17 reads the lower triangle for a transposed A
	}
	switch u.routine {
	case opSyrk:
		r.syrk(u.uplo, u.t, m, k, u.alpha, a.data, a.stride, u.beta, c.data, c.stride)
	case opHerk:
		r.herk(u.uplo, u.t, m, k, u.alpha, a.data, a.stride, u.beta, c.data, c.stride)
	default:
		b := u.b.part(i, 0, m, k)
		f := r.syr2k
		if u.conj {
			f = r.her2k
		}
		f(u.uplo, u.t, m, k, u.alpha, a.data, a.stride, b.data, b.stride, u.beta, c.data, c.stride)
	}
}

// packedDiagonal updates a block on the diagonal as one product or two. What a
// Hermitian matrix has of imaginary parts there is not read, and becomes zero.
func (u *update[T]) packedDiagonal(i int, a operand[T], c matrix[T]) {
	u.makeReal(c)
	defer u.makeReal(c)
	if u.b.data == nil {
		u.l.triangle(u.alpha, a, a.flipped(u.conj), u.beta, c, u.uplo)
	} else {
		b := u.b.part(i, 0, c.rows, depth(a))
		u.l.triangle(u.alpha, a, b.flipped(u.conj), u.beta, c, u.uplo)
		u.l.triangle(u.second(), b, a.flipped(u.conj), 1, c, u.uplo)
	}
}

// makeReal makes the diagonal of a block of a Hermitian matrix real.
func (u *update[T]) makeReal(c matrix[T]) {
	if !u.conj {
		return
	}
	for i := range c.rows {
		x := c.at(i, i)
		x[0] = realOnly(x[0])
	}
}

// clear sets the triangle of a block to zero.
func (u *update[T]) clear(c matrix[T]) {
	for i := range c.rows {
		if u.uplo == blas.Upper {
			clear(c.at(i, i)[:c.cols-i])
		} else {
			clear(c.at(i, 0)[:i+1])
		}
	}
}

// beside updates a block off the diagonal, as one product or two.
func (u *update[T]) beside(i, j, m, n int) {
	k := depth(u.a)
	out := u.c.block(i, j, m, n)
	if u.b.data == nil {
		u.l.product(false, u.alpha, u.a.part(i, 0, m, k), u.a.part(j, 0, n, k).flipped(u.conj), u.beta, out)
		return
	}
	u.l.product(false, u.alpha, u.a.part(i, 0, m, k), u.b.part(j, 0, n, k).flipped(u.conj), u.beta, out)
	u.l.product(false, u.second(), u.b.part(i, 0, m, k), u.a.part(j, 0, n, k).flipped(u.conj), 1, out)
}

// second is the factor of the second product of a rank-2k update.
func (u *update[T]) second() T {
	if u.conj {
		return conjugate(u.alpha)
	}
	return u.alpha
}

// onDevices is the update for devices: they take blocks beside the diagonal.
func (u *update[T]) onDevices() job[T] {
	k := depth(u.a)
	p := job[T]{c: u.c, beta: u.beta, uplo: u.uplo}
	if u.b.data == nil {
		p.terms = []term[T]{{u.alpha, general(u.a), general(u.a.flipped(u.conj)), k}}
	} else {
		p.terms = []term[T]{
			{u.alpha, general(u.a), general(u.b.flipped(u.conj)), k},
			{u.second(), general(u.b), general(u.a.flipped(u.conj)), k},
		}
	}
	p.tile = func(i, j, m, n int) {
		if i == j {
			u.run(i, i+m)
			return
		}
		rows, cols := u.l.tileSize(m, n, k)
		u.l.tiles(m, n, rows, cols, func(di, dj, m, n int) { u.beside(i+di, j+dj, m, n) })
	}
	return p
}
