package hybridblas

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/internal/microkernel"
)

// library is the BLAS for one element type. Its methods report whether they have
// done the work; what they have not is the wrapped routine's. The routines are those
// for parts of a call: on one thread each, if the wrapped BLAS has such.
type library[T number] struct {
	*engine
	routines[T]
	whole   gemmFunc[T] // the wrapped product
	product kernel[T]
	// triangle is product for one triangle of C, if product is a packed one.
	triangle func(alpha T, a, b operand[T], beta T, c matrix[T], ul blas.Uplo)
	// symvRows adds what some rows of a symmetric matrix make of a vector, if that is
	// faster than the wrapped routine.
	symvRows func(ul blas.Uplo, n, lo, hi int, alpha T, a []T, lda int, x, y []T)
	kind     kind
	devices  *tiler[T]
}

// order is the order of the blocks on the diagonal of matrices that are updated. A
// forced one is as small as a test wants it.
func (e *engine) order() int {
	if e.cfg.Tile > 0 {
		return e.cfg.Tile
	}
	return blockRows
}

// packed tells whether products are packed ones, several times as fast as the
// wrapped routines.
func (l *library[T]) packed() bool { return l.triangle != nil }

// triangleOrder is the order of the triangular and symmetric matrices that the
// wrapped routines multiply by and solve with, for a strip at a time. By
// long rows they do so at full rate as long as matrix and strip stay in the cache
// of a core. Beside a packed product they are slow, and have as little as they can
// do well.
func (l *library[T]) triangleOrder() int {
	switch {
	case l.cfg.Tile > 0:
		return l.cfg.Tile
	case l.packed():
		return 32
	}
	return 256
}

// partsPerWorker is how many tiles each worker has of a call, so that the last
// ones hardly delay the whole.
const partsPerWorker = 4

// The bounds of the height of a tile: below 16 rows a block of B is not used
// often enough for what it costs to load, and above 256 nothing is gained.
const (
	leastRows = 16
	mostRows  = 256
)

// leastTile is the work of a packed product that is worth a tile of its own: 20 to
// 40 µs, a few times what it takes to wake a worker.
const leastTile = 64 * 64 * 64

// grid cuts a product of rows×cols, k deep, into tiles.
func (l *library[T]) grid(rows, cols, k int) (tileRows, tileCols int) {
	if l.cfg.Tile > 0 {
		return l.cfg.Tile, l.cfg.Tile
	}
	if l.packed() {
		// Packing costs the less the nearer a tile is to a square.
		parts := l.parts(float64(rows) * float64(cols) * float64(k))
		area := float64(rows) * float64(cols) / float64(parts)
		tileRows = roundUp(min(int(math.Sqrt(area)), rows), microkernel.Rows)
		tileRows = min(max(tileRows, 4*microkernel.Rows), 4*packedRows)
		tileCols = min(max(roundUp(int(area)/tileRows, 16), 64), packedCols)
		return tileRows, tileCols
	}
	across := ceil(cols, addedCols)
	tileCols = ceil(cols, across)
	tileRows = rows * across / (partsPerWorker * l.workers)
	return min(max(tileRows, leastRows), mostRows), tileCols
}

// parts is into how many parts a packed product of so much work is cut at most.
func (e *engine) parts(work float64) int {
	return int(max(1, min(work/leastTile, float64(partsPerWorker*e.workers))))
}

func roundUp(n, to int) int { return ceil(max(n, 1), to) * to }

// stripRows is how many of n independent rows one worker takes, of work for each.
func (l *library[T]) stripRows(n int, work float64) int {
	if l.cfg.Tile > 0 || l.packed() {
		return l.stripCols(n, work)
	}
	return min(max(n/(partsPerWorker*l.workers), leastRows), blockRows)
}

// mostCols is the greatest width of a strip: of 256×256 and 256×256 elements of a
// triangle and a strip, a core's second-level cache of a megabyte holds both in
// float64.
const mostCols = 256

// stripCols is how many of n independent columns one worker takes, of work for
// each: the rows of a strip are what is added up, and short ones cost as much as
// long ones. There are as many strips for each worker.
func (l *library[T]) stripCols(n int, work float64) int {
	if l.cfg.Tile > 0 {
		return l.cfg.Tile
	}
	if parts := l.parts(float64(n) * work); l.packed() && parts < l.workers {
		return ceil(n, parts)
	}
	rounds := ceil(n, mostCols*l.workers)
	return max(ceil(n, rounds*l.workers), leastRows)
}

// tiles calls body for each tile of a rows×cols grid, on the CPU workers.
func (e *engine) tiles(rows, cols, tileRows, tileCols int, body func(i, j, m, n int)) {
	down, across := ceil(rows, tileRows), ceil(cols, tileCols)
	e.each(down*across, func(t int) {
		i, j := t/across*tileRows, t%across*tileCols
		body(i, j, min(tileRows, rows-i), min(tileCols, cols-j))
	})
}

// strips calls body for consecutive parts of n, on the CPU workers.
func (e *engine) strips(n, width int, body func(lo, hi int)) {
	e.each(ceil(n, width), func(t int) { body(t*width, min(n, (t+1)*width)) })
}

// each calls body for 0 to n-1 on the CPU workers, and on this goroutine alone
// when they have ended. A panic in the wrapped BLAS is the caller's.
func (e *engine) each(n int, body func(i int)) {
	if n == 1 {
		body(0)
		return
	}
	err := e.cfg.Loop(n, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			body(i)
		}
	})
	var p *cpuexec.PanicError
	switch {
	case err == nil:
	case errors.As(err, &p):
		panic(p)
	default:
		for i := range n {
			body(i)
		}
	}
}

func validUplo(ul blas.Uplo) bool { return ul == blas.Upper || ul == blas.Lower }

func validSide(s blas.Side) bool { return s == blas.Left || s == blas.Right }

func validDiag(d blas.Diag) bool { return d == blas.Unit || d == blas.NonUnit }

func validTrans(t blas.Transpose) bool {
	return t == blas.NoTrans || t == blas.Trans || t == blas.ConjTrans
}

// mirrored is the block at (i, j), which lies beside the diagonal, of a symmetric
// or, with conj, Hermitian matrix that is stored in one triangle.
func mirrored[T number](a matrix[T], ul blas.Uplo, conj bool, i, j, rows, cols int) operand[T] {
	if (i < j) == (ul == blas.Upper) {
		return operand[T]{a.block(i, j, rows, cols), blas.NoTrans}
	}
	return operand[T]{a.block(j, i, cols, rows), blas.NoTrans}.flipped(conj)
}
