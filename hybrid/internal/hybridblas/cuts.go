package hybridblas

import (
	"math"

	"github.com/tandem-go/tandem/internal/microkernel"
)

// blockRows is the height of the blocks on a diagonal.
const blockRows = 64

// order is the order of the blocks on the diagonal of matrices that are updated. A
// forced one is as small as a test wants it.
func (e *engine) order() int {
	if e.cfg.Tile > 0 {
		return e.cfg.Tile
	}
	return blockRows
}

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

// tileSize is that of the tiles that workers cut a product of rows×cols, k deep, into.
func (l *library[T]) tileSize(rows, cols, k int) (tileRows, tileCols int) {
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

// share is how many elements of a vector one worker takes at once. Work of level
// 2 and 1 is even, and each worker gains by long parts.
func (e *engine) share(n int) int {
	if e.cfg.Tile > 0 {
		return e.cfg.Tile
	}
	const cacheLine = 16 // elements of the smallest type: no two workers write one
	parts := 2 * e.workers
	return (n/parts + cacheLine) / cacheLine * cacheLine
}

// triangleShare is share for rows of a triangle, which are not equally long.
func (e *engine) triangleShare(n int) int { return max(1, e.share(n)/partsPerWorker) }

func ceil(a, b int) int { return (a + b - 1) / b }
