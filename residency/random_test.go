package residency_test

import (
	"context"
	"encoding/binary"
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

// fill is a kernel that writes consecutive numbers, from word 4 on, to the
// elements between the indices in words 0 and 2.
var fill = device.Source{
	Name: "fill", Language: device.Go, Buffers: 1, Scalars: 5,
	Func: func(c device.HostCall) {
		for i := c.Scalars[0]; i < c.Scalars[2]; i++ {
			binary.NativeEndian.PutUint32(c.Buffers[0][i*elementSize:], c.Scalars[4]+i-c.Scalars[0])
		}
	},
}

// place is a device with all that a launch on it needs.
type place struct {
	dev  *sim.Device
	site *residency.Site
	fill device.Program
	read int64 // bytes downloaded by the test itself
}

// world is the real thing beside the model of it.
type world struct {
	*testing.T
	reference
	rng     *rand.Rand
	places  []*place
	buffers []*residency.Buffer[int32]
	next    int32 // the next value to write
}

// TestRandom runs random operations on several buffers and devices, one of which
// has little memory, and compares what is read, what is moved and what is in use
// with the model.
func TestRandom(t *testing.T) {
	count := 150
	if testing.Short() {
		count = 30
	}
	for _, seed := range seeds(t, count) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, seed, nil)
			for step := 0; step < 120 && !t.Failed(); step++ {
				w.step()
				w.compare()
			}
			w.end()
		})
		if t.Failed() {
			t.Fatalf("replay with %s=%d", envSeed, seed)
		}
	}
}

func newWorld(t *testing.T, seed uint64, faults func(rng *rand.Rand) []sim.Fault) *world {
	w := &world{T: t, rng: rand.New(rand.NewPCG(seed, 0)), next: 1000}
	for i, memory := range []int64{1 << 20, 1 << 20, 400} {
		cfg := sim.Config{
			ID: fmt.Sprintf("sim:%d", i), Memory: memory, Rate: 1e6, LaunchLatency: 10 * time.Microsecond,
			TransferLatency: 20 * time.Microsecond, UploadBandwidth: 1e6, DownloadBandwidth: 1e6, Jitter: 0.5, Seed: seed,
		}
		if faults != nil {
			cfg.Faults = faults(w.rng)
		}
		dev, err := sim.Open(cfg)
		w.ok(err)
		p := &place{dev: dev, site: residency.NewSite(dev)}
		p.fill, err = dev.Compile(fill)
		w.ok(err)
		w.places = append(w.places, p)
		w.sites = append(w.sites, &refSite{capacity: memory})
	}
	for range 4 {
		w.add()
	}
	return w
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// fresh returns n values that no memory has.
func (w *world) fresh(n int) []int32 {
	values := make([]int32, n)
	for i := range values {
		values[i] = w.next
		w.next++
	}
	return values
}

// add makes a buffer.
func (w *world) add() {
	n := 10 + w.rng.IntN(40)
	if w.rng.IntN(2) == 0 {
		w.memories = append(w.memories, newRefMemory(make([]int32, n)))
		w.buffers = append(w.buffers, residency.New[int32](n))
		return
	}
	values := w.fresh(n)
	w.memories = append(w.memories, newRefMemory(append([]int32(nil), values...)))
	w.buffers = append(w.buffers, residency.From(values))
	clear(values) // the buffer has a copy
}

// free gives up buffer b and puts a new one in its place.
func (w *world) free(b int) {
	old, ref := w.buffers[b], w.memories[b]
	old.Free()
	old.Free()
	for s := range ref.replicas {
		w.sites[s].inUse -= ref.nbytes()
	}
	if err := old.View(w.Context(), func([]int32) { w.Error("a freed buffer can be viewed") }); !errors.Is(err, device.ErrClosed) {
		w.Errorf("of a freed buffer View answers %v", err)
	}
	w.add()
	last := len(w.buffers) - 1
	w.buffers[b], w.memories[b] = w.buffers[last], w.memories[last]
	w.buffers, w.memories = w.buffers[:last], w.memories[:last]
}

func (w *world) step() {
	b := w.rng.IntN(len(w.buffers))
	ref := w.memories[b]
	switch k := w.rng.IntN(20); {
	case k < 2:
		w.view(b)
	case k < 3:
		w.update(b)
	case k < 4:
		values := w.fresh(len(ref.values))
		w.ok(w.buffers[b].CopyFrom(w.Context(), values))
		copy(ref.values, values)
		ref.commit(-1, 0, len(values))
	case k < 5:
		w.hostPart(b)
	case k < 6:
		w.copyTo(b)
	case k < 7:
		w.free(b)
	default:
		w.launch()
	}
}

// readable tells from the model whether b can be read at home, and brings it
// there.
func (w *world) readable(b, lo, hi int) outcome {
	if !w.fetch(w.memories[b], lo, hi) {
		return lost
	}
	return fine
}

// ended checks that an operation ended as it had to.
func (w *world) ended(op string, err error, want outcome) {
	w.Helper()
	var e *device.Error
	switch {
	case want == fine && err == nil:
	case want == lost && errors.Is(err, device.ErrLost) && errors.As(err, &e):
	case want == noRoom && errors.Is(err, device.ErrOutOfMemory) && errors.As(err, &e):
	default:
		w.Errorf("%s ended with %v, want outcome %d", op, err, want)
	}
}

// newest checks values, those of the elements from lo on, against the model.
func (w *world) newest(op string, b, lo int, values []int32) {
	w.Helper()
	for i, v := range values {
		if want := w.memories[b].values[lo+i]; v != want {
			w.Errorf("%s: element %d of buffer %d is %d, the newest is %d", op, lo+i, b, v, want)
			return
		}
	}
}

func (w *world) view(b int) {
	want := w.readable(b, 0, len(w.memories[b].values))
	err := w.buffers[b].View(w.Context(), func(x []int32) { w.newest("View", b, 0, x) })
	w.ended("View", err, want)
}

func (w *world) copyTo(b int) {
	want := w.readable(b, 0, len(w.memories[b].values))
	dst := make([]int32, len(w.memories[b].values))
	err := w.buffers[b].CopyTo(w.Context(), dst)
	if w.ended("CopyTo", err, want); err == nil {
		w.newest("CopyTo", b, 0, dst)
	}
}

func (w *world) update(b int) {
	ref := w.memories[b]
	want := w.readable(b, 0, len(ref.values))
	err := w.buffers[b].Update(w.Context(), func(x []int32) {
		w.newest("Update", b, 0, x)
		lo, hi := w.window(b)
		copy(x[lo:hi], w.fresh(hi-lo))
		copy(ref.values, x)
	})
	if w.ended("Update", err, want); err == nil {
		ref.commit(-1, 0, len(ref.values))
	}
}

// window is a random part of a buffer that is not empty.
func (w *world) window(b int) (lo, hi int) {
	n := len(w.memories[b].values)
	lo = w.rng.IntN(n)
	return lo, lo + 1 + w.rng.IntN(n-lo)
}

// hostPart is what CPU workers do with a part of a buffer.
func (w *world) hostPart(b int) {
	mem, ref := w.buffers[b].Memory(), w.memories[b]
	unlock, err := residency.Lock(w.Context(), nil, []*residency.Memory{mem})
	w.ok(err)
	defer unlock()
	lo, hi := w.window(b)
	want, read := fine, w.rng.IntN(2) == 0
	var before int64
	for _, s := range w.sites {
		before -= s.downloaded
	}
	if read {
		want = w.readable(b, lo, hi)
	}
	for _, s := range w.sites {
		before += s.downloaded
	}
	moved, err := mem.AcquireHost(w.Context(), int64(lo*elementSize), int64(hi*elementSize), read)
	if w.ended("AcquireHost", err, want); err != nil {
		return
	}
	if moved != before {
		w.Errorf("AcquireHost moved %d bytes, want %d", moved, before)
	}
	home := mem.Home()[lo*elementSize : hi*elementSize]
	if read {
		w.newest("AcquireHost", b, lo, numbers(home))
	}
	for i, v := range w.fresh(hi - lo) {
		binary.NativeEndian.PutUint32(home[i*elementSize:], uint32(v))
		ref.values[lo+i] = v
	}
	mem.CommitHost(int64(lo*elementSize), int64(hi*elementSize))
	ref.commit(-1, lo, hi)
}

// writeMeanwhile begins to write a part of a buffer at home, beside [lo, hi), as workers
// do while a device writes another part. It returns which part, and what ends that.
func (w *world) writeMeanwhile(b, lo, hi int) (from, to int, end func()) {
	mem, ref := w.buffers[b].Memory(), w.memories[b]
	from, to = hi, len(ref.values)
	if w.rng.IntN(2) == 0 {
		from, to = 0, lo
	}
	if from >= to || w.rng.IntN(3) == 0 {
		return 0, 0, func() {}
	}
	_, err := mem.AcquireHost(w.Context(), int64(from*elementSize), int64(to*elementSize), false)
	w.ok(err)
	values := w.fresh(to - from)
	home := mem.Home()[from*elementSize : to*elementSize]
	for i, v := range values {
		binary.NativeEndian.PutUint32(home[i*elementSize:], uint32(v))
	}
	return from, to, func() {
		mem.CommitHost(int64(from*elementSize), int64(to*elementSize))
		copy(ref.values[from:to], values)
		ref.commit(-1, from, to)
	}
}

func numbers(b []byte) []int32 {
	values := make([]int32, len(b)/elementSize)
	for i := range values {
		values[i] = int32(binary.NativeEndian.Uint32(b[i*elementSize:]))
	}
	return values
}

// launch reads one buffer and writes a part of another at a site, and sometimes
// gives up on it when it has begun. Sometimes the host writes another part of the other
// meanwhile.
func (w *world) launch() {
	s := w.rng.IntN(len(w.places))
	order := w.rng.Perm(len(w.buffers))
	in, out := order[0], order[1]
	unlock, err := residency.Lock(w.Context(), []*residency.Memory{w.buffers[in].Memory()}, []*residency.Memory{w.buffers[out].Memory()})
	w.ok(err)
	defer unlock()
	stream, err := w.places[s].dev.NewStream()
	w.ok(err)
	defer func() { w.ok(stream.Close()) }()
	locked := map[*refMemory]bool{w.memories[in]: true, w.memories[out]: true}

	lo, hi := w.window(in)
	if !w.acquireAndRead(s, in, lo, hi, stream, locked) {
		return
	}
	lo, hi = w.window(out)
	_, _, end := w.writeMeanwhile(out, lo, hi)
	defer end()
	target, got := w.acquire(s, out, lo, hi, w.rng.IntN(2) == 0, stream, locked)
	if got != fine {
		return
	}
	from := w.fresh(hi - lo)
	w.ok(stream.Launch(w.places[s].fill, device.Dispatch{
		Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{target}, Scalars: []uint32{uint32(lo), 0, uint32(hi), 0, uint32(from[0])},
	}))
	mem, ref := w.buffers[out].Memory(), w.memories[out]
	if w.rng.IntN(6) == 0 { // the kernel is left to itself
		source := w.buffers[in].Memory()
		source.Distrust(w.places[s].site)
		w.memories[in].distrust(s)
		mem.Distrust(w.places[s].site)
		mem.Spoil(w.places[s].site, int64(lo*elementSize), int64(hi*elementSize))
		ref.distrust(s)
		ref.spoil(s, lo, hi)
		return
	}
	w.ok(stream.Synchronize(w.Context()))
	mem.Commit(w.places[s].site, int64(lo*elementSize), int64(hi*elementSize))
	copy(ref.values[lo:hi], from)
	ref.commit(s, lo, hi)
}

// acquire acquires a part of a buffer at a site and compares what has moved.
func (w *world) acquire(s, b, lo, hi int, read bool, stream device.Stream, locked map[*refMemory]bool) (device.Buffer, outcome) {
	mem, site := w.buffers[b].Memory(), w.places[s].site
	if rep := w.memories[b].replicas[s]; rep != nil && !rep.haunted {
		var missing int64
		for i := lo; i < hi; i++ {
			if !rep.valid[i] {
				missing += elementSize
			}
		}
		if got := mem.Missing(site, int64(lo*elementSize), int64(hi*elementSize)); got != missing {
			w.Errorf("Missing is %d, want %d", got, missing)
		}
	}
	moves, want := w.reference.acquire(w.memories[b], s, lo, hi, read, locked)
	buf, moved, err := mem.Acquire(w.Context(), site, stream, int64(lo*elementSize), int64(hi*elementSize), read)
	w.ended("Acquire", err, want)
	if moved != moves {
		w.Errorf("Acquire moved %d bytes, want %d", moved, moves)
	}
	return buf, want
}

// acquireAndRead reads a part of a buffer as a kernel at the site sees it.
func (w *world) acquireAndRead(s, b, lo, hi int, stream device.Stream, locked map[*refMemory]bool) bool {
	buf, out := w.acquire(s, b, lo, hi, true, stream, locked)
	if out != fine {
		return false
	}
	seen := make([]byte, (hi-lo)*elementSize)
	w.ok(stream.Download(seen, buf, int64(lo*elementSize)))
	w.ok(stream.Synchronize(w.Context()))
	w.places[s].read += int64(len(seen))
	w.newest("a kernel", b, lo, numbers(seen))
	return true
}

// compare compares the accounts of all devices.
func (w *world) compare() {
	w.Helper()
	synctest.Wait()
	for i, p := range w.places {
		stats, want := p.dev.Stats(), w.sites[i]
		if stats.UploadedBytes != want.uploaded || stats.DownloadedBytes-p.read != want.downloaded {
			w.Errorf("%s: %d bytes uploaded and %d downloaded, want %d and %d", p.dev.Info().ID,
				stats.UploadedBytes, stats.DownloadedBytes-p.read, want.uploaded, want.downloaded)
		}
		if used := p.dev.Memory().InUse; used != want.inUse {
			w.Errorf("%s: %d bytes in use, want %d", p.dev.Info().ID, used, want.inUse)
		}
	}
}

// end closes the sites, which brings everything home, and the devices.
func (w *world) end() {
	for i, p := range w.places {
		for _, ref := range w.memories {
			if ref.replicas[i] != nil {
				w.vacate(ref, i)
			}
		}
		if err := p.site.Close(context.Background()); err != nil {
			w.Errorf("Close answers %v", err)
		}
	}
	w.compare()
	for _, p := range w.places {
		if used := p.dev.Memory(); used.InUse != 0 || used.Buffers != 0 {
			w.Errorf("%s keeps %+v", p.dev.Info().ID, used)
		}
		w.ok(p.dev.Close())
	}
	for b := range w.buffers {
		w.view(b)
	}
}
