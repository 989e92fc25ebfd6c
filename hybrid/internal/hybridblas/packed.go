package hybridblas

import (
	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/internal/microkernel"
)

// The blocks of a packed product, after BLIS (Van Zee and van de Geijn, ACM TOMS
// 41(3), 2015): packedRows×packedDepth numbers of A stay in a core's second-level
// cache (190 KB in float64, twice that for complex numbers), a panel of B of that
// depth in its first-level one (16 KB), and packedDepth×packedCols of B in what
// the cores share.
const (
	packedRows  = 16 * microkernel.Rows
	packedDepth = 256
	packedCols  = 512
)

// leastPacked is the size below which a product goes by rows: less than half of a
// tile of the microkernel would be in use.
const leastPacked = 4

// packed is a block of A and one of B in panels, in one plane for real numbers of
// type R, or in two for the parts of complex ones, and tiles of C.
type packed[R microkernel.Float] struct {
	cols    int // of a panel of B
	a, b    [2][]R
	tile    [3][]R
	scratch *scratch[R]
}

// takePacked returns room for blocks of so many rows, columns and steps, to be
// given back by the caller.
func takePacked[R microkernel.Float](planes, rows, cols, depth int) packed[R] {
	p := packed[R]{cols: microkernel.Cols[R]()}
	sizeA := ceil(rows, microkernel.Rows) * microkernel.Rows * depth
	sizeB := ceil(cols, p.cols) * p.cols * depth
	sizeTile := microkernel.Rows * p.cols
	p.scratch = takeScratch[R](planes*(sizeA+sizeB) + len(p.tile)*sizeTile)
	rest := p.scratch.data
	take := func(n int) (part []R) {
		part, rest = rest[:n:n], rest[n:]
		return part
	}
	for at := range planes {
		p.b[at], p.a[at] = take(sizeB), take(sizeA)
	}
	for at := range p.tile {
		p.tile[at] = take(sizeTile)
	}
	return p
}

// packing is how numbers of a type are packed, and panels of them multiplied.
type packing[T number, R microkernel.Float] struct {
	planes int
	// pack writes m, or its transpose, into panels of lanes, multiplied by scale
	// if there is one plane.
	pack func(to [2][]R, lanes int, m operand[T], scale T)
	// multiply adds to what s has of C the product of the panels, times alpha if
	// there are two planes.
	multiply func(p *packed[R], depth int, alpha T, c matrix[T], s stored)
}

// kernel computes a product by packed panels on one goroutine, and small ones by
// rows.
func (g packing[T, R]) kernel(rows kernel[T]) kernel[T] {
	return func(exact bool, alpha T, a, b operand[T], beta T, c matrix[T]) {
		if c.rows < leastPacked || c.cols < leastPacked || depth(a) < leastPacked {
			rows(exact, alpha, a, b, beta, c)
			return
		}
		scaleMatrix(beta, c)
		g.add(alpha, a, b, c, 0)
	}
}

// triangle is kernel for one triangle of a square C. Nothing is read of C if beta
// is 0.
func (g packing[T, R]) triangle(alpha T, a, b operand[T], beta T, c matrix[T], ul blas.Uplo) {
	for i := range c.rows {
		from, to := i, c.cols
		if ul == blas.Lower {
			from, to = 0, i+1
		}
		scaleMatrix(beta, c.block(i, from, 1, to-from))
	}
	g.add(alpha, a, b, c, ul)
}

// add is C += alpha*A*B, for one triangle of C if ul is not 0.
func (g packing[T, R]) add(alpha T, a, b operand[T], c matrix[T], ul blas.Uplo) {
	k := depth(a)
	p := takePacked[R](g.planes, min(c.rows, packedRows), min(c.cols, packedCols), min(k, packedDepth))
	defer p.scratch.giveBack()
	for j := 0; j < c.cols; j += packedCols {
		n := min(packedCols, c.cols-j)
		for l := 0; l < k; l += packedDepth {
			d := min(packedDepth, k-l)
			g.pack(p.b, p.cols, turned(b.part(l, j, d, n)), 1)
			for i := 0; i < c.rows; i += packedRows {
				m := min(packedRows, c.rows-i)
				part := stored{ul, i - j}
				if lo, hi := part.of(0, m, n); lo >= hi {
					continue
				}
				g.pack(p.a, microkernel.Rows, a.part(i, l, m, d), alpha)
				g.multiply(&p, d, alpha, c.block(i, j, m, n), part)
			}
		}
	}
}

// stored is which part of a block there is: all of it if uplo is 0, else what lies
// in a triangle of the matrix, whose diagonal goes through column skew of the
// block's first row.
type stored struct {
	uplo blas.Uplo
	skew int
}

// of is which columns of n there are in some of the rows from i to i+m.
func (s stored) of(i, m, n int) (lo, hi int) {
	switch s.uplo {
	case blas.Upper:
		return max(0, s.skew+i), n
	case blas.Lower:
		return 0, min(n, s.skew+i+m)
	}
	return 0, n
}

// within is which columns of row i there are among those from j to j+n, counted
// from j.
func (s stored) within(i, j, n int) (lo, hi int) {
	switch s.uplo {
	case blas.Upper:
		return min(n, max(0, s.skew+i-j)), n
	case blas.Lower:
		return 0, max(0, min(n, s.skew+i-j+1))
	}
	return 0, n
}

// whole tells whether all columns from j to j+n are there in the rows i to i+m.
func (s stored) whole(i, j, m, n int) bool {
	switch s.uplo {
	case blas.Upper:
		return s.skew+i+m-1 <= j
	case blas.Lower:
		return s.skew+i >= j+n-1
	}
	return true
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

func realPacking[R microkernel.Float]() packing[R, R] {
	return packing[R, R]{
		planes: 1,
		pack:   func(to [2][]R, lanes int, m operand[R], scale R) { packReal(to[0], lanes, m, scale) },
		multiply: func(p *packed[R], depth int, _ R, c matrix[R], s stored) {
			tile := p.tile[0]
			p.each(depth, c.rows, c.cols, s, func(i, j, m, n, a, b int) {
				if m == microkernel.Rows && n == p.cols && s.whole(i, j, m, n) {
					microkernel.Multiply(depth, p.a[0][a:], p.b[0][b:], c.at(i, j), c.stride)
					return
				}
				clear(tile)
				microkernel.Multiply(depth, p.a[0][a:], p.b[0][b:], tile, p.cols)
				for r := range m {
					lo, hi := s.within(i+r, j, n)
					out := c.at(i+r, j)[lo:hi]
					for q, v := range tile[r*p.cols:][lo:hi] {
						out[q] += v
					}
				}
			})
		},
	}
}

func complexPacking[T complex64 | complex128, R microkernel.Float]() packing[T, R] {
	return packing[T, R]{
		planes: 2,
		pack:   func(to [2][]R, lanes int, m operand[T], _ T) { packParts(to, lanes, m) },
		multiply: func(p *packed[R], depth int, alpha T, c matrix[T], s stored) {
			re, crossed, im := p.tile[0], p.tile[1], p.tile[2]
			scale := parts[R]([]T{alpha})
			ar, ai := scale[0], scale[1]
			p.each(depth, c.rows, c.cols, s, func(i, j, m, n, a, b int) {
				clear(re)
				clear(crossed)
				clear(im)
				microkernel.Multiply(depth, p.a[0][a:], p.b[0][b:], re, p.cols)
				microkernel.Multiply(depth, p.a[1][a:], p.b[1][b:], crossed, p.cols)
				microkernel.Multiply(depth, p.a[0][a:], p.b[1][b:], im, p.cols)
				microkernel.Multiply(depth, p.a[1][a:], p.b[0][b:], im, p.cols)
				for r := range m {
					lo, hi := s.within(i+r, j, n)
					if lo >= hi {
						continue
					}
					out := parts[R](c.at(i+r, j)[lo:hi])
					at := r * p.cols
					first, second, turn := re[at:][lo:hi], crossed[at:][lo:hi], im[at:][lo:hi]
					for q, y := range turn {
						x := first[q] - second[q]
						out[2*q] += ar*x - ai*y
						out[2*q+1] += ar*y + ai*x
					}
				}
			})
		},
	}
}

// each calls body for the tiles of what s has of a block of C, each with where its
// panels of A and B begin: panels of B change last, and stay in the cache.
func (p *packed[R]) each(depth, rows, cols int, s stored, body func(i, j, m, n, a, b int)) {
	for j := 0; j < cols; j += p.cols {
		n := min(p.cols, cols-j)
		for i := 0; i < rows; i += microkernel.Rows {
			m := min(microkernel.Rows, rows-i)
			if lo, hi := s.of(i, m, cols); lo < j+n && j < hi {
				body(i, j, m, n, i*depth, j*depth)
			}
		}
	}
}
