package hybridblas

import (
	"sync"
	"time"
)

// board tells who computes which tile. Each device has a range of tiles, from
// the front of which it takes; whoever has none left steals from the back of the
// range that would take longest, but only what it would finish before its victim
// came to it. The CPU workers have no range: they take what a device would have
// finished last.
type board struct {
	mu       sync.Mutex // guards the rest
	changed  sync.Cond  // something was finished or given back, or somebody left
	devices  []*part
	cpu      part
	own      []int // tiles that only the CPU may do
	returned []int // tiles of devices that failed
	left     int   // tiles that are not done
	over     chan struct{}
}

// part is one device's side of a job, or the CPU's. The board's lock guards it.
type part struct {
	lo, hi  int // the range that is left
	flying  int // tiles taken and not done
	seconds float64
	gone    bool // takes nothing more
	stolen  int64
}

func newBoard(devices, tiles int, own []int) *board {
	b := &board{own: own, left: tiles + len(own), over: make(chan struct{})}
	b.changed.L = &b.mu
	for d := range devices {
		b.devices = append(b.devices, &part{lo: tiles * d / devices, hi: tiles * (d + 1) / devices})
	}
	return b
}

// take gives a device a tile, or none if it is better off without.
func (b *board) take(p *part) (tile int, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := len(b.returned); n > 0 {
		tile, b.returned = b.returned[n-1], b.returned[:n-1]
		p.flying++
		return tile, true
	}
	if p.lo == p.hi {
		v, n := b.victim(p)
		if v == nil {
			return 0, false
		}
		p.lo, p.hi = v.hi-n, v.hi
		v.hi -= n
		p.stolen++
	}
	p.lo++
	p.flying++
	return p.lo - 1, true
}

// victim is whom p steals from, and how many tiles: as many as let both end at
// the same time. The lock is held.
func (b *board) victim(p *part) (v *part, n int) {
	var longest float64
	for _, d := range b.devices {
		if t := float64(d.hi-d.lo) * d.seconds; d != p && t > longest {
			v, longest = d, t
		}
	}
	if v == nil || p.seconds == 0 {
		return nil, 0
	}
	rest := float64(v.hi-v.lo+v.flying) * v.seconds
	n = min(int(rest/(p.seconds+v.seconds)), v.hi-v.lo)
	if n == 0 {
		return nil, 0
	}
	return v, n
}

// takeCPU gives the CPU a tile. It waits until there is one that it should do, or
// reports false when all are done. A CPU that doesn't share does what no device
// can do, and what none is left to do.
func (b *board) takeCPU(share bool) (tile int, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.left > 0 {
		if n := len(b.own); n > 0 {
			tile, b.own = b.own[n-1], b.own[:n-1]
			return tile, true
		}
		deserted := true
		for _, d := range b.devices {
			deserted = deserted && d.gone
		}
		if n := len(b.returned); n > 0 && (deserted || share) {
			tile, b.returned = b.returned[n-1], b.returned[:n-1]
			return tile, true
		}
		if share {
			if v, _ := b.victim(&b.cpu); v != nil {
				v.hi--
				b.cpu.stolen++
				return v.hi, true
			}
		}
		b.changed.Wait()
	}
	return 0, false
}

// finish says that a tile is done, and how long it took.
func (b *board) finish(p *part, took time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := took.Seconds()
	if p.seconds > 0 {
		s = (s + p.seconds) / 2
	}
	p.seconds = s
	p.flying = max(0, p.flying-1)
	if b.left--; b.left == 0 {
		close(b.over)
	}
	b.changed.Broadcast()
}

// leave says that a device takes nothing more, and what it took and has not done.
func (b *board) leave(p *part, undone []int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p.gone, p.flying = true, 0
	b.returned = append(b.returned, undone...)
	for ; p.lo < p.hi; p.lo++ {
		b.returned = append(b.returned, p.lo)
	}
	b.changed.Broadcast()
}

// abandon ends a board whose caller takes no more tiles.
func (b *board) abandon() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.returned = nil
	for _, d := range b.devices {
		d.lo = d.hi
	}
}

// done tells whether all tiles are done.
func (b *board) done() bool {
	select {
	case <-b.over:
		return true
	default:
		return false
	}
}
