package microkernel

// Pack writes scale*A, or scale*Aᵀ if transposed, into panels of lanes: lanes rows of
// what is packed, column by column. A is rows×cols with rows stride apart; the last
// panel is filled up with zeros.
func Pack[T Float](to []T, lanes int, transposed bool, a []T, rows, cols, stride int, scale T) {
	if !transposed {
		for i := 0; i < rows; i += lanes {
			PackRows(to[i*cols:], lanes, a[i*stride:], min(lanes, rows-i), cols, stride, 1, scale)
		}
		return
	}
	for i := 0; i < cols; i += lanes {
		n := min(lanes, cols-i)
		panel := to[i*rows:][:lanes*rows]
		for l := range rows {
			out := panel[l*lanes:][:lanes]
			from := a[l*stride+i:][:n]
			switch {
			case scale != 1:
				for r, v := range from {
					out[r] = scale * v
				}
			case n == 16: // whole vectors, without a call
				*(*[16]T)(out) = [16]T(from)
			case n == 8:
				*(*[8]T)(out) = [8]T(from)
			default:
				copy(out, from)
			}
			clear(out[n:])
		}
	}
}

// PackRows packs at most lanes rows of A into one panel. A has cols numbers a row,
// of which each is step after the one before. Four rows at a time are read, so that
// what is written beside each other is written together.
func PackRows[T Float](to []T, lanes int, a []T, rows, cols, stride, step int, scale T) {
	panel := to[:lanes*cols]
	if rows < lanes {
		clear(panel)
	}
	length := (cols-1)*step + 1
	row := func(r int) []T { return a[r*stride:][:length] }
	r := 0
	for ; r+4 <= rows; r += 4 {
		x, y, z, w := row(r), row(r+1), row(r+2), row(r+3)
		at := r
		for l := 0; l < length; l += step {
			out := panel[at : at+4 : at+4]
			out[0], out[1], out[2], out[3] = scale*x[l], scale*y[l], scale*z[l], scale*w[l]
			at += lanes
		}
	}
	for ; r < rows; r++ {
		from := row(r)
		at := r
		for l := 0; l < length; l += step {
			panel[at] = scale * from[l]
			at += lanes
		}
	}
}
