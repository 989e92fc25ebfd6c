package kernels

// imageLanes is the number of invocations along a row of an image.
const imageLanes = 256

// stencilRows is how many rows of imageLanes columns a block of stencil.cu
// computes: it reads two more, which other blocks have just read or are about to.
// With the column of a thread in registers, it takes 30 to 32 for sm_90: a
// multiprocessor has room for 8 blocks.
const stencilRows = 8

// imageTiles is the number of blocks for n rows of an image whose number of columns
// is scalar 0, with a tile in each.
func imageTiles(rows, cols int) func(l *Launch, n int) [3]int {
	return func(l *Launch, n int) [3]int { return [3]int{ceilDiv(n, rows) * ceilDiv(l.uint(0), cols), 1, 1} }
}

// The rows of one grid from those of another, whose elements are columns.
//
//tandem:kernel _
func heat[T Float](row, col int, cols, rows, srcStride, dstStride int, k T, src, dst []T) {
	at := row*srcStride + col
	s := src[at]
	if row > 0 && row < rows-1 && col > 0 && col < cols-1 {
		around := (src[at-srcStride] + src[at+srcStride]) + (src[at-1] + src[at+1])
		s += k * (around - 4*s)
	}
	dst[row*dstStride+col] = s
}

// On CUDA devices stencil.cu loads 1.3 elements for each that it computes; what is
// generated loads 5, four of which others load too. Neither has been timed on a GPU
// against the other.
var stencilKernels = generated("stencil5", tiledStencil(Float32, heatFloat32Kernel), tiledStencil(Float64, heatFloat64Kernel))

func tiledStencil(t Type, k Kernel) Kernel {
	k.CUDA = &Function{
		Text: cudaReal[t] + cudaText("", "stencil.cu"), Block: [3]int{imageLanes}, Groups: imageTiles(stencilRows, imageLanes),
	}
	return k
}

// Stencil5 is one explicit step of the heat equation on a grid:
//
//	dst[r][c] = s + k*((N + S) + (W + E) - 4*s)
//
// where s is src[r][c] and N, S, W and E are its neighbours in src. The border,
// the first and last row and column, is copied: it keeps its temperature. k is
// the diffusivity times the time step over the square of the grid's spacing; the
// step is stable for 0 <= k <= 1/4. src and dst have one shape and may not
// overlap.
//
// An index is a row.
//
// Go, GLSL and CUDA round in the order of the formula, without fused operations: their
// results are the same, bit by bit, on a device with IEEE arithmetic. Elsewhere
// the error of an element is at most g(5)*(|s| + |k|*(|N|+|S|+|W|+|E|+4|s|)), g
// being that of [Gemm]: no operand passes through more than five roundings.
func Stencil5[T Float](k T, src, dst Matrix[T]) Launch {
	return stencil5(float64(k), src.untyped(), dst.untyped())
}

func stencil5(k float64, src, dst matrix) Launch {
	l := NewLaunch(stencilKernels.of(dst.data.typ), max(0, dst.rows))
	src.check(&l, "src")
	dst.check(&l, "dst")
	dst.wantShape(&l, "dst", src.rows, src.cols)
	if dst.cols == 0 {
		l.n = 0
	}
	in := src.byRow()
	in.Halo = src.stride
	l.AddArg(src.data, in)
	l.AddArg(dst.data, dst.byRow())
	for _, v := range []int{src.cols, src.rows, src.stride, dst.stride} {
		l.AddInt(v)
	}
	l.AddFloat(k)
	l.AddInt(src.cols)
	cols := float64(dst.cols)
	l.SetCost(Cost{Flops: 7 * cols, Bytes: 2 * cols * float64(dst.data.typ.Size())})
	return l
}
