package hybridblas

import (
	"context"
	"math/bits"
	"sync"
	"unsafe"

	"github.com/tandem-go/tandem/internal/ways"
	"github.com/tandem-go/tandem/kernels"
)

// leastLaunched is the work from which a batch may be launched over devices with
// memory of their own: their transfers and launches take some tens of microseconds,
// in which one core does half of this.
const leastLaunched = 4e6

// mostGathered is how many bytes of A, B and C are copied together at once.
const mostGathered = 64 << 20

// batchChoices says whether batches are faster by the workers or by a launch. There is
// no wrapped routine to be held to here, and operands for a measurement of its own would
// be as large as the caller's: so it is the caller's own calls that tell.
type batchChoices struct {
	byKind sync.Map // of *ways.Choice, by batchKind
}

// batchKind is batches that take about as long as each other.
type batchKind struct {
	kind     kind
	gathered bool
	work     int // of a product; binary orders of magnitude
	count    int
}

func (c *batchChoices) of(k batchKind) *ways.Choice {
	choice, found := c.byKind.Load(k)
	if !found {
		choice, _ = c.byKind.LoadOrStore(k, new(ways.Choice))
	}
	return choice.(*ways.Choice)
}

// choose does a batch on the workers or by launches, whatever has been the faster.
// launched reports whether it has done it: with false it has done nothing.
func (g *batch[T]) choose(count int, gathered bool, workers func() error, launched func() (bool, error)) error {
	e := g.l.engine
	work := float64(g.m) * float64(g.n) * float64(g.k)
	if e.cfg.Batch == nil || g.alpha == 0 || count == 0 || work == 0 ||
		e.forced == unknown && work*float64(count) < leastLaunched {
		return workers()
	}
	launch := func() error {
		if done, err := launched(); done {
			return err
		}
		return workers()
	}
	switch e.forced {
	case onDevices:
		return launch()
	case unknown:
		k := batchKind{kind: g.l.kind, gathered: gathered, work: bits.Len64(uint64(work)), count: bits.Len(uint(count))}
		return e.batches.of(k).Do(workers, launch)
	}
	return workers()
}

// launchStrided launches count products that lie in one slice each.
func (g *batch[T]) launchStrided(ctx context.Context, a []T, lda, strideA int, b []T, ldb, strideB int, c []T, ldc, strideC, count int) (bool, error) {
	if g.l.kind.isComplex() {
		return g.launchScattered(ctx, count, func(i int) (x, y, z []T) { return a[i*strideA:], b[i*strideB:], c[i*strideC:] })
	}
	return g.launch(ctx, a, lda, strideA, b, ldb, strideB, c, ldc, strideC, count)
}

// launchScattered launches count products of matrices that lie anywhere.
func (g *batch[T]) launchScattered(ctx context.Context, count int, at func(i int) (a, b, c []T)) (bool, error) {
	switch g.l.kind {
	case kindC:
		return launchPlanes[T, float32](ctx, g, count, at)
	case kindZ:
		return launchPlanes[T, float64](ctx, g, count, at)
	}
	return g.launchGathered(ctx, count, at)
}

// launch launches count products of real numbers over the devices.
func (g *batch[T]) launch(ctx context.Context, a []T, lda, strideA int, b []T, ldb, strideB int, c []T, ldc, strideC, count int) (bool, error) {
	var l kernels.Launch
	switch a := any(a).(type) {
	case []float32:
		l = batchLaunch(g, a, lda, strideA, any(b).([]float32), ldb, strideB, any(c).([]float32), ldc, strideC, count)
	case []float64:
		l = batchLaunch(g, a, lda, strideA, any(b).([]float64), ldb, strideB, any(c).([]float64), ldc, strideC, count)
	default:
		return false, nil
	}
	return g.launchOne(ctx, l)
}

// launchOne runs a launch, unless it has more than devices can count, or operands that
// overlap.
func (g *batch[T]) launchOne(ctx context.Context, l kernels.Launch) (bool, error) {
	if l.Err() != nil {
		return false, nil
	}
	return g.l.cfg.Batch(ctx, l, g.l.forced != unknown)
}

func batchLaunch[T number, R kernels.Float](g *batch[T], a []R, lda, strideA int, b []R, ldb, strideB int, c []R, ldc, strideC, count int) kernels.Launch {
	opA, opB := op(g.tA, g.m, g.k, a, lda), op(g.tB, g.k, g.n, b, ldb)
	return kernels.GemmBatch(g.tA, g.tB, any(g.alpha).(R),
		kernels.Batch[R]{Matrix: kernels.Dense(opA.rows, opA.cols, lda, a), Apart: strideA},
		kernels.Batch[R]{Matrix: kernels.Dense(opB.rows, opB.cols, ldb, b), Apart: strideB}, any(g.beta).(R),
		kernels.Batch[R]{Matrix: kernels.Dense(g.m, g.n, ldc, c), Apart: strideC}, count)
}

// launchGathered copies matrices that lie anywhere together, without their padding,
// and launches them, as many at a time as mostGathered holds.
func (g *batch[T]) launchGathered(ctx context.Context, count int, at func(i int) (a, b, c []T)) (done bool, err error) {
	opA, opB := op[T](g.tA, g.m, g.k, nil, g.lda), op[T](g.tB, g.k, g.n, nil, g.ldb)
	size := int(unsafe.Sizeof(g.alpha))
	portion := min(count, max(1, mostGathered/(size*(g.m*g.k+g.k*g.n+g.m*g.n))))
	a, b, c := make([]T, portion*g.m*g.k), make([]T, portion*g.k*g.n), make([]T, portion*g.m*g.n)
	for from := 0; from < count; from += portion {
		n := min(portion, count-from)
		g.l.each(n, func(i int) {
			x, y, z := at(from + i)
			gather(a[i*g.m*g.k:], x, opA.rows, opA.cols, g.lda)
			gather(b[i*g.k*g.n:], y, opB.rows, opB.cols, g.ldb)
			if g.beta != 0 {
				gather(c[i*g.m*g.n:], z, g.m, g.n, g.ldc)
			}
		})
		done, err = g.launch(ctx, a[:n*g.m*g.k], opA.cols, g.m*g.k, b[:n*g.k*g.n], opB.cols, g.k*g.n, c[:n*g.m*g.n], g.n, g.m*g.n, n)
		if !done || err != nil {
			if from > 0 && !done { // the devices are gone; the rest is the workers'
				return true, g.onWorkers(ctx, count-from, func(i int) (p, q, r []T) { return at(from + i) })
			}
			return done, err
		}
		g.l.each(n, func(i int) {
			_, _, z := at(from + i)
			for r := range g.m {
				copy(z[r*g.ldc:][:g.n], c[(i*g.m+r)*g.n:])
			}
		})
	}
	return true, nil
}

func gather[T number](dst, src []T, rows, cols, stride int) {
	for r := range rows {
		copy(dst[r*cols:(r+1)*cols], src[r*stride:])
	}
}
