package residency_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/residency"
)

// TestConcurrentUse has many goroutines launch on three devices, one of which
// can't hold all buffers, and view and write on the host. The newest values are
// noted under the buffers' own locks: who reads must see them, and the race
// detector sees whether the locks hold.
func TestConcurrentUse(t *testing.T) {
	count := 20
	if testing.Short() {
		count = 5
	}
	for _, seed := range seeds(t, count) {
		synctest.Test(t, func(t *testing.T) {
			c := newCrowd(t, seed)
			var wg sync.WaitGroup
			for user := range uint64(8) {
				wg.Go(func() { c.use(rand.New(rand.NewPCG(seed, user))) })
			}
			wg.Wait()
			c.end()
		})
		if t.Failed() {
			t.Fatalf("replay with %s=%d", envSeed, seed)
		}
	}
}

// crowd is what the goroutines share.
type crowd struct {
	*testing.T
	places  []*place
	buffers []*residency.Buffer[int32]
	newest  [][]int32 // guarded by the buffers' locks
}

const crowdElements = 32

func newCrowd(t *testing.T, seed uint64) *crowd {
	c := &crowd{T: t}
	for i, memory := range []int64{1 << 20, 1 << 20, 2*crowdElements*elementSize + 1} {
		dev, err := sim.Open(sim.Config{
			ID: fmt.Sprintf("sim:%d", i), Memory: memory, Rate: 1e6, LaunchLatency: 10 * time.Microsecond,
			TransferLatency: 20 * time.Microsecond, UploadBandwidth: 1e6, DownloadBandwidth: 1e6, Jitter: 0.9, Seed: seed,
		})
		if err != nil {
			t.Fatal(err)
		}
		p := &place{dev: dev, site: residency.NewSite(dev)}
		if p.fill, err = dev.Compile(fill); err != nil {
			t.Fatal(err)
		}
		c.places = append(c.places, p)
	}
	for range 4 {
		c.buffers = append(c.buffers, residency.New[int32](crowdElements))
		c.newest = append(c.newest, make([]int32, crowdElements))
	}
	return c
}

func (c *crowd) use(rng *rand.Rand) {
	for range 40 {
		b := rng.IntN(len(c.buffers))
		var err error
		switch rng.IntN(6) {
		case 0:
			err = c.buffers[b].View(c.Context(), func(x []int32) { c.same("View", b, 0, x) })
		case 1:
			err = c.buffers[b].Update(c.Context(), func(x []int32) {
				c.same("Update", b, 0, x)
				x[rng.IntN(len(x))] = rng.Int32()
				copy(c.newest[b], x)
			})
		default:
			err = c.launch(rng)
		}
		if err != nil && !errors.Is(err, device.ErrOutOfMemory) {
			c.Error(err)
		}
	}
}

// same compares values from element lo on with the newest.
func (c *crowd) same(op string, b, lo int, x []int32) {
	for i, v := range x {
		if want := c.newest[b][lo+i]; v != want {
			c.Errorf("%s: element %d of buffer %d is %d, the newest is %d", op, lo+i, b, v, want)
			return
		}
	}
}

func (c *crowd) launch(rng *rand.Rand) error {
	p, order := c.places[rng.IntN(len(c.places))], rng.Perm(len(c.buffers))
	in, out := order[0], order[1]
	reads, writes := c.buffers[in].Memory(), c.buffers[out].Memory()
	unlock, err := residency.Lock(c.Context(), []*residency.Memory{reads}, []*residency.Memory{writes})
	if err != nil {
		return err
	}
	defer unlock()
	stream, err := p.dev.NewStream()
	if err != nil {
		return err
	}
	defer func() {
		if err := stream.Close(); err != nil {
			c.Error(err)
		}
	}()
	source, _, err := reads.Acquire(c.Context(), p.site, stream, 0, reads.Size(), true)
	if err != nil {
		return err
	}
	lo := rng.IntN(crowdElements)
	hi := lo + 1 + rng.IntN(crowdElements-lo)
	target, _, err := writes.Acquire(c.Context(), p.site, stream, int64(lo*elementSize), int64(hi*elementSize), false)
	if err != nil {
		return err
	}
	seen, first := make([]byte, reads.Size()), uint32(rng.Int32N(1<<30))
	err = errors.Join(
		stream.Download(seen, source, 0),
		stream.Launch(p.fill, device.Dispatch{
			Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{target}, Scalars: []uint32{uint32(lo), 0, uint32(hi), 0, first},
		}),
		stream.Synchronize(c.Context()))
	if err != nil {
		return err
	}
	c.same("a kernel", in, 0, numbers(seen))
	writes.Commit(p.site, int64(lo*elementSize), int64(hi*elementSize))
	for i := lo; i < hi; i++ {
		c.newest[out][i] = int32(first) + int32(i-lo)
	}
	return nil
}

// end closes the sites while the buffers are read, and frees the buffers.
func (c *crowd) end() {
	var wg sync.WaitGroup
	for b := range c.buffers {
		wg.Go(func() {
			if err := c.buffers[b].View(c.Context(), func(x []int32) { c.same("View", b, 0, x) }); err != nil {
				c.Error(err)
			}
		})
	}
	for _, p := range c.places {
		wg.Go(func() {
			if err := p.site.Close(context.Background()); err != nil {
				c.Error(err)
			}
		})
	}
	wg.Wait()
	for _, p := range c.places {
		if used := p.dev.Memory(); used.InUse != 0 {
			c.Errorf("%s keeps %+v", p.dev.Info().ID, used)
		}
		if err := p.dev.Close(); err != nil {
			c.Error(err)
		}
	}
	for b := range c.buffers {
		if err := c.buffers[b].View(c.Context(), func(x []int32) { c.same("View", b, 0, x) }); err != nil {
			c.Error(err)
		}
	}
}
