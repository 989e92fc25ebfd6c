package hybridblas

import (
	"slices"

	"gonum.org/v1/gonum/blas"
)

// deviceGrid is the tiles of C.
type deviceGrid struct {
	order  int   // rows and columns of a tile, and the depth of a step
	nbytes int64 // of a plane of a tile
	tiles  [][2]int
	rows   int // of C
	cols   int
}

// tile is the place and the size of a tile.
func (g *deviceGrid) tile(t int) (i, j, m, n int) {
	i, j = g.tiles[t][0], g.tiles[t][1]
	return i, j, min(g.order, g.rows-i), min(g.order, g.cols-j)
}

const (
	// mostOrder is the largest order of a tile. A product of tiles of order b
	// does b/4 operations in float64 for each byte that one operand of it takes
	// to upload: 512 at 2048.
	mostOrder = 2048
	// leastOrder is the smallest: below it a launch takes longer than its work.
	leastOrder = 64
	// tilesPerDevice is how many tiles of C each device should have, so that it
	// can be stolen from.
	tilesPerDevice = 4
	// working is how many tiles a device must hold: A and B of a step, of the
	// one after it, and one to spare.
	working = 5
)

// newGrid cuts C into tiles that the devices can hold, in rows that are walked to
// and fro: at each turn the tiles of B are still there. Devices whose memory
// doesn't hold the smallest tiles are left out.
func (t *tiler[T]) newGrid(j *job[T], devices []Device) (g deviceGrid, holders []Device) {
	g = deviceGrid{order: t.cfg.Tile, rows: j.c.rows, cols: j.c.cols}
	least := leastOrder
	if g.order > 0 {
		least = g.order
	} else {
		g.order = mostOrder
		want := tilesPerDevice * len(devices)
		for g.order > leastOrder && ceil(g.rows, g.order)*ceil(g.cols, g.order) < want {
			g.order /= 2
		}
	}
	for {
		g.nbytes = int64(g.order) * int64(g.order) * int64(t.product.size)
		holders = slices.DeleteFunc(slices.Clone(devices), func(d Device) bool {
			return g.cached(d, j, t.product.planes) < working || g.nbytes > d.Info().Caps.MaxBuffer
		})
		if len(holders) == len(devices) || g.order/2 < least {
			break
		}
		g.order /= 2
	}
	for i := 0; i < g.rows; i += g.order {
		first := len(g.tiles)
		for col := 0; col < g.cols; col += g.order {
			if j.uplo == 0 || j.uplo == blas.Upper && col > i || j.uplo == blas.Lower && col < i {
				g.tiles = append(g.tiles, [2]int{i, col})
			}
		}
		if i/g.order%2 == 1 {
			slices.Reverse(g.tiles[first:])
		}
	}
	return g, holders
}

// cached is how many tiles of A and B a device can hold: half of its memory, as
// other calls have a use for it too, but for the tiles of C.
func (g *deviceGrid) cached(d Device, terms interface{ width() int }, planes int) int {
	tile := g.nbytes * int64(planes)
	return int(d.Available()/2/tile) - ahead*terms.width()
}
