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

// packedProduct is how numbers of a type are packed, and panels of them multiplied.
type packedProduct[T number, R microkernel.Float] struct {
	planes int
	// pack writes m, or its transpose, into panels of lanes, multiplied by scale
	// if there is one plane.
	pack func(to [2][]R, lanes int, m operand[T], scale T)
	// multiply adds to what s has of C the product of the panels, times alpha if
	// there are two planes.
	multiply func(p *panels[R], depth int, alpha T, c matrix[T], s stored)
}

// serial computes a product by packed panels on one goroutine, and small ones by
// rows.
func (g packedProduct[T, R]) serial(rows serialProduct[T]) serialProduct[T] {
	return func(exact bool, alpha T, a, b operand[T], beta T, c matrix[T]) {
		if c.rows < leastPacked || c.cols < leastPacked || depth(a) < leastPacked {
			rows(exact, alpha, a, b, beta, c)
			return
		}
		scaleMatrix(beta, c)
		g.add(alpha, a, b, c, 0)
	}
}

// triangle is serial for one triangle of a square C. Nothing is read of C if beta
// is 0.
func (g packedProduct[T, R]) triangle(alpha T, a, b operand[T], beta T, c matrix[T], ul blas.Uplo) {
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
func (g packedProduct[T, R]) add(alpha T, a, b operand[T], c matrix[T], ul blas.Uplo) {
	k := depth(a)
	p := takePanels[R](g.planes, min(c.rows, packedRows), min(c.cols, packedCols), min(k, packedDepth))
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

func realPacked[R microkernel.Float]() packedProduct[R, R] {
	return packedProduct[R, R]{
		planes: 1,
		pack:   func(to [2][]R, lanes int, m operand[R], scale R) { packReal(to[0], lanes, m, scale) },
		multiply: func(p *panels[R], depth int, _ R, c matrix[R], s stored) {
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

func complexPacked[T complex64 | complex128, R microkernel.Float]() packedProduct[T, R] {
	return packedProduct[T, R]{
		planes: 2,
		pack:   func(to [2][]R, lanes int, m operand[T], _ T) { packParts(to, lanes, m) },
		multiply: func(p *panels[R], depth int, alpha T, c matrix[T], s stored) {
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
