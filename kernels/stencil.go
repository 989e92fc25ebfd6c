package kernels

const stencilText = `
void main() {
	uint across = (cols + gl_WorkGroupSize.x - 1u) / gl_WorkGroupSize.x;
	uint row = tandem_group() / across;
	uint col = tandem_group() % across * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
	if (row >= tandem_n || col >= cols) return;
	row += tandem_lo;
	uint at = row * src_stride + col + src_at;
	precise REAL value = src[at];
	if (row > 0u && row < rows - 1u && col > 0u && col < cols - 1u) {
		precise REAL around = (src[at - src_stride] + src[at + src_stride]) + (src[at - 1u] + src[at + 1u]);
		value += k * (around - REAL(4) * value);
	}
	dst[row * dst_stride + col + dst_at] = value;
}`

// imageLanes is the number of invocations along a row of an image.
const imageLanes = 256

// rowGroups is the number of work-groups for n rows of an image whose number of
// columns is scalar 0.
func rowGroups(l *Launch, n int) [3]int {
	return [3]int{n * ceilDiv(l.uint(0), imageLanes), 1, 1}
}

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

var stencilKernels = forFloats(func(t Type) Kernel {
	return Kernel{
		Name:   "stencil5",
		Params: []Param{{"src", t, In}, {"dst", t, Out}},
		Scalars: []Scalar{
			{"cols", Uint32}, {"rows", Uint32}, {"src_stride", Uint32}, {"dst_stride", Uint32}, {"k", t},
		},
		GLSL: &Shader{Text: stencilText, Local: [3]int{imageLanes}, Groups: rowGroups},
		CUDA: &Function{
			Text: cudaText("", "stencil.cu"), Block: [3]int{imageLanes}, Groups: imageTiles(stencilRows, imageLanes),
		},
		Go: byFloat(t, stencil5Call[float32], stencil5Call[float64]),
	}
})

func stencil5Call[T Float](c *Call) {
	cols, rows := int(c.Uint(0)), int(c.Uint(1))
	srcStride, dstStride, k := int(c.Uint(2)), int(c.Uint(3)), real[T](c, 4)
	src, dst := Slice[T](c, 0), Slice[T](c, 1)
	for r := c.Lo; r < c.Hi; r++ {
		at := r*srcStride - c.Base(0)
		mid := src[at:][:cols]
		out := dst[r*dstStride-c.Base(1):][:cols]
		if r == 0 || r == rows-1 || cols < 3 {
			copy(out, mid)
			continue
		}
		up, down := src[at-srcStride:][:cols], src[at+srcStride:][:cols]
		out[0], out[cols-1] = mid[0], mid[cols-1]
		for i := 1; i < cols-1; i++ {
			around := (up[i] + down[i]) + (mid[i-1] + mid[i+1])
			out[i] = mid[i] + rounded(k*(around-rounded(4*mid[i])))
		}
	}
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
	cols := float64(dst.cols)
	l.SetCost(Cost{Flops: 7 * cols, Bytes: 2 * cols * float64(dst.data.typ.Size())})
	return l
}
