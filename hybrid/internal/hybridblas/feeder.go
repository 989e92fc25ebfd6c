package hybridblas

import (
	"errors"
	"fmt"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
)

// ahead is how many tiles of C a device has at once: one that it computes, and one
// whose inputs are uploaded or whose result is on its way back.
const ahead = 2

// feeder drives one device through one job, on a goroutine of its own.
type feeder[T number] struct {
	t     *tiler[T]
	j     *job[T]
	grid  deviceGrid
	board *board
	part  *part
	dev   Device

	lane     Lane
	programs map[*kernels.Kernel]device.Program
	cache    tileCache[T]
	slots    [ahead]slot
	flying   []*slot // oldest first
	idle     []*slot
	lent     [][2]device.Buffer // that nobody holds
	words    []uint32
	tally    Tally
	lastDone time.Time
}

// slot is the place of a tile of C on the device and on the way back.
type slot struct {
	tile    int
	begun   time.Time
	sums    [][2]device.Buffer // by term
	staging [][2]HostMemory
	done    device.Event
}

// attempts is how often a device may fail in one job before it is used no more.
const attempts = 2

// feed drives the device until there is nothing for it to do.
func (t *tiler[T]) feed(j *job[T], g deviceGrid, b *board, p *part, d Device) {
	var undone []int
	for attempt := 1; ; attempt++ {
		f := &feeder[T]{t: t, j: j, grid: g, board: b, part: p, dev: d, programs: map[*kernels.Kernel]device.Program{}}
		err := d.Usable()
		if err == nil {
			err = f.feed(undone)
		}
		undone = f.leave(err)
		d.Count(f.tally)
		switch {
		case err == nil, b.done():
		case errors.Is(err, device.ErrOutOfMemory), errors.Is(err, device.ErrUnsupported):
		case attempt < attempts && d.Usable() == nil && !errors.Is(err, device.ErrLost) && !errors.Is(err, device.ErrTimeout):
			continue
		case d.Usable() == nil:
			d.Fail(err)
		}
		b.leave(p, undone)
		return
	}
}

// feed keeps tiles in flight. undone are those of an attempt before.
func (f *feeder[T]) feed(undone []int) error {
	var err error
	if f.lane, err = f.dev.Lane(); err != nil {
		f.keep(undone)
		return err
	}
	f.cache = tileCache[T]{f: f, nbytes: f.grid.nbytes, most: f.grid.cached(f.dev, f.j, f.t.product.planes), tiles: map[pieceKey]*cached{}}
	for i := range f.slots {
		f.idle = append(f.idle, &f.slots[i])
	}
	f.lastDone = time.Now()
	for {
		for len(f.idle) > 0 {
			tile, ok := 0, false
			if n := len(undone); n > 0 {
				tile, undone, ok = undone[n-1], undone[:n-1], true
			} else {
				tile, ok = f.board.take(f.part)
			}
			if !ok {
				break
			}
			s := f.idle[len(f.idle)-1]
			f.idle = f.idle[:len(f.idle)-1]
			f.flying = append(f.flying, s)
			s.tile, s.begun = tile, time.Now()
			if err := f.issue(s); err != nil {
				f.keep(undone)
				return err
			}
		}
		if len(f.flying) == 0 {
			return nil
		}
		if err := f.complete(); err != nil {
			f.keep(undone)
			return err
		}
	}
}

// keep remembers tiles that were not even begun, for leave to give back.
func (f *feeder[T]) keep(undone []int) {
	for _, tile := range undone {
		f.flying = append(f.flying, &slot{tile: tile})
	}
}

// issue enqueues all that a tile of C takes.
func (f *feeder[T]) issue(s *slot) error {
	i, j, m, n := f.grid.tile(s.tile)
	product := &f.t.product
	if s.sums == nil {
		s.sums = make([][2]device.Buffer, len(f.j.terms))
		s.staging = make([][2]HostMemory, len(f.j.terms))
	}
	for at := range f.j.terms {
		term := &f.j.terms[at]
		if s.sums[at][0] == nil {
			var err error
			if s.sums[at], err = f.alloc(f.grid.nbytes); errors.Is(err, device.ErrOutOfMemory) && len(f.cache.tiles) > 2 {
				// A tile of A or B gives way. What reads it comes first on
				// the same stream.
				var t *cached
				if t, err = f.cache.place(); err == nil {
					s.sums[at] = t.planes
				}
			}
			if err != nil {
				return err
			}
		}
		for l := 0; l < term.k; l += f.grid.order {
			d := min(f.grid.order, term.k-l)
			a, b := term.a.take(i, l, m, d), term.b.take(l, j, d, n)
			left, err := f.cache.get(a)
			if err != nil {
				return err
			}
			right, err := f.cache.get(b)
			if err != nil {
				return err
			}
			for _, st := range product.steps() {
				beta := 1.0
				if st.first && l == 0 {
					beta = 0
				}
				launch := product.launch(a.trans, b.trans, m, n, d, st.alpha, beta)
				if err := f.launch(&launch, m, left.planes[st.a], right.planes[st.b], s.sums[at][st.c]); err != nil {
					return err
				}
			}
			read, err := f.lane.Compute.Record()
			if err != nil {
				return err
			}
			left.read, right.read = read, read
		}
	}
	return f.fetch(s, m*n*product.size)
}

// launch enqueues one product of planes.
func (f *feeder[T]) launch(l *kernels.Launch, rows int, a, b, c device.Buffer) error {
	if err := l.Err(); err != nil {
		return fmt.Errorf("%w: %w", device.ErrUnsupported, err)
	}
	info := f.dev.Info()
	p := f.programs[l.Kernel()]
	if p == nil {
		var err error
		if err = l.Runnable(info.Caps, rows); err != nil {
			return err
		}
		if p, err = f.dev.Program(l.Kernel(), f.board.over); err != nil {
			return err
		}
		f.programs[l.Kernel()] = p
	}
	groups, err := l.Groups(info.Caps.Language, info.Caps, rows)
	if err != nil {
		return err
	}
	f.words = l.Words(f.words[:0], info.Caps.Language, 0, rows, make([]int, 3))
	return f.lane.Compute.Launch(p, device.Dispatch{Groups: groups, Buffers: []device.Buffer{a, b, c}, Scalars: f.words})
}

// fetch enqueues the way back of a tile.
func (f *feeder[T]) fetch(s *slot, nbytes int) error {
	computed, err := f.lane.Compute.Record()
	if err != nil {
		return err
	}
	if err := f.lane.Down.WaitEvent(computed); err != nil {
		return err
	}
	for at := range s.sums {
		for k := range f.t.product.planes {
			if s.staging[at][k].Bytes == nil {
				s.staging[at][k] = f.dev.HostMemory(int(f.grid.nbytes))
			}
			if err := f.lane.Down.Download(s.staging[at][k].Bytes[:nbytes], s.sums[at][k], 0); err != nil {
				return err
			}
			f.tally.Downloaded += int64(nbytes)
		}
	}
	s.done, err = f.lane.Down.Record()
	return err
}

// complete waits for the oldest tile and writes it to C: until here the device
// had nothing of the caller's to write to.
func (f *feeder[T]) complete() error {
	s := f.flying[0]
	if err := f.wait(s.done); err != nil {
		return err
	}
	i, j, m, n := f.grid.tile(s.tile)
	beta := f.j.beta
	for at := range f.j.terms {
		var planes [2][]byte
		for k := range f.t.product.planes {
			planes[k] = s.staging[at][k].Bytes[:m*n*f.t.product.size]
		}
		f.t.product.merge(f.j.terms[at].alpha, planes, beta, f.j.c.block(i, j, m, n))
		beta = 1
	}
	f.flying = f.flying[1:]
	f.idle = append(f.idle, s)
	now := time.Now()
	took := now.Sub(f.lastDone)
	if s.begun.After(f.lastDone) {
		took = now.Sub(s.begun)
	}
	f.lastDone = now
	f.tally.Tiles++
	f.tally.Busy += took
	f.board.finish(f.part, took)
	return nil
}

// wait waits for an event. A device that doesn't answer by its deadline, or ten
// times the time that its tiles take, is late for good.
func (f *feeder[T]) wait(e device.Event) error {
	select {
	case <-e.Done():
		return e.Err()
	default:
	}
	f.board.mu.Lock()
	expected := f.part.seconds
	f.board.mu.Unlock()
	patience := max(f.dev.Deadline(), time.Duration(10*ahead*expected*1e9))
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-e.Done():
		return e.Err()
	case <-late.C:
		return &device.Error{Op: "launch", Device: f.dev.Info().ID, Err: fmt.Errorf(
			"%w: no tile of a product for %v", device.ErrTimeout, patience)}
	}
}

// alloc returns memory for the planes of a tile.
func (f *feeder[T]) alloc(nbytes int64) (planes [2]device.Buffer, err error) {
	if n := len(f.lent); n > 0 {
		planes, f.lent = f.lent[n-1], f.lent[:n-1]
		return planes, nil
	}
	for k := range f.t.product.planes {
		if planes[k], err = f.dev.Alloc(nbytes); err != nil {
			if k > 0 {
				f.dev.Recycle(planes[0])
			}
			return [2]device.Buffer{}, err
		}
	}
	return planes, nil
}

// lend keeps memory for the next alloc.
func (f *feeder[T]) lend(planes [2]device.Buffer) { f.lent = append(f.lent, planes) }

// leave gives back what the device has of the feeder, and returns the tiles that
// it took and has not done. After an error commands may be under way: then the
// streams are closed first, behind our back.
func (f *feeder[T]) leave(err error) (undone []int) {
	for _, s := range f.flying {
		undone = append(undone, s.tile)
	}
	f.tally.Failures += int64(len(undone))
	if f.lane.Up == nil {
		return undone
	}
	each := func(do func(device.Buffer)) {
		for _, t := range f.cache.tiles {
			f.lend(t.planes)
		}
		for i := range f.slots {
			f.lent = append(f.lent, f.slots[i].sums...)
		}
		for _, planes := range f.lent {
			for _, b := range planes {
				if b != nil {
					do(b)
				}
			}
		}
	}
	if err == nil {
		f.dev.Release(f.lane)
		each(f.dev.Recycle)
		f.freeHost()
		return undone
	}
	f.dev.Abandon(f.lane, func() {
		each(f.dev.Drop)
		f.freeHost()
	})
	return undone
}

// freeHost gives back the host's memory that copies went through.
func (f *feeder[T]) freeHost() {
	free := func(planes [2]HostMemory) {
		for _, h := range planes {
			if h.Bytes != nil {
				f.dev.FreeHost(h)
			}
		}
	}
	for _, box := range f.cache.outbox {
		free(box.planes)
	}
	for i := range f.slots {
		for _, planes := range f.slots[i].staging {
			free(planes)
		}
	}
}
