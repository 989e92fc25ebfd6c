package hybridblas

import (
	"context"
	"unsafe"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/kernels"
)

// batchPlanes is matrices of complex numbers as devices have them: all the real parts,
// and all the imaginary ones, by rows without gaps.
type batchPlanes[R kernels.Float] struct {
	planes [2][]R
	size   int // elements of a matrix in a plane
}

func newBatchPlanes[R kernels.Float](count, size int) batchPlanes[R] {
	return batchPlanes[R]{[2][]R{make([]R, count*size), make([]R, count*size)}, size}
}

// matrix is the bytes of matrix i.
func (p *batchPlanes[R]) matrix(i int) (bytes [2][]byte) {
	for k, plane := range p.planes {
		part := plane[i*p.size : (i+1)*p.size]
		bytes[k] = unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(part))), len(part)*int(unsafe.Sizeof(part[0])))
	}
	return bytes
}

// launchPlanes takes complex matrices apart into planes of R, whose four products are
// launched one after the other. C is written when they are done, so that a failure
// leaves it as it was.
func launchPlanes[T number, R kernels.Float](ctx context.Context, g *batch[T], count int, at func(i int) (a, b, c []T)) (done bool, err error) {
	size := int(unsafe.Sizeof(g.alpha))
	portion := min(count, max(1, mostGathered/(size*(g.m*g.k+g.k*g.n+g.m*g.n))))
	a, b, c := newBatchPlanes[R](portion, g.m*g.k), newBatchPlanes[R](portion, g.k*g.n), newBatchPlanes[R](portion, g.m*g.n)
	by := &g.l.devices.product
	for from := 0; from < count; from += portion {
		n := min(portion, count-from)
		g.l.each(n, func(i int) {
			x, y, _ := at(from + i)
			opA, opB := op(g.tA, g.m, g.k, x, g.lda), op(g.tB, g.k, g.n, y, g.ldb)
			by.pack(a.matrix(i), opA.matrix, g.tA == blas.ConjTrans)
			by.pack(b.matrix(i), opB.matrix, g.tB == blas.ConjTrans)
		})
		for _, s := range by.steps() {
			if done, err = g.launchOne(ctx, batchStep(g, s, &a, &b, &c, n)); !done || err != nil {
				break
			}
		}
		if err == nil && !done && from > 0 { // the devices are gone; the rest is the workers'
			return true, g.onWorkers(ctx, count-from, func(i int) (p, q, r []T) { return at(from + i) })
		}
		if !done || err != nil {
			return done, err
		}
		g.l.each(n, func(i int) {
			_, _, z := at(from + i)
			by.merge(g.alpha, c.matrix(i), g.beta, matrix[T]{z, g.m, g.n, g.ldc})
		})
	}
	return true, nil
}

// batchStep is count products of a plane of A and one of B, into one of C.
func batchStep[T number, R kernels.Float](g *batch[T], s step, a, b, c *batchPlanes[R], count int) kernels.Launch {
	of := func(p *batchPlanes[R], plane, rows, cols int) kernels.Batch[R] {
		return kernels.Batch[R]{Matrix: kernels.Dense(rows, cols, cols, p.planes[plane][:count*p.size]), Apart: p.size}
	}
	opA, opB := op[T](g.tA, g.m, g.k, nil, 0), op[T](g.tB, g.k, g.n, nil, 0)
	beta := R(1)
	if s.first {
		beta = 0
	}
	return kernels.GemmBatch(g.tA, g.tB, R(s.alpha), of(a, s.a, opA.rows, opA.cols), of(b, s.b, opB.rows, opB.cols), beta, of(c, s.c, g.m, g.n), count)
}
