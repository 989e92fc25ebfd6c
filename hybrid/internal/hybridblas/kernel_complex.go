package hybridblas

import "gonum.org/v1/gonum/blas"

// complexKernel computes a product of complex numbers as four of real ones, by
// gonum's inner products: gonum's own complex product is a plain loop with less
// than half of their rate. Inner products pass over no zeros, so NaNs show where
// they do in the plain loop.
func complexKernel[T complex64 | complex128, R float32 | float64](dot gemmFunc[R]) kernel[T] {
	return func(_ bool, alpha T, a, b operand[T], beta T, c matrix[T]) {
		k := depth(a)
		mem := takeScratch[R](2 * (blockRows*dottingDepth + blockCols*dottingDepth + blockRows*blockCols))
		defer mem.giveBack()
		rest := mem.data
		take := func(rows, cols int) planes[R] {
			n := rows * cols
			p := planes[R]{re: rest[:n], im: rest[n : 2*n]}
			rest = rest[2*n:]
			return p
		}
		left, right := take(blockRows, dottingDepth), take(blockCols, dottingDepth)
		sum := take(blockRows, blockCols)
		for i := 0; i < c.rows; i += blockRows {
			m := min(blockRows, c.rows-i)
			for j := 0; j < c.cols; j += blockCols {
				n := min(blockCols, c.cols-j)
				for l := 0; l < k; l += dottingDepth {
					d := min(dottingDepth, k-l)
					split(left, a.part(i, l, m, d))
					// op(B) transposed: its columns as rows.
					columns := b.part(l, j, d, n)
					conj := columns.trans == blas.ConjTrans
					columns = columns.flipped(false)
					split(right, columns)
					if conj {
						right.negate(n * d)
					}
					first := R(1)
					if l == 0 {
						first = 0
					}
					dot(blas.NoTrans, blas.Trans, m, n, d, 1, left.re, d, right.re, d, first, sum.re, n)
					dot(blas.NoTrans, blas.Trans, m, n, d, -1, left.im, d, right.im, d, 1, sum.re, n)
					dot(blas.NoTrans, blas.Trans, m, n, d, 1, left.re, d, right.im, d, first, sum.im, n)
					dot(blas.NoTrans, blas.Trans, m, n, d, 1, left.im, d, right.re, d, 1, sum.im, n)
				}
				merge(alpha, sum, beta, c.block(i, j, m, n))
			}
		}
	}
}

// planes are the real and the imaginary parts of a matrix.
type planes[R float32 | float64] struct{ re, im []R }

func (p planes[R]) negate(n int) {
	for i, v := range p.im[:n] {
		p.im[i] = -v
	}
}

// split takes op(A) apart.
func split[T complex64 | complex128, R float32 | float64](p planes[R], a operand[T]) {
	if a.trans == blas.NoTrans {
		for i := range a.rows {
			row := parts[R](a.at(i, 0)[:a.cols])
			re, im := p.re[i*a.cols:][:a.cols], p.im[i*a.cols:][:a.cols]
			for j := range re {
				re[j], im[j] = row[2*j], row[2*j+1]
			}
		}
		return
	}
	sign := R(1)
	if a.trans == blas.ConjTrans {
		sign = -1
	}
	for i := range a.rows {
		row := parts[R](a.at(i, 0)[:a.cols])
		for j := range a.cols {
			p.re[j*a.rows+i], p.im[j*a.rows+i] = row[2*j], sign*row[2*j+1]
		}
	}
}

// merge is C = alpha*sum + beta*C.
func merge[T complex64 | complex128, R float32 | float64](alpha T, sum planes[R], beta T, c matrix[T]) {
	scale := parts[R]([]T{alpha})
	ar, ai := scale[0], scale[1]
	for i := range c.rows {
		row := c.at(i, 0)[:c.cols]
		out := parts[R](row)
		for j := range row {
			re, im := sum.re[i*c.cols+j], sum.im[i*c.cols+j]
			re, im = ar*re-ai*im, ar*im+ai*re
			switch beta {
			case 0:
				out[2*j], out[2*j+1] = re, im
			case 1:
				out[2*j] += re
				out[2*j+1] += im
			default:
				row[j] *= beta
				out[2*j] += re
				out[2*j+1] += im
			}
		}
	}
}
