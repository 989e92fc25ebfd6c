package hybridblas

import (
	"slices"
	"sync"
	"time"

	"gonum.org/v1/gonum/blas"
)

// tiler computes products on devices, tile by tile.
type tiler[T number] struct {
	*engine
	math    arithmetic[T]
	kind    kind
	devices []Device // that know T
}

func newTiler[T number](e *engine, math arithmetic[T]) *tiler[T] {
	t := &tiler[T]{engine: e, math: math, kind: kindOf[T]()}
	for _, d := range e.cfg.Devices {
		if caps := d.Info().Caps; caps.Float64 || !math.double {
			t.devices = append(t.devices, d)
		}
	}
	return t
}

// leastOnDevices is the work below which a call is not even measured on devices: a
// launch and the transfers take longer than the CPU does for 64×64×64.
const leastOnDevices = 64 * 64 * 64

// devicesTake tells whether a call could be done on devices.
func (e *engine) devicesTake(c call) bool {
	if c.op.level() < 3 || e.forced == unknown && c.work() < leastOnDevices {
		return false
	}
	return slices.ContainsFunc(e.cfg.Devices, func(d Device) bool {
		return d.Usable() == nil && (d.Info().Caps.Float64 || c.kind == kindS || c.kind == kindC)
	})
}

// grid is the tiles of C.
type grid struct {
	order  int   // rows and columns of a tile, and the depth of a step
	nbytes int64 // of a plane of a tile
	tiles  [][2]int
	rows   int // of C
	cols   int
}

// tile is the place and the size of a tile.
func (g *grid) tile(t int) (i, j, m, n int) {
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
func (t *tiler[T]) newGrid(j *job[T], devices []Device) (g grid, holders []Device) {
	g = grid{order: t.cfg.Tile, rows: j.c.rows, cols: j.c.cols}
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
		g.nbytes = int64(g.order) * int64(g.order) * int64(t.math.size)
		holders = slices.DeleteFunc(slices.Clone(devices), func(d Device) bool {
			return g.cached(d, j, t.math.planes) < working || g.nbytes > d.Info().Caps.MaxBuffer
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
func (g *grid) cached(d Device, terms interface{ width() int }, planes int) int {
	tile := g.nbytes * int64(planes)
	return int(d.Available()/2/tile) - ahead*terms.width()
}

// width is the number of sums for each tile of C.
func (j *job[T]) width() int { return len(j.terms) }

func ceil(a, b int) int { return (a + b - 1) / b }

// run does a job, on the devices that can take part and the CPU workers. It always
// does all of it: what no device has done is the CPU's in the end.
func (t *tiler[T]) run(l *library[T], j job[T]) {
	var usable []Device
	if t.cfg.Enter() == nil {
		defer t.cfg.Leave()
		usable = slices.DeleteFunc(slices.Clone(t.devices), func(d Device) bool { return d.Usable() != nil })
	}
	g, holders := t.newGrid(&j, usable)
	tiles := len(g.tiles)
	var own []int
	if j.uplo != 0 { // behind the others
		for i := 0; i < g.rows; i += g.order {
			own = append(own, len(g.tiles))
			g.tiles = append(g.tiles, [2]int{i, i})
		}
	}
	b := newBoard(len(holders), tiles, own)
	if len(holders) == 0 {
		for n := range tiles {
			b.returned = append(b.returned, n)
		}
	}
	b.cpu.seconds = t.guess(l, &j, g.order)
	var feeders sync.WaitGroup
	for n, d := range holders {
		feeders.Go(func() { t.feed(&j, g, b, b.devices[n], d) })
	}
	defer feeders.Wait()
	defer b.abandon() // after a panic of the wrapped BLAS the devices need not go on
	for {
		tile, ok := b.takeCPU(t.cfg.CPU)
		if !ok {
			return
		}
		start := time.Now()
		j.tile(g.tile(tile))
		b.finish(&b.cpu, time.Since(start))
	}
}

// assumedRate is the products of elements a second of one worker, if nothing was
// measured: gonum's, in float64.
const assumedRate = 3e9

// guess is how long a tile should take the CPU workers.
func (t *tiler[T]) guess(l *library[T], j *job[T], order int) float64 {
	work := 0.0
	for _, term := range j.terms {
		work += float64(min(order, j.c.rows)) * float64(min(order, j.c.cols)) * float64(term.k)
	}
	c := call{opGemm, t.kind, 0, order, order, order}
	for _, quiet := range []bool{true, false} {
		if fit, known := t.cfg.Model.Nearest(l.choices.key(c.cell(), inParallel, quiet)); known {
			return fit.Seconds(work)
		}
	}
	return work / (assumedRate * float64(t.workers))
}

// leastTriangle is the order of the triangles that the CPU does itself: large
// enough for the products beside them to be worth a device's while.
func (t *tiler[T]) leastTriangle() int {
	if t.cfg.Tile > 0 {
		return t.cfg.Tile
	}
	return 512
}
