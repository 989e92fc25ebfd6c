package hybridblas

import (
	"errors"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/cpuexec"
)

// library is the BLAS for one element type. Its methods report whether they have
// done the work; what they have not is the wrapped routine's.
type library[T number] struct {
	*engine
	routines[T]
	product kernel[T]
	kind    kind
	devices *tiler[T]
}

// order is the order of the blocks on the diagonal of matrices that are updated. A
// forced one is as small as a test wants it.
func (e *engine) order() int {
	if e.cfg.Tile > 0 {
		return e.cfg.Tile
	}
	return blockRows
}

// triangleOrder is the order of the triangular and symmetric matrices that the
// wrapped routines multiply by and solve with, for a strip at a time: they work by
// long rows, and do so at full rate as long as matrix and strip stay in the cache
// of a core.
func (e *engine) triangleOrder() int {
	if e.cfg.Tile > 0 {
		return e.cfg.Tile
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

// grid cuts rows×cols into tiles.
func (e *engine) grid(rows, cols int) (tileRows, tileCols int) {
	if e.cfg.Tile > 0 {
		return e.cfg.Tile, e.cfg.Tile
	}
	across := ceil(cols, addedCols)
	tileCols = ceil(cols, across)
	tileRows = rows * across / (partsPerWorker * e.workers)
	return min(max(tileRows, leastRows), mostRows), tileCols
}

// stripRows is how many of n independent rows one worker takes.
func (e *engine) stripRows(n int) int {
	if e.cfg.Tile > 0 {
		return e.cfg.Tile
	}
	return min(max(n/(partsPerWorker*e.workers), leastRows), blockRows)
}

// mostCols is the greatest width of a strip: of 256×256 and 256×256 elements of a
// triangle and a strip, a core's second-level cache of a megabyte holds both in
// float64.
const mostCols = 256

// stripCols is how many of n independent columns one worker takes: the rows of a
// strip are what is added up, and short ones cost as much as long ones. There are
// as many strips for each worker.
func (e *engine) stripCols(n int) int {
	if e.cfg.Tile > 0 {
		return e.cfg.Tile
	}
	rounds := ceil(n, mostCols*e.workers)
	return max(ceil(n, rounds*e.workers), leastRows)
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
