package hybridblas

// planes are the real and the imaginary parts of a matrix, by rows without gaps.
type planes[R float32 | float64] struct{ re, im []R }

// split takes m apart, conjugated if conj.
func split[T complex64 | complex128, R float32 | float64](p planes[R], m matrix[T], conj bool) {
	sign := R(1)
	if conj {
		sign = -1
	}
	for i := range m.rows {
		row := parts[R](m.at(i, 0)[:m.cols])
		re, im := p.re[i*m.cols:][:m.cols], p.im[i*m.cols:][:m.cols]
		for j := range re {
			re[j], im[j] = row[2*j], sign*row[2*j+1]
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
