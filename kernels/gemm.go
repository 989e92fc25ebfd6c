package kernels

import (
	_ "embed"
	"fmt"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/kernels/internal/hostblas"
)

// The tile of C that a work-group computes; gemm.glsl has the same numbers.
// Of the shapes tried on llvmpipe, 64 invocations with 8×8 elements each did
// best at 512×512×512 in float32: 4.1 GFLOP/s, against 2.4 with 256 of 4×4.
const (
	gemmTileRows  = 64
	gemmTileCols  = 64
	gemmTileDepth = 16
)

// The tiles of C that blocks of gemm.cu compute: 16×16 threads with 8×4 elements
// each, or 4×4. Large tiles read less, and leave a large GPU of 132
// multiprocessors idle where there are fewer than gemmManyTiles of them.
//
// With 8×8 elements a thread in float32, ptxas 11.8 ran out of the 128 registers
// with which a multiprocessor has room for two blocks; 8×4 take 90 to 96, and one
// more load from shared memory for 32 products.
const (
	gemmSide      = 16
	gemmLargeRows = 8 * gemmSide
	gemmLargeCols = 4 * gemmSide
	gemmSmallTile = 4 * gemmSide
	gemmManyTiles = 2 * 132
)

// gemmFunction makes the variant of any product; size is the extent of the C's that n
// indices are, and how many they are.
func gemmFunction(name, text string, size func(l *Launch, n int) (rows, cols, count int)) *Function {
	return &Function{
		Text:     cudaText(text, "vector.cu", "gemm.cu"),
		Block:    [3]int{gemmSide * gemmSide},
		Resident: 2,
		Groups: func(l *Launch, n int) [3]int {
			rows, cols, count := size(l, n)
			if g := count * ceilDiv(rows, gemmLargeRows) * ceilDiv(cols, gemmLargeCols); g >= gemmManyTiles {
				return [3]int{g, 1, 1}
			}
			return [3]int{count * ceilDiv(rows, gemmSmallTile) * ceilDiv(cols, gemmSmallTile), 1, 1}
		},
		Library: name,
	}
}

// gemmShader does likewise. size is that of REAL, and depth a scalar's number.
func gemmShader(text string, real, depth int, size func(l *Launch, n int) (rows, cols, count int)) *Shader {
	return &Shader{
		Text:         text + "#line 1\n" + gemmText,
		Local:        [3]int{8, 8},
		SharedMemory: (gemmTileRows + gemmTileCols + 2) * gemmTileDepth * real,
		Groups: func(l *Launch, n int) [3]int {
			rows, cols, count := size(l, n)
			return [3]int{count * ceilDiv(rows, gemmTileRows) * ceilDiv(cols, gemmTileCols), 1, 1}
		},
		Iterations: func(l *Launch, _ int) int64 {
			return int64(ceilDiv(l.uint(depth), gemmTileDepth))*(1+gemmTileDepth/4) + gemmLoops
		},
	}
}

// gemmRows is the extent of a product whose indices are rows and whose first scalar is
// cols.
func gemmRows(l *Launch, n int) (rows, cols, count int) { return n, l.uint(0), 1 }

// gemmVariant is the name and the definitions of a way of storing A and B, and of a C
// that is only written or also read.
func gemmVariant(tA, tB, readsC bool) (name, text string, access Access) {
	name, access = transLetter(tA)+transLetter(tB), Out
	if tA {
		text += "#define TRANS_A\n"
	}
	if tB {
		text += "#define TRANS_B\n"
	}
	if readsC {
		name, text, access = name+".acc", text+"#define READS_C\n", InOut
	}
	return name, text, access
}

// gemmLoops bounds the turns of the shader's other loops, if none is unrolled.
const gemmLoops = 200

// gemmGrain is how many rows of C are computed at once at least: B is packed for
// each such part. At 1024×1024×1024, the microkernel has 0.31 of its full rate with
// 32 rows in float32, 0.61 with 64 and 0.79 with 128, in float64 0.26, 0.53 and 0.70;
// OpenBLAS had 0.75 with 32 and 0.6 with 16. More make the last part of a launch
// longer.
const gemmGrain = 64

//go:embed gemm.glsl
var gemmText string

// gemmKernels has a kernel for each way of storing A and B, and for a C that is
// only written (beta is 0) or also read.
var gemmKernels [2][2][2]pair // by transA, transB, readsC

func init() {
	for i := range 8 {
		tA, tB, readsC := i&4 != 0, i&2 != 0, i&1 != 0
		gemmKernels[b2i(tA)][b2i(tB)][b2i(readsC)] = gemmKernel(tA, tB, readsC)
	}
}

func gemmKernel(tA, tB, readsC bool) pair {
	name, text, access := gemmVariant(tA, tB, readsC)
	return forFloats(func(t Type) Kernel {
		return Kernel{
			Name:   "gemm." + name,
			Params: []Param{{"a", t, In}, {"b", t, In}, {"c", t, access}},
			Scalars: []Scalar{
				{"cols", Uint32},
				{"depth", Uint32},
				{"lda", Uint32},
				{"ldb", Uint32},
				{"ldc", Uint32},
				{"alpha", t},
				{"beta", t},
			},
			GLSL: gemmShader(text, t.Size(), 1, gemmRows),
			CUDA: gemmFunction("gemm."+t.String()+"."+transLetter(tA)+transLetter(tB), text, gemmRows),
			Go:   byFloat(t, gemmCall(tA, tB, hostblas.Sgemm), gemmCall(tA, tB, hostblas.Dgemm)),
		}
	})
}

// gemmFunc is the shape of gonum's Sgemm and Dgemm.
type gemmFunc[T Float] func(tA, tB blas.Transpose, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int)

func gemmCall[T Float](tA, tB bool, multiply gemmFunc[T]) func(*Call) {
	return func(c *Call) {
		m, n, k := c.Hi-c.Lo, int(c.Uint(0)), int(c.Uint(1))
		lda, ldb, ldc := int(c.Uint(2)), int(c.Uint(3)), int(c.Uint(4))
		alpha, beta := real[T](c, 5), real[T](c, 6)
		if k == 0 { // A and B have no elements; transposed like this, gonum asks for none
			multiply(blas.Trans, blas.NoTrans, m, n, 0, alpha, nil, m, nil, n, beta, Slice[T](c, 2), ldc)
			return
		}
		a := Slice[T](c, 0)
		if tA {
			a = a[c.Lo:]
		}
		b, out := Slice[T](c, 1), Slice[T](c, 2)
		multiply(transpose(tA), transpose(tB), m, n, k, alpha, a, lda, b, ldb, beta, out, ldc)
	}
}

// Gemm is C = alpha*op(A)*op(B) + beta*C, where op(X) is X or its transpose,
// op(A) is m×k, op(B) is k×n and C is m×n. With beta 0, C is not read; with
// alpha 0, A and B are not. C may not overlap A or B.
//
// An index is a row of C.
//
// Every element c of the result satisfies, on each backend,
//
//	|c - exact| <= g(k+3) * (|alpha| * sum|a||b| + |beta*c0|), g(p) = p*u/(1-p*u),
//
// u being 2^-24 for float32 and 2^-53 for float64, in whatever order the
// products are added (Higham, Accuracy and Stability of Numerical Algorithms,
// 2nd edition, section 3.1), unless intermediate results overflow or underflow. CUDA
// devices fuse each product with its sum, which rounds less; cuBLAS, where it takes
// the place of this package's own kernel, adds in an order of its own.
// Where a factor is 0, a NaN or Inf in the other one may or may not show in the
// result: gonum passes over zeros.
func Gemm[T Float](tA, tB blas.Transpose, alpha T, a, b Matrix[T], beta T, c Matrix[T]) Launch {
	return gemm(tA, tB, float64(alpha), a.untyped(), b.untyped(), float64(beta), c.untyped())
}

func gemm(tA, tB blas.Transpose, alpha float64, a, b matrix, beta float64, c matrix) Launch {
	kernel := gemmKernels[b2i(isTrans(tA))][b2i(isTrans(tB))][b2i(beta != 0)].of(c.data.typ)
	return gemmLaunch(kernel, tA, tB, alpha, a, b, beta, c)
}

func gemmLaunch(kernel *Kernel, tA, tB blas.Transpose, alpha float64, a, b matrix, beta float64, c matrix) Launch {
	transA, transB := isTrans(tA), isTrans(tB)
	l := NewLaunch(kernel, max(0, c.rows))
	l.wantTranspose("tA", tA)
	l.wantTranspose("tB", tB)
	c.check(&l, "c")
	a.check(&l, "a")
	b.check(&l, "b")

	depth := a.cols
	if transA {
		depth = a.rows
		a.wantShape(&l, "a", depth, c.rows)
	} else {
		a.wantShape(&l, "a", c.rows, depth)
	}
	if transB {
		b.wantShape(&l, "b", c.cols, depth)
	} else {
		b.wantShape(&l, "b", depth, c.cols)
	}
	if c.cols == 0 {
		l.n = 0
	}
	rowsOfA := a.byRow()
	if alpha == 0 || depth <= 0 {
		depth = 0
		a.data, b.data = a.data.nothing(), b.data.nothing()
	}
	if transA || depth == 0 {
		rowsOfA = Whole
	}

	l.AddArg(a.data, rowsOfA)
	l.AddArg(b.data, Whole)
	l.AddArg(c.data, c.byRow())
	l.apart(2, 0)
	for _, v := range []int{c.cols, depth, a.stride, b.stride, c.stride} {
		l.AddInt(v)
	}
	l.AddFloat(alpha)
	l.AddFloat(beta)
	l.SetCost(Cost{
		Flops: 2 * float64(c.cols) * float64(depth+1),
		Bytes: float64(a.data.typ.Size()*depth + c.data.typ.Size()*2*c.cols),
	})
	l.SetGrain(gemmGrain)
	return l
}

// wantTranspose keeps a mistake unless t is a way of transposing.
func (l *Launch) wantTranspose(arg string, t blas.Transpose) {
	if t != blas.NoTrans && t != blas.Trans && t != blas.ConjTrans {
		l.Fail(arg, fmt.Errorf("%w: %q is no blas.Transpose", ErrShape, rune(t)))
	}
}

func isTrans(t blas.Transpose) bool { return t == blas.Trans || t == blas.ConjTrans }

func transpose(t bool) blas.Transpose {
	if t {
		return blas.Trans
	}
	return blas.NoTrans
}

func transLetter(t bool) string {
	if t {
		return "t"
	}
	return "n"
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// uint is scalar argument k, declared uint32.
func (l *Launch) uint(k int) int { return int(uint32(l.scalar(k))) }
