package kernels

import (
	"fmt"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/kernels/internal/hostblas"
)

// gemmBatchKernels are gemmKernels for many products at once.
var gemmBatchKernels [2][2][2]pair // by transA, transB, readsC

func init() {
	for i := range 8 {
		tA, tB, readsC := i&4 != 0, i&2 != 0, i&1 != 0
		gemmBatchKernels[b2i(tA)][b2i(tB)][b2i(readsC)] = gemmBatchKernel(tA, tB, readsC)
	}
}

// The scalars of a batch.
const (
	batchRows = iota
	batchCols
	batchDepth
	batchLDA
	batchLDB
	batchLDC
	batchStrideA
	batchStrideB
	batchStrideC
	batchAlpha
	batchBeta
)

func gemmBatchKernel(tA, tB, readsC bool) pair {
	name, text, access := gemmVariant(tA, tB, readsC)
	text += "#define BATCH\n"
	size := func(l *Launch, n int) (rows, cols, count int) { return l.uint(batchRows), l.uint(batchCols), n }
	return forFloats(func(t Type) Kernel {
		return Kernel{
			Name:   "gemmbatch." + name,
			Params: []Param{{"a", t, In}, {"b", t, In}, {"c", t, access}},
			Scalars: []Scalar{
				batchRows:    {"rows", Uint32},
				batchCols:    {"cols", Uint32},
				batchDepth:   {"depth", Uint32},
				batchLDA:     {"lda", Uint32},
				batchLDB:     {"ldb", Uint32},
				batchLDC:     {"ldc", Uint32},
				batchStrideA: {"stride_a", Uint32},
				batchStrideB: {"stride_b", Uint32},
				batchStrideC: {"stride_c", Uint32},
				batchAlpha:   {"alpha", t},
				batchBeta:    {"beta", t},
			},
			GLSL: gemmShader(text, t.Size(), batchDepth, size),
			CUDA: gemmFunction("gemmbatch."+t.String()+"."+transLetter(tA)+transLetter(tB), text, size),
			Go:   byFloat(t, gemmBatchCall(tA, tB, hostblas.Sgemm), gemmBatchCall(tA, tB, hostblas.Dgemm)),
		}
	})
}

func gemmBatchCall[T Float](tA, tB bool, multiply gemmFunc[T]) func(*Call) {
	return func(c *Call) {
		m, n, k := int(c.Uint(batchRows)), int(c.Uint(batchCols)), int(c.Uint(batchDepth))
		lda, ldb, ldc := int(c.Uint(batchLDA)), int(c.Uint(batchLDB)), int(c.Uint(batchLDC))
		alpha, beta := real[T](c, batchAlpha), real[T](c, batchBeta)
		opA, opB := transpose(tA), transpose(tB)
		if k == 0 { // A and B have no elements; transposed like this, gonum asks for none
			opA, opB, lda, ldb = blas.Trans, blas.NoTrans, m, n
		}
		for i := c.Lo; i < c.Hi; i++ {
			a, b, out := batchMatrix[T](c, 0, i, batchStrideA), batchMatrix[T](c, 1, i, batchStrideB), batchMatrix[T](c, 2, i, batchStrideC)
			multiply(opA, opB, m, n, k, alpha, a, lda, b, ldb, beta, out, ldc)
		}
	}
}

// batchMatrix is matrix i of argument k, with all that comes behind it.
func batchMatrix[T Float](c *Call, k, i, stride int) []T {
	data := Slice[T](c, k)
	if len(data) == 0 {
		return nil
	}
	return data[i*int(c.Uint(stride))-c.Base(k):]
}

// Batch is matrices of one shape in one memory, the first of which is the embedded
// one; each begins Stride elements behind the one before. The embedded matrix's memory
// must have all of them.
type Batch[T Float] struct {
	Matrix[T]
	// Apart is how many elements lie between the beginnings of two neighbours. 0 is
	// for one matrix that all products share, as A or B.
	Apart int
}

// GemmBatch is count products C[i] = alpha*op(A[i])*op(B[i]) + beta*C[i], of matrices
// of one shape, as [Gemm] is of each; its bound holds for every element. The matrices
// of C must not overlap each other, nor any of A or B. With beta 0 nothing is read of
// C, but what stands between its rows is moved to a device and back, where there is
// something.
//
// An index is a product: devices share them, and none is divided. CUDA devices have
// cuBLAS do all that they have taken in one call.
func GemmBatch[T Float](tA, tB blas.Transpose, alpha T, a, b Batch[T], beta T, c Batch[T], count int) Launch {
	return gemmBatch(tA, tB, float64(alpha), a.untyped(), b.untyped(), float64(beta), c.untyped(), count)
}

type matrices struct {
	matrix
	apart int
}

func (b Batch[T]) untyped() matrices { return matrices{matrix: b.Matrix.untyped(), apart: b.Apart} }

func gemmBatch(tA, tB blas.Transpose, alpha float64, a, b matrices, beta float64, c matrices, count int) Launch {
	transA, transB := isTrans(tA), isTrans(tB)
	readsC := beta != 0 || c.rows > 1 && c.stride != c.cols // who writes it writes all between
	l := NewLaunch(gemmBatchKernels[b2i(transA)][b2i(transB)][b2i(readsC)].of(c.data.typ), count)
	l.wantTranspose("tA", tA)
	l.wantTranspose("tB", tB)
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
	footprintOfC := c.check(&l, "c", count, true)
	footprintOfA, footprintOfB := a.check(&l, "a", count, false), b.check(&l, "b", count, false)
	if c.rows == 0 || c.cols == 0 {
		l.n = 0
	}
	if alpha == 0 || depth <= 0 {
		depth = 0
		a.data, b.data = a.data.nothing(), b.data.nothing()
		footprintOfA, footprintOfB = Whole, Whole
	}
	l.AddArg(a.data, footprintOfA)
	l.AddArg(b.data, footprintOfB)
	l.AddArg(c.data, footprintOfC)
	l.apart(2, 0)
	l.apart(2, 1)
	for _, v := range []int{c.rows, c.cols, depth, a.stride, b.stride, c.stride, a.apart, b.apart, c.apart} {
		l.AddInt(v)
	}
	l.AddFloat(alpha)
	l.AddFloat(beta)
	size := float64(c.data.typ.Size())
	l.SetCost(Cost{
		Flops: 2 * float64(c.rows) * float64(c.cols) * float64(depth+1),
		Bytes: size * (float64(c.rows+c.cols)*float64(depth) + 2*float64(c.rows)*float64(c.cols)),
	})
	return l
}

// check is matrix.check for count matrices, which may overlap each other unless they
// are to be apart. It returns the footprint of a product's own one, which is all of them
// if they overlap.
func (b *matrices) check(l *Launch, arg string, count int, apart bool) Footprint {
	if count <= 0 {
		b.data = b.data.nothing()
		return Whole
	}
	all := b.data.n
	b.matrix.check(l, arg)
	size, last := b.data.n, count-1
	switch {
	case l.err != nil || size == 0:
		return Whole
	case b.apart < 0:
		l.Fail(arg, fmt.Errorf("%w: %d elements from one matrix to the next", ErrShape, b.apart))
	case last > 0 && b.apart > (all-size)/last:
		l.Fail(arg, fmt.Errorf("%w: %d elements are too few for %d matrices of %d, %d apart", ErrShape, all, count, size, b.apart))
	case last > 0 && b.apart < size && apart:
		l.Fail(arg, fmt.Errorf("%w: matrices of %d elements, %d apart", ErrOverlap, size, b.apart))
	case b.apart >= size:
		b.data.n = last*b.apart + size
		return Footprint{Per: b.apart, Width: size}
	case last == 0:
		return Footprint{Per: size}
	default:
		b.data.n = last*b.apart + size
	}
	return Whole
}
