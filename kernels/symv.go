package kernels

import (
	_ "embed"
	"fmt"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/internal/symmetric"
)

//go:embed symv.glsl
var symvText string

// The work-groups of symv.glsl and symv.cu: a tile of the matrix is symvTile rows and
// columns, and an index of the launch is as many elements of y, so that wherever the
// index space is cut the tiles of A are the same ones. For sm_90 the threads of a block
// take 32 to 34 registers: six to eight are on a multiprocessor at once, and on 132 of
// those all blocks up to order 25,000.
const (
	symvTile   = 32
	symvStrips = 8 // rows that a tile is read by at once
)

// symvKernels has a kernel for a y that is only written (beta is 0) or also read.
var symvKernels = [2]pair{symvKernel(false), symvKernel(true)}

func symvKernel(readsY bool) pair {
	name, text, access := "symv", "", Out
	if readsY {
		name, text, access = "symv.acc", "#define READS_Y\n", InOut
	}
	return forFloats(func(t Type) Kernel {
		return Kernel{
			Name:    name,
			Params:  []Param{{"a", t, In}, {"x", t, In}, {"y", t, access}},
			Scalars: []Scalar{{"order", Uint32}, {"depth", Uint32}, {"lda", Uint32}, {"upper", Uint32}, {"alpha", t}, {"beta", t}},
			GLSL: &Shader{
				Text:         text + "#line 1\n" + symvText,
				Local:        [3]int{symvTile, symvStrips},
				SharedMemory: symvTile * (symvTile + 1) * t.Size(),
				Groups:       func(_ *Launch, n int) [3]int { return [3]int{n, 1, 1} },
				Iterations: func(l *Launch, _ int) int64 {
					each := int64(symvTile / symvStrips)
					return int64(ceilDiv(l.uint(1), symvTile))*(1+each) + 4*each + 8 // and the turns of the tree
				},
			},
			CUDA: &Function{
				Text:   cudaText(text, "symv.cu"),
				Block:  [3]int{symvTile, symvStrips},
				Groups: func(_ *Launch, n int) [3]int { return [3]int{n, 1, 1} },
			},
			Go: byFloat(t,
				symvCall(symmetric.Single, host.Sgemv, host.Sscal, readsY),
				symvCall(symmetric.Double, host.Dgemv, host.Dscal, readsY)),
		}
	})
}

func symvCall[T Float](product symmetric.Product[T], gemv gemvFunc[T], scale func(n int, alpha T, x []T, incX int), readsY bool) func(*Call) {
	return func(c *Call) {
		a, x, y := Slice[T](c, 0), Slice[T](c, 1), Slice[T](c, 2)
		n, lda, ul := int(c.Uint(1)), int(c.Uint(2)), blas.Lower
		if c.Uint(3) != 0 {
			ul = blas.Upper
		}
		alpha, beta := real[T](c, 4), real[T](c, 5)
		switch {
		case !readsY:
			clear(y)
		case beta != 1:
			scale(len(y), beta, y, 1)
		}
		if n == 0 {
			return
		}
		lo, hi := c.Base(2), c.Base(2)+len(y)
		product(ul, hi-lo, 0, hi-lo, alpha, a[lo*lda+lo:], lda, x[lo:hi], y)
		// Beside the block on the diagonal lie stored rows on one side, and on the
		// other mirrored columns.
		rows, cols := [2]int{0, lo}, [2]int{hi, n}
		if ul == blas.Lower {
			rows, cols = cols, rows
		}
		if m := rows[1] - rows[0]; m > 0 {
			gemv(blas.Trans, m, hi-lo, alpha, a[rows[0]*lda+lo:], lda, x[rows[0]:rows[1]], 1, 1, y, 1)
		}
		if m := cols[1] - cols[0]; m > 0 {
			gemv(blas.NoTrans, hi-lo, m, alpha, a[lo*lda+cols[0]:], lda, x[cols[0]:cols[1]], 1, 1, y, 1)
		}
	}
}

// Symv is y = alpha*A*x + beta*y for a symmetric matrix A, of which only the triangle
// that ul names is read. With beta 0, y is not read; with alpha 0, A and x are not. y
// may not overlap A or x.
//
// An index is 32 elements of y. Devices read an element of A twice, the second time
// out of their cache where it has been read just before; the host reads those of a
// part's block on the diagonal once, of a launch that it runs alone all.
//
// The error of an element of y is bounded as that of [Gemm], k being the length
// of x.
func Symv[T Float, X, Y Vector[T]](ul blas.Uplo, alpha T, a Matrix[T], x X, beta T, y Y) Launch {
	return symv(ul, float64(alpha), a.untyped(), Of[T](x), float64(beta), Of[T](y))
}

func symv(ul blas.Uplo, alpha float64, a matrix, x Operand, beta float64, y Operand) Launch {
	order := max(0, a.rows)
	l := NewLaunch(symvKernels[b2i(beta != 0)].of(y.typ), ceilDiv(order, symvTile))
	if ul != blas.Upper && ul != blas.Lower {
		l.Fail("ul", fmt.Errorf("%w: %q is no blas.Uplo", ErrShape, rune(ul)))
	}
	a.check(&l, "a")
	a.wantShape(&l, "a", a.rows, a.rows)
	l.wantLen("x", x, order)
	l.wantLen("y", y, order)
	depth := order
	if alpha == 0 {
		depth = 0
		a.data, x = a.data.nothing(), x.nothing()
	}
	l.AddArg(a.data, Whole)
	l.AddArg(x, Whole)
	l.AddArg(y, Footprint{Per: symvTile, Ragged: true})
	l.AddInt(order)
	l.AddInt(depth)
	l.AddInt(a.stride)
	l.AddBool(ul == blas.Upper)
	l.AddFloat(alpha)
	l.AddFloat(beta)
	// Of each index: all products, and half of them for the elements read.
	each := float64(symvTile)
	l.SetCost(Cost{Flops: 2 * each * float64(depth+1), Bytes: each * float64(y.typ.Size()) * (float64(depth)/2 + 2)})
	return l
}
