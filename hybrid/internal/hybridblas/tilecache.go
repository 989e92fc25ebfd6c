package hybridblas

import (
	"errors"

	"github.com/tandem-go/tandem/device"
)

// tileCache is the tiles of A and B on a device, kept for as long as there is
// room: the least recently used gives way, as in cuBLASXt and BLASX (Wang et al.,
// ICS 2016). Its feeder owns it.
type tileCache[T number] struct {
	f      *feeder[T]
	nbytes int64 // of a plane of a tile
	most   int   // tiles
	tiles  map[pieceKey]*cached
	clock  int64
	outbox []sending
}

// cached is a tile on a device. Events order its uses: an upload over it waits
// for the last launch that reads it, and a launch for its upload.
type cached struct {
	planes   [2]device.Buffer
	uploaded device.Event // nil once the compute stream waits for it
	read     device.Event // the last launch that reads it
	used     int64
}

// sending is host memory that is being uploaded.
type sending struct {
	planes [2]HostMemory
	done   device.Event
}

// get returns a tile, uploaded if it isn't there yet.
func (c *tileCache[T]) get(p piece[T]) (*cached, error) {
	c.clock++
	key := p.key()
	t := c.tiles[key]
	if t == nil {
		var err error
		if t, err = c.place(); err != nil {
			return nil, err
		}
		if err := c.upload(t, p, key.conj); err != nil {
			c.f.lend(t.planes)
			return nil, err
		}
		c.tiles[key] = t
	}
	t.used = c.clock
	if t.uploaded != nil {
		if err := c.f.lane.Compute.WaitEvent(t.uploaded); err != nil {
			return nil, err
		}
		t.uploaded = nil
	}
	return t, nil
}

// place finds room for a tile: free memory, or that of the tile whose last use is
// the longest ago. The two that the next launch reads are never taken.
func (c *tileCache[T]) place() (*cached, error) {
	if len(c.tiles) < c.most {
		planes, err := c.f.alloc(c.nbytes)
		if err == nil {
			return &cached{planes: planes}, nil
		}
		if !errors.Is(err, device.ErrOutOfMemory) || len(c.tiles) < 2 {
			return nil, err
		}
		c.most = len(c.tiles)
	}
	var oldest pieceKey
	var victim *cached
	for key, t := range c.tiles {
		if victim == nil || t.used < victim.used {
			oldest, victim = key, t
		}
	}
	delete(c.tiles, oldest)
	if victim.read != nil {
		if err := c.f.lane.Up.WaitEvent(victim.read); err != nil {
			return nil, err
		}
	}
	return &cached{planes: victim.planes}, nil
}

// outboxes is how many tiles may be on their way to a device at once.
const outboxes = 4

func (c *tileCache[T]) upload(t *cached, p piece[T], conj bool) error {
	box, err := c.box()
	if err != nil {
		return err
	}
	l := c.f.t
	n := p.rows * p.cols * l.product.size
	var mem *scratch[T]
	full := p.matrix
	if p.full.symmetric {
		mem = takeScratch[T](p.rows * p.cols)
		defer mem.giveBack()
		full = p.dense(mem.data)
	}
	var planes [2][]byte
	for k := range l.product.planes {
		if box.planes[k].Bytes == nil {
			box.planes[k] = c.f.dev.HostMemory(int(c.nbytes))
		}
		planes[k] = box.planes[k].Bytes[:n]
	}
	l.product.pack(planes, full, conj)
	for k := range l.product.planes {
		if err := c.f.lane.Up.Upload(t.planes[k], 0, planes[k]); err != nil {
			return err
		}
		c.f.tally.Uploaded += int64(n)
	}
	t.uploaded, err = c.f.lane.Up.Record()
	box.done = t.uploaded
	return err
}

// box returns host memory to send from, which nobody reads any more.
func (c *tileCache[T]) box() (*sending, error) {
	if len(c.outbox) < outboxes {
		c.outbox = append(c.outbox, sending{})
		return &c.outbox[len(c.outbox)-1], nil
	}
	// The first is the one that was sent first.
	first := c.outbox[0]
	copy(c.outbox, c.outbox[1:])
	last := &c.outbox[outboxes-1]
	*last = first
	if last.done == nil {
		return last, nil
	}
	return last, c.f.wait(last.done)
}
