package kernels

import "fmt"

// The columns of a row, each with its neighbours along the row.
//
//tandem:kernel _
func alongRow[T Float](row, col int, cols, rows, channels, radius, srcStride, dstStride int, weights, src, dst []T) {
	last, here := cols/channels-1, col/channels
	line := row*srcStride + col%channels
	var sum T
	for t := range 2*radius + 1 {
		p := min(max(0, here+t-radius), last)
		sum += weights[t] * src[line+p*channels]
	}
	dst[row*dstStride+col] = sum
}

// The columns of a row, each with its neighbours in other rows.
//
//tandem:kernel _
func alongCol[T Float](row, col int, cols, rows, channels, radius, srcStride, dstStride int, weights, src, dst []T) {
	var sum T
	for t := range 2*radius + 1 {
		p := min(max(0, row+t-radius), rows-1)
		sum += weights[t] * src[p*srcStride+col]
	}
	dst[row*dstStride+col] = sum
}

// The Go variants are gonum's axpy for each weight, in 0.07 and 0.08 of the time of the
// generated loop over pixels and weights for float32, 0.16 and 0.20 for float64, with
// 9 weights (BenchmarkGenerated, a million pixels). Those for CUDA are by hand too:
// they keep rows in registers and shared memory, of which nothing has been timed.

// convolutionSpan is how many elements of a row the Go variant finishes before
// it goes on: they stay in the first-level cache from weight to weight.
const convolutionSpan = 2048

var (
	convolveRowsKernels = generated("convolve_rows",
		convolution(alongRowFloat32Kernel, convolveRows(host.Saxpy), rowTiles), convolution(alongRowFloat64Kernel, convolveRows(host.Daxpy), rowTiles))
	convolveColsKernels = generated("convolve_cols",
		convolution(alongColFloat32Kernel, convolveCols(host.Saxpy), colTiles), convolution(alongColFloat64Kernel, convolveCols(host.Daxpy), colTiles))

	rowTiles = Function{Text: cudaText("", "convolve_rows.cu"), Block: [3]int{imageLanes}, Groups: imageTiles(1, 4*imageLanes)}
	colTiles = Function{Text: cudaText("", "convolve_cols.cu"), Block: [3]int{32, 8}, Groups: imageTiles(64, 32)}
)

// convolution is a pass with the variants that are by hand.
func convolution(k Kernel, host func(*Call), tiles Function) Kernel {
	tiles.Text = cudaReal[k.Params[1].Type] + tiles.Text
	k.Go, k.CUDA = host, &tiles
	return k
}

// axpyFunc is the shape of gonum's Saxpy and Daxpy.
type axpyFunc[T Float] func(n int, alpha T, x []T, incX int, y []T, incY int)

func convolveRows[T Float](axpy axpyFunc[T]) func(*Call) {
	return func(c *Call) {
		weights, src, dst := Slice[T](c, 0), Slice[T](c, 1), Slice[T](c, 2)
		cols, channels, radius := int(c.Uint(0)), int(c.Uint(2)), int(c.Uint(3))
		// Elements below lo or from hi on have neighbours beyond the edge.
		lo := min(radius*channels, cols)
		hi := max(lo, cols-radius*channels)
		for r := c.Lo; r < c.Hi; r++ {
			in := src[r*int(c.Uint(4))-c.Base(1):][:cols]
			out := dst[r*int(c.Uint(5))-c.Base(2):][:cols]
			convolveEdge(weights, in, out, channels, 0, lo)
			for at := lo; at < hi; at += convolutionSpan {
				part := out[at:min(hi, at+convolutionSpan)]
				clear(part)
				for t, w := range weights {
					axpy(len(part), w, in[at+(t-radius)*channels:], 1, part, 1)
				}
			}
			convolveEdge(weights, in, out, channels, hi, cols)
		}
	}
}

// convolveEdge computes the elements [lo, hi) of a row with clamped neighbours.
func convolveEdge[T Float](weights, in, out []T, channels, lo, hi int) {
	last := len(in)/channels - 1
	for i := lo; i < hi; i++ {
		var sum T
		for t, w := range weights {
			p := min(max(0, i/channels+t-len(weights)/2), last)
			sum += w * in[p*channels+i%channels]
		}
		out[i] = sum
	}
}

func convolveCols[T Float](axpy axpyFunc[T]) func(*Call) {
	return func(c *Call) {
		weights, src, dst := Slice[T](c, 0), Slice[T](c, 1), Slice[T](c, 2)
		cols, rows, radius := int(c.Uint(0)), int(c.Uint(1)), int(c.Uint(3))
		for r := c.Lo; r < c.Hi; r++ {
			out := dst[r*int(c.Uint(5))-c.Base(2):][:cols]
			for at := 0; at < cols; at += convolutionSpan {
				part := out[at:min(cols, at+convolutionSpan)]
				clear(part)
				for t, w := range weights {
					row := min(max(0, r+t-radius), rows-1)
					axpy(len(part), w, src[row*int(c.Uint(4))-c.Base(1)+at:], 1, part, 1)
				}
			}
		}
	}
}

// ConvolveRows is the pass of a separable filter along the rows of an image:
//
//	dst[r][p] = sum over t = -R..R of weights[R+t] * src[r][p+t]
//
// where p counts pixels, R is len(weights)/2 and a pixel beyond an edge is the
// one at the edge. len(weights) is odd. The weights are not reflected: what
// lies to the right of a pixel meets the weights behind the middle one.
//
// A pixel is `channels` neighbouring elements of a row, 1 for grey and 3 for
// RGB, each filtered by itself; Cols of src and dst counts elements, so it is a
// multiple of channels. src and dst have one shape; dst overlaps nothing.
//
// An index is a row of the image.
//
// On each backend the error of an element is at most
// g(2R+2) * sum|weight||pixel|, g being that of [Gemm]: the error of a dot
// product of 2R+1 elements. A weight of 0 may or may not hide a NaN or Inf.
func ConvolveRows[T Float, W Vector[T]](weights W, channels int, src, dst Matrix[T]) Launch {
	return convolve(convolveRowsKernels, Of[T](weights), channels, src.untyped(), dst.untyped(), false)
}

// ConvolveCols is the pass of a separable filter along the columns of an image:
//
//	dst[r][i] = sum over t = -R..R of weights[R+t] * src[r+t][i]
//
// with the terms of [ConvolveRows].
func ConvolveCols[T Float, W Vector[T]](weights W, channels int, src, dst Matrix[T]) Launch {
	return convolve(convolveColsKernels, Of[T](weights), channels, src.untyped(), dst.untyped(), true)
}

func convolve(kernels pair, weights Operand, channels int, src, dst matrix, tall bool) Launch {
	l := NewLaunch(kernels.of(dst.data.typ), max(0, dst.rows))
	if weights.n%2 == 0 && !weights.null {
		l.Fail("weights", fmt.Errorf("%w: %d elements, want an odd number", ErrShape, weights.n))
	}
	src.check(&l, "src")
	dst.check(&l, "dst")
	dst.wantShape(&l, "dst", src.rows, src.cols)
	if channels < 1 || src.cols%channels != 0 {
		l.Fail("channels", fmt.Errorf("%w: %d channels in rows of %d elements", ErrShape, channels, src.cols))
	}
	if dst.cols == 0 {
		l.n = 0
	}
	radius := weights.n / 2
	in := src.byRow()
	if tall {
		in.Halo = min(radius, max(0, src.rows)) * src.stride
	}
	l.AddArg(weights, Whole)
	l.AddArg(src.data, in)
	l.AddArg(dst.data, dst.byRow())
	l.apart(2, 1)
	for _, v := range []int{src.cols, src.rows, channels, radius, src.stride, dst.stride, src.cols} {
		l.AddInt(v)
	}
	cols, taps := float64(dst.cols), float64(weights.n)
	l.SetCost(Cost{Flops: 2 * taps * cols, Bytes: 2 * cols * float64(dst.data.typ.Size())})
	return l
}
