package residency_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/residency"
)

// TestRandomFaults runs random operations on devices that fail, are lost or are
// late, as a careful user would. Whoever reads sees the newest values or gets the
// device's error; that values are lost is said only where their only copy was on
// a device that was lost or in reach of a broken-off kernel; and Free leaves nothing
// on the devices.
func TestRandomFaults(t *testing.T) {
	count := 400
	if testing.Short() {
		count = 60
	}
	var said totals
	for _, seed := range seeds(t, count) {
		synctest.Test(t, func(t *testing.T) { faultyWorld(t, seed, &said) })
		if t.Failed() {
			t.Fatalf("replay with %s=%d", envSeed, seed)
		}
	}
	t.Logf("%+v", said)
}

// totals count how operations have ended.
type totals struct{ reads, launches, failures, givenUp, lost int }

// faulty is a world of which it is only known where the newest values may be.
type faulty struct {
	*world
	*totals
	losing  []bool          // whether a device may be lost
	streams []device.Stream // given up on
	// owner is the site that made the newest value, -1 for the home; gone is set
	// for values that may not exist any more. By buffer and element.
	owner [][]int
	gone  [][]bool
}

func faultyWorld(t *testing.T, seed uint64, said *totals) {
	f := &faulty{totals: said}
	f.world = newWorld(t, seed, func(rng *rand.Rand) []sim.Fault {
		faults, losing := randomFaults(rng)
		f.losing = append(f.losing, losing)
		return faults
	})
	for _, ref := range f.memories {
		owner := make([]int, len(ref.values))
		for i := range owner {
			owner[i] = -1
		}
		f.owner, f.gone = append(f.owner, owner), append(f.gone, make([]bool, len(ref.values)))
	}
	for step := 0; step < 80 && !t.Failed(); step++ {
		switch b := f.rng.IntN(len(f.buffers)); f.rng.IntN(8) {
		case 0, 1:
			f.read(b)
		case 2:
			f.write(b)
		default:
			f.launch()
		}
	}
	for b := range f.buffers {
		f.read(b)
	}
	f.end()
}

// randomFaults leave a device's first compilation alone.
func randomFaults(rng *rand.Rand) (faults []sim.Fault, losing bool) {
	kinds := []sim.FaultKind{sim.FailAlloc, sim.FailUpload, sim.FailDownload, sim.FailLaunch, sim.Delay, sim.Delay, sim.Lose}
	for range rng.IntN(4) {
		fault := sim.Fault{Kind: kinds[rng.IntN(len(kinds))], At: 2 + rng.IntN(60)}
		switch fault.Kind {
		case sim.Lose:
			losing = true
		case sim.Delay:
			fault.Delay, fault.Count = time.Duration(1+rng.IntN(50))*time.Millisecond, 1+rng.IntN(4)
		case sim.FailAlloc:
			fault.Count = 1 + rng.IntN(3)
		default:
			fault.Count, fault.Refuse = 1+rng.IntN(3), rng.IntN(2) == 0
		}
		faults = append(faults, fault)
	}
	return faults, losing
}

// injected checks an error of an operation on [lo, hi) of a buffer, at a site or,
// for -1, at home.
func (f *faulty) injected(op string, err error, s, b, lo, hi int) {
	f.Helper()
	f.failures++
	var e *device.Error
	if !errors.As(err, &e) {
		f.Errorf("%s: the error %v is none of a device", op, err)
		return
	}
	if errors.Is(err, sim.ErrInjected) || errors.Is(err, device.ErrOutOfMemory) || s >= 0 && f.losing[s] {
		return
	}
	for i := lo; i < hi; i++ {
		if f.gone[b][i] || f.owner[b][i] >= 0 && f.losing[f.owner[b][i]] {
			f.lost++
			return
		}
	}
	f.Errorf("%s: elements %d to %d of buffer %d should be there: %v", op, lo, hi, b, err)
}

// read views a buffer. A failed transfer is tried again.
func (f *faulty) read(b int) {
	n := len(f.memories[b].values)
	for range 4 {
		f.reads++
		err := f.buffers[b].View(f.Context(), func(x []int32) { f.newest("View", b, 0, x) })
		if err == nil {
			f.owned(b, -1, 0, n)
			return
		}
		f.injected("View", err, -1, b, 0, n)
	}
}

// owned notes that the newest values of [lo, hi) are at a site.
func (f *faulty) owned(b, site, lo, hi int) {
	for i := lo; i < hi; i++ {
		f.owner[b][i], f.gone[b][i] = site, false
	}
}

// write needs no device, and so must succeed.
func (f *faulty) write(b int) {
	values := f.fresh(len(f.memories[b].values))
	f.ok(f.buffers[b].CopyFrom(f.Context(), values))
	copy(f.memories[b].values, values)
	f.owned(b, -1, 0, len(values))
}

// launch reads one buffer and writes another at a site. What fails or is late is
// given up on, and may go on meanwhile.
func (f *faulty) launch() {
	f.launches++
	s := f.rng.IntN(len(f.places))
	order := f.rng.Perm(len(f.buffers))
	in, out := order[0], order[1]
	reads, writes := f.buffers[in].Memory(), f.buffers[out].Memory()
	unlock, err := residency.Lock(f.Context(), []*residency.Memory{reads}, []*residency.Memory{writes})
	f.ok(err)
	defer unlock()
	from, to := f.window(in)
	lo, hi := f.window(out)
	first, last, end := f.writeMeanwhile(out, lo, hi)
	defer func() {
		end()
		f.owned(out, -1, first, last)
	}()
	err = f.compute(s, in, from, to, out, lo, hi)
	if err == nil {
		return
	}
	if errors.Is(err, context.DeadlineExceeded) {
		f.givenUp++
	}
	site := f.places[s].site
	reads.Distrust(site)
	writes.Distrust(site)
	writes.Spoil(site, int64(lo*elementSize), int64(hi*elementSize))
	for i := lo; i < hi; i++ {
		f.gone[out][i] = f.gone[out][i] || f.owner[out][i] == s
	}
}

// compute does the launch's work, for at most 20 ms.
func (f *faulty) compute(s, in, from, to, out, lo, hi int) error {
	p := f.places[s]
	stream, err := p.dev.NewStream()
	if err != nil {
		f.injected("NewStream", err, s, in, 0, 0)
		return err
	}
	f.streams = append(f.streams, stream)
	source, _, err := f.buffers[in].Memory().Acquire(f.Context(), p.site, stream, int64(from*elementSize), int64(to*elementSize), true)
	if err != nil {
		f.injected("Acquire", err, s, in, from, to)
		return err
	}
	update := f.rng.IntN(2) == 0
	target, _, err := f.buffers[out].Memory().Acquire(f.Context(), p.site, stream, int64(lo*elementSize), int64(hi*elementSize), update)
	if err != nil {
		f.injected("Acquire", err, s, out, lo, hi)
		return err
	}
	seen, old := make([]byte, (to-from)*elementSize), make([]byte, (hi-lo)*elementSize)
	values := f.fresh(hi - lo)
	err = errors.Join(
		stream.Download(seen, source, int64(from*elementSize)),
		stream.Download(old, target, int64(lo*elementSize)),
		stream.Launch(p.fill, device.Dispatch{
			Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{target}, Scalars: []uint32{uint32(lo), 0, uint32(hi), 0, uint32(values[0])},
		}))
	if err == nil {
		ctx, cancel := context.WithTimeout(f.Context(), 20*time.Millisecond)
		defer cancel()
		err = stream.Synchronize(ctx)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if err != nil {
		f.injected("a launch", err, s, in, 0, 0)
		return err
	}
	f.newest(fmt.Sprintf("a kernel on %d", s), in, from, numbers(seen))
	if update {
		f.newest(fmt.Sprintf("an updating kernel on %d", s), out, lo, numbers(old))
	}
	f.buffers[out].Memory().Commit(p.site, int64(lo*elementSize), int64(hi*elementSize))
	copy(f.memories[out].values[lo:hi], values)
	f.owned(out, s, lo, hi)
	return nil
}

// end frees the buffers and looks for what is left of them.
func (f *faulty) end() {
	for _, stream := range f.streams {
		_ = stream.Close() // answers why it was given up on
	}
	for i, p := range f.places {
		if i%2 == 0 {
			continue // its replicas go with the buffers
		}
		if err := p.site.Close(context.Background()); err != nil && !f.losing[i] && !errors.Is(err, sim.ErrInjected) {
			f.Errorf("Close of site %d: %v", i, err)
		}
	}
	for _, b := range f.buffers {
		b.Free()
	}
	for _, p := range f.places {
		_ = p.site.Close(context.Background())
		if used := p.dev.Memory(); used.InUse != 0 || used.Buffers != 0 {
			f.Errorf("%s keeps %+v", p.dev.Info().ID, used)
		}
		f.ok(p.dev.Close())
	}
}
