package kernels

// gerRows is how many rows of imageLanes columns a block of ger.cu computes. Its threads
// take 40 to 42 registers for sm_90: five or six blocks are on a multiprocessor at once,
// with loads of 40 KB and more under way.
const gerRows = 8

//tandem:kernel _
func rankOne[T Float](row, col int, stride int, alpha T, x, y, a []T) {
	a[row*stride+col] += alpha * x[row] * y[col]
}

// On the host, gonum's assembly takes the place of the generated loop. On CUDA devices
// ger.cu has eight loads of a thread under way where what is generated has one.
var gerKernels = generated("ger",
	tiledGer(Float32, onHost(rankOneFloat32Kernel, gerCall(host.Sger))),
	tiledGer(Float64, onHost(rankOneFloat64Kernel, gerCall(host.Dger))))

func tiledGer(t Type, k Kernel) Kernel {
	k.CUDA = &Function{
		Text: cudaReal[t] + cudaText("", "ger.cu"), Block: [3]int{imageLanes},
		Groups: func(l *Launch, n int) [3]int {
			return [3]int{ceilDiv(n, gerRows) * ceilDiv(l.Int(2), imageLanes), 1, 1}
		},
	}
	return k
}

func gerCall[T Float](update func(m, n int, alpha T, x []T, incX int, y []T, incY int, a []T, lda int)) func(*Call) {
	return func(c *Call) {
		x, y, a := Slice[T](c, 0), Slice[T](c, 1), Slice[T](c, 2)
		update(len(x), c.Int(2), real[T](c, 1), x, 1, y, 1, a, c.Int(0))
	}
}

// Ger is A += alpha*x*yᵀ, for as many elements of x as A has rows and as many of y as
// it has columns. With alpha 0, A stays as it is. A may not overlap x or y.
//
// An index is a row.
//
// The product alpha*x[r], the one with y[c] and the sum are rounded one after the
// other, alike on all devices; on arm64, Go fuses the last two, and a result may differ
// by the rounding of a product.
func Ger[T Float, X, Y Vector[T]](alpha T, x X, y Y, a Matrix[T]) Launch {
	return ger(float64(alpha), Of[T](x), Of[T](y), a.untyped())
}

func ger(alpha float64, x, y Operand, a matrix) Launch {
	l := NewLaunch(gerKernels.of(a.data.typ), max(0, a.rows))
	a.check(&l, "a")
	l.wantLen("x", x, a.rows)
	l.wantLen("y", y, a.cols)
	if a.cols == 0 || alpha == 0 {
		l.n = 0
	}
	l.AddArg(x, Elementwise)
	l.AddArg(y, Whole)
	l.AddArg(a.data, a.byRow())
	l.apart(2, 0)
	l.AddInt(a.stride)
	l.AddFloat(alpha)
	l.AddInt(a.cols)
	cols := float64(a.cols)
	l.SetCost(Cost{Flops: 2 * cols, Bytes: 2 * cols * float64(a.data.typ.Size())})
	return l
}
