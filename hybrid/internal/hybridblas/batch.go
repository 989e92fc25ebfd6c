package hybridblas

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/kernels"
)

// batchGain is the work of a batch below which it is done on its caller's
// goroutine: gonum's products of small matrices do about one in a nanosecond, and
// 50 µs is what is worth waking a worker for.
const batchGain = 50e3

// GemmBatch is C[i] = alpha*op(A[i])*op(B[i]) + beta*C[i] for every i. All products
// have the same shape and strides. The C must not overlap each other nor any A or
// B.
//
// Small products are spread over the CPU workers, each done by the wrapped
// routine; large ones are each done as Gemm would. Where there are devices with memory
// of their own, the batch may be launched over those and the workers, if that was the
// faster for its like; complex numbers as four products of real ones. When ctx ends, no further product is
// begun, and its cause is returned.
func GemmBatch[T Number](ctx context.Context, b *BLAS, tA, tB blas.Transpose, m, n, k int, alpha T, a [][]T, lda int, x [][]T, ldb int, beta T, c [][]T, ldc int) error {
	switch {
	case len(a) != len(c):
		return batchError("a", "%w: %d matrices, C has %d", kernels.ErrShape, len(a), len(c))
	case len(x) != len(c):
		return batchError("b", "%w: %d matrices, C has %d", kernels.ErrShape, len(x), len(c))
	}
	g := batch[T]{l: libraryOf[T](b), tA: tA, tB: tB, m: m, n: n, k: k, alpha: alpha, beta: beta, lda: lda, ldb: ldb, ldc: ldc}
	at := func(i int) (p, q, r []T) { return a[i], x[i], c[i] }
	return g.run(ctx, len(c), at, true, func() (bool, error) { return g.launchScattered(ctx, len(c), at) })
}

// GemmStridedBatch is [GemmBatch] for count matrices that lie in one slice each:
// those of A begin strideA elements apart, and so on. strideA or strideB may be 0
// for one that all products share.
func GemmStridedBatch[T Number](ctx context.Context, b *BLAS, tA, tB blas.Transpose, m, n, k int, alpha T, a []T, lda, strideA int, x []T, ldb, strideB int, beta T, c []T, ldc, strideC, count int) error {
	g := batch[T]{l: libraryOf[T](b), tA: tA, tB: tB, m: m, n: n, k: k, alpha: alpha, beta: beta, lda: lda, ldb: ldb, ldc: ldc}
	last := max(0, count-1)
	switch {
	case count < 0:
		return batchError("count", "%w: %d products", kernels.ErrShape, count)
	case strideA < 0 || last*strideA > len(a):
		return batchError("strideA", "%w: %d from one matrix to the next, of %d in %d elements", kernels.ErrShape, strideA, count, len(a))
	case strideB < 0 || last*strideB > len(x):
		return batchError("strideB", "%w: %d from one matrix to the next, of %d in %d elements", kernels.ErrShape, strideB, count, len(x))
	case count > 1 && m > 0 && n > 0 && strideC < (m-1)*ldc+n || strideC < 0 || last*strideC > len(c):
		return batchError("strideC", "%w: %d from one matrix to the next, of %d of %d×%d in %d elements", kernels.ErrShape, strideC, count, m, n, len(c))
	}
	at := func(i int) (p, q, r []T) { return a[i*strideA:], x[i*strideB:], c[i*strideC:] }
	return g.run(ctx, count, at, false, func() (bool, error) {
		return g.launchStrided(ctx, a, lda, strideA, x, ldb, strideB, c, ldc, strideC, count)
	})
}

func batchError(arg, format string, args ...any) error {
	return &kernels.ArgumentError{Kernel: "gemm batch", Arg: arg, Err: fmt.Errorf(format, args...)}
}

func libraryOf[T Number](b *BLAS) *library[T] {
	switch any((*library[T])(nil)).(type) {
	case *library[float32]:
		return any(&b.s).(*library[T])
	case *library[float64]:
		return any(&b.d).(*library[T])
	case *library[complex64]:
		return any(&b.c).(*library[T])
	default:
		return any(&b.z).(*library[T])
	}
}

// batch is products of one shape.
type batch[T number] struct {
	l             *library[T]
	tA, tB        blas.Transpose
	m, n, k       int
	alpha, beta   T
	lda, ldb, ldc int
}

func (g *batch[T]) run(ctx context.Context, count int, at func(i int) (a, b, c []T), gathered bool, launched func() (bool, error)) error {
	if err := g.check(count, at); err != nil {
		return err
	}
	return g.choose(count, gathered, func() error { return g.onWorkers(ctx, count, at) }, launched)
}

// onWorkers does the batch on the CPU workers, the caller's goroutine among them.
func (g *batch[T]) onWorkers(ctx context.Context, count int, at func(i int) (a, b, c []T)) error {
	by := func(gemm gemmFunc[T], i int) {
		if ctx.Err() == nil {
			a, b, c := at(i)
			if g.k == 0 { // A and B have no elements; like this, gonum asks for none
				gemm(blas.Trans, blas.NoTrans, g.m, g.n, 0, g.alpha, nil, max(1, g.m), nil, max(1, g.n), g.beta, c, g.ldc)
				return
			}
			gemm(g.tA, g.tB, g.m, g.n, g.k, g.alpha, a, g.lda, b, g.ldb, g.beta, c, g.ldc)
		}
	}
	one := func(i int) { by(g.l.routines.gemm, i) }
	work := float64(g.m) * float64(g.n) * float64(g.k)
	switch {
	case work*float64(count) < batchGain:
		for i := range count {
			one(i)
		}
	case work >= mostBatched || count < g.l.workers:
		for i := 0; i < count && ctx.Err() == nil; i++ {
			a, b, c := at(i)
			if !g.l.gemm(g.tA, g.tB, g.m, g.n, g.k, g.alpha, a, g.lda, b, g.ldb, g.beta, c, g.ldc) {
				by(g.l.whole, i)
			}
		}
	case g.alpha != 0 && work >= leastSplit:
		// gonum would start goroutines for each.
		g.l.each(count, func(i int) {
			if ctx.Err() == nil {
				a, b, c := at(i)
				g.l.product(false, g.alpha, op(g.tA, g.m, g.k, a, g.lda), op(g.tB, g.k, g.n, b, g.ldb), g.beta, matrix[T]{c, g.m, g.n, g.ldc})
			}
		})
	default:
		g.l.each(count, one)
	}
	return context.Cause(ctx)
}

// leastSplit is the work from which gonum's product for real numbers may start
// goroutines: it does from four blocks of 64×64 of C on.
const leastSplit = 128 * 128

// mostBatched is the work from which a product has tiles enough for every worker.
const mostBatched = 256 * 256 * 256

// check answers the first mistake in the arguments, so that nothing panics half
// way.
func (g *batch[T]) check(count int, at func(i int) (a, b, c []T)) error {
	switch {
	case !validTrans(g.tA):
		return batchError("tA", "%w: %q is no blas.Transpose", kernels.ErrShape, rune(g.tA))
	case !validTrans(g.tB):
		return batchError("tB", "%w: %q is no blas.Transpose", kernels.ErrShape, rune(g.tB))
	case g.m < 0 || g.n < 0 || g.k < 0:
		return batchError("m, n, k", "%w: %d, %d and %d", kernels.ErrShape, g.m, g.n, g.k)
	}
	fits := func(arg string, i int, m matrix[T]) error {
		need := 0
		if m.rows > 0 && m.cols > 0 {
			need = (m.rows-1)*m.stride + m.cols
		}
		if m.stride < max(1, m.cols) || len(m.data) < need {
			return batchError(arg, "%w: matrix %d is %d×%d with stride %d, in %d elements",
				kernels.ErrShape, i, m.rows, m.cols, m.stride, len(m.data))
		}
		return nil
	}
	for i := range count {
		a, b, c := at(i)
		if err := fits("a", i, op(g.tA, g.m, g.k, a, g.lda).matrix); err != nil {
			return err
		}
		if err := fits("b", i, op(g.tB, g.k, g.n, b, g.ldb).matrix); err != nil {
			return err
		}
		if err := fits("c", i, matrix[T]{c, g.m, g.n, g.ldc}); err != nil {
			return err
		}
	}
	return nil
}
