package kernels

import (
	_ "embed"

	"gonum.org/v1/gonum/blas"
)

var (
	//go:embed gemv_n.glsl
	gemvText string
	//go:embed gemv_t.glsl
	gemvTransText string
)

// The shapes of the work-groups of gemv_n.glsl and gemv_t.glsl.
const (
	gemvLanes  = 32 // along a row, or columns
	gemvRows   = 4
	gemvStrips = 8 // parts that a column is summed in
)

// The blocks of gemv_n.cu and gemv_t.cu, whose threads take 28 to 32 registers for
// sm_90: as many fit as a multiprocessor takes. A row is multiplied by a warp, or by a
// block where warps would leave a large GPU idle: where there are fewer rows than
// gemvFewRows, its 132 multiprocessors' worth of blocks, and a row has something to
// do for each thread.
const (
	gemvBlock   = 256
	gemvFewRows = 8 * 132
	gemvCols    = 32
	gemvParts   = 16 // of a column
)

func gemvFunction(text string, trans bool) *Function {
	if trans {
		return &Function{
			Text:   cudaText(text, "vector.cu", "gemv_t.cu"),
			Block:  [3]int{gemvCols, gemvParts},
			Groups: func(_ *Launch, n int) [3]int { return [3]int{ceilDiv(n, gemvCols), 1, 1} },
		}
	}
	return &Function{
		Text:  cudaText(text, "vector.cu", "gemv_n.cu"),
		Block: [3]int{gemvBlock},
		Groups: func(l *Launch, n int) [3]int {
			if n < gemvFewRows && l.uint(0) >= gemvBlock {
				return [3]int{n, 1, 1}
			}
			return [3]int{ceilDiv(n, gemvBlock/32), 1, 1}
		},
	}
}

// gemvGrain keeps cuts of a transposed product on cache lines of A.
const gemvGrain = 16

// gemvKernels has a kernel for A and its transpose, and for a y that is only
// written (beta is 0) or also read.
var gemvKernels [2][2]pair // by trans, readsY

func init() {
	for i := range 4 {
		trans, readsY := i&2 != 0, i&1 != 0
		gemvKernels[b2i(trans)][b2i(readsY)] = gemvKernel(trans, readsY)
	}
}

func gemvKernel(trans, readsY bool) pair {
	name, text, access := "gemv."+transLetter(trans), "", Out
	if readsY {
		name, text, access = name+".acc", "#define READS_Y\n", InOut
	}
	source, rows, lanes := gemvText, gemvRows, gemvLanes
	local := [3]int{gemvLanes, gemvRows}
	if trans {
		source, rows, lanes = gemvTransText, gemvLanes, gemvStrips
		local = [3]int{gemvLanes, gemvStrips}
	}
	return forFloats(func(t Type) Kernel {
		return Kernel{
			Name:    name,
			Params:  []Param{{"a", t, In}, {"x", t, In}, {"y", t, access}},
			Scalars: []Scalar{{"depth", Uint32}, {"lda", Uint32}, {"alpha", t}, {"beta", t}},
			GLSL: &Shader{
				Text:         text + "#line 1\n" + source,
				Local:        local,
				SharedMemory: local[0] * local[1] * t.Size(),
				Groups:       func(_ *Launch, n int) [3]int { return [3]int{ceilDiv(n, rows), 1, 1} },
				Iterations: func(l *Launch, _ int) int64 {
					return int64(ceilDiv(l.uint(0), lanes)) + 8 // and the turns of the tree
				},
			},
			CUDA: gemvFunction(text, trans),
			Go: byFloat(t,
				gemvCall(trans, readsY, host.Sgemv, host.Sscal),
				gemvCall(trans, readsY, host.Dgemv, host.Dscal)),
		}
	})
}

// gemvFunc is the shape of gonum's Sgemv and Dgemv.
type gemvFunc[T Float] func(tA blas.Transpose, m, n int, alpha T, a []T, lda int, x []T, incX int, beta T, y []T, incY int)

func gemvCall[T Float](trans, readsY bool, multiply gemvFunc[T], scale func(n int, alpha T, x []T, incX int)) func(*Call) {
	return func(c *Call) {
		a, x, y := Slice[T](c, 0), Slice[T](c, 1), Slice[T](c, 2)
		depth, lda, alpha, beta := int(c.Uint(0)), int(c.Uint(1)), real[T](c, 2), real[T](c, 3)
		switch {
		case depth == 0 && readsY:
			scale(len(y), beta, y, 1)
		case depth == 0:
			clear(y)
		case trans:
			multiply(blas.Trans, depth, c.Hi-c.Lo, alpha, a[c.Lo:], lda, x, 1, beta, y, 1)
		default:
			multiply(blas.NoTrans, c.Hi-c.Lo, depth, alpha, a, lda, x, 1, beta, y, 1)
		}
	}
}

// Gemv is y = alpha*op(A)*x + beta*y, where op(A) is A or its transpose. With
// beta 0, y is not read; with alpha 0, A and x are not. If A has no elements,
// y stays as it is, as in every BLAS. y may not overlap A or x.
//
// An index is an element of y.
//
// The error of an element of y is bounded as that of [Gemm], k being the length
// of x.
func Gemv[T Float, X, Y Vector[T]](tA blas.Transpose, alpha T, a Matrix[T], x X, beta T, y Y) Launch {
	return gemv(tA, float64(alpha), a.untyped(), Of[T](x), float64(beta), Of[T](y))
}

func gemv(tA blas.Transpose, alpha float64, a matrix, x Operand, beta float64, y Operand) Launch {
	trans := isTrans(tA)
	n, depth := a.rows, a.cols
	if trans {
		n, depth = depth, n
	}
	l := NewLaunch(gemvKernels[b2i(trans)][b2i(beta != 0)].of(y.typ), max(0, n))
	l.wantTranspose("tA", tA)
	a.check(&l, "a")
	l.wantLen("x", x, depth)
	l.wantLen("y", y, n)
	if depth == 0 {
		l.n = 0
	}
	rows := a.byRow()
	if alpha == 0 {
		depth = 0
		a.data, x = a.data.nothing(), x.nothing()
	}
	if trans || depth == 0 {
		rows = Whole
	}

	l.AddArg(a.data, rows)
	l.AddArg(x, Whole)
	l.AddArg(y, Elementwise)
	l.apart(2, 0)
	l.AddInt(max(0, depth))
	l.AddInt(a.stride)
	l.AddFloat(alpha)
	l.AddFloat(beta)
	l.SetCost(Cost{Flops: 2 * float64(depth+1), Bytes: float64(y.typ.Size()) * float64(depth+2)})
	if trans {
		l.SetGrain(gemvGrain)
	}
	return l
}
