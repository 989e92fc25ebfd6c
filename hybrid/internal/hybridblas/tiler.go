package hybridblas

import (
	"slices"
	"sync"
	"time"
)

// tiler computes products on devices, tile by tile.
type tiler[T number] struct {
	*engine
	product deviceProduct[T]
	kind    kind
	devices []Device // that know T
}

func newTiler[T number](e *engine, product deviceProduct[T]) *tiler[T] {
	t := &tiler[T]{engine: e, product: product, kind: kindOf[T]()}
	for _, d := range e.cfg.Devices {
		if caps := d.Info().Caps; caps.Float64 || !product.double {
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
