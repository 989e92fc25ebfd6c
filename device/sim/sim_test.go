package sim_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/devicetest"
	"github.com/tandem-go/tandem/device/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	for name, cfg := range map[string]sim.Config{
		"Instant": {Memory: 64 << 20},
		"Timed": {
			Memory: 64 << 20, Rate: 1e9, LaunchLatency: 10 * time.Microsecond, TransferLatency: 5 * time.Microsecond,
			UploadBandwidth: 20e9, DownloadBandwidth: 10e9, Jitter: 0.5, Seed: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			devicetest.Run(t, func(t *testing.T) device.Device { return open(t, cfg) }, devicetest.GoPrograms())
		})
	}
}

func open(t *testing.T, cfg sim.Config) *sim.Device {
	t.Helper()
	d, err := sim.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// rig is a device with a stream and a program that adds one to the bytes of its
// indices.
type rig struct {
	*testing.T
	dev     *sim.Device
	stream  device.Stream
	program device.Program
	began   time.Time
}

var addOne = device.Source{
	Name: "add one", Language: device.Go, Buffers: 1, Scalars: 4,
	Func: func(c device.HostCall) {
		for i := c.Scalars[0]; i < c.Scalars[2]; i++ {
			c.Buffers[0][i]++
		}
	},
}

// inBubble runs f on a fresh device in virtual time, closes the device and
// checks that it has given everything back.
func inBubble(t *testing.T, cfg sim.Config, f func(r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{T: t, dev: open(t, cfg), began: time.Now()}
		if s, err := r.dev.NewStream(); err == nil {
			r.stream = s
		}
		if p, err := r.dev.Compile(addOne); err == nil {
			r.program = p
		}
		f(r)
		if err := r.dev.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if m := r.dev.Memory(); m.InUse != 0 || m.Buffers != 0 {
			t.Errorf("after Close the accounts are %+v", m)
		}
	})
}

func (r *rig) alloc(nbytes int64) device.Buffer {
	r.Helper()
	b, err := r.dev.Alloc(nbytes)
	r.ok(err)
	return b
}

func (r *rig) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *rig) launch(s device.Stream, b device.Buffer, lo, hi uint64) error {
	return s.Launch(r.program, device.Dispatch{
		Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{b},
		Scalars: []uint32{uint32(lo), uint32(lo >> 32), uint32(hi), uint32(hi >> 32)},
	})
}

// took checks how much virtual time has passed since the device was opened.
func (r *rig) took(want time.Duration) {
	r.Helper()
	if got := time.Since(r.began); got != want {
		r.Errorf("it took %v, want %v", got, want)
	}
}

func TestTime(t *testing.T) {
	cfg := sim.Config{
		Rate: 1e6, LaunchLatency: 3 * time.Millisecond, TransferLatency: time.Millisecond,
		UploadBandwidth: 1e6, DownloadBandwidth: 0.5e6,
	}
	inBubble(t, cfg, func(r *rig) {
		b := r.alloc(1000)
		r.took(0)
		r.ok(r.stream.Upload(b, 0, make([]byte, 1000)))
		r.ok(r.stream.Synchronize(r.Context()))
		r.took(2 * time.Millisecond)
		r.ok(r.launch(r.stream, b, 0, 1000))
		r.ok(r.stream.Synchronize(r.Context()))
		r.took(6 * time.Millisecond)
		got := make([]byte, 1000)
		r.ok(r.stream.Download(got, b, 0))
		r.ok(r.stream.Synchronize(r.Context()))
		r.took(9 * time.Millisecond)
		if got[0] != 1 || got[999] != 1 {
			r.Errorf("the program left %v", got)
		}
		want := sim.Stats{
			Allocs: 1, Compiles: 1, Uploads: 1, Downloads: 1, Launches: 1,
			UploadedBytes: 1000, DownloadedBytes: 1000, Indices: 1000,
			UploadBusy: 2 * time.Millisecond, DownloadBusy: 3 * time.Millisecond, ComputeBusy: 4 * time.Millisecond,
		}
		if got := r.dev.Stats(); got != want {
			r.Errorf("the counts are %+v, want %+v", got, want)
		}
	})
}

// TestCost has indices that cost more the higher they are, beyond 32 bits too.
func TestCost(t *testing.T) {
	const base = 1 << 40
	cost := func(lo, hi int) time.Duration {
		lo, hi = lo-base, hi-base
		return time.Duration(hi*hi-lo*lo) * time.Microsecond
	}
	inBubble(t, sim.Config{Cost: cost, Null: true}, func(r *rig) {
		b := r.alloc(8)
		r.ok(r.launch(r.stream, b, base+2, base+5))
		r.ok(r.stream.Close())
		r.took(21 * time.Microsecond)
	})
}

// TestEngines sends a pipeline of four chunks through three streams. Uploads,
// computing and downloads of different chunks overlap; commands of one kind
// don't.
func TestEngines(t *testing.T) {
	cfg := sim.Config{Rate: 1000, UploadBandwidth: 1000, DownloadBandwidth: 1000, Null: true}
	inBubble(t, cfg, func(r *rig) {
		const chunks = 4
		for range chunks {
			s, err := r.dev.NewStream()
			r.ok(err)
			b := r.alloc(1000)
			r.ok(s.Upload(b, 0, make([]byte, 1000)))
			r.ok(r.launch(s, b, 0, 1000))
			r.ok(s.Download(make([]byte, 1000), b, 0))
		}
		r.ok(r.dev.Close())
		r.took((chunks + 2) * time.Second)
	})
}

func TestJitter(t *testing.T) {
	times := func(seed uint64) (all []time.Duration) {
		cfg := sim.Config{Rate: 1, Jitter: 0.25, Seed: seed, Null: true}
		inBubble(t, cfg, func(r *rig) {
			for range 1000 {
				start := time.Now()
				r.ok(r.launch(r.stream, r.alloc(0), 0, 100))
				r.ok(r.stream.Synchronize(r.Context()))
				all = append(all, time.Since(start))
			}
		})
		return all
	}
	first, same, other := times(1), times(1), times(2)
	lowest, highest, equal := first[0], first[0], 0
	var sum time.Duration
	for i, d := range first {
		if d != same[i] {
			t.Fatalf("launch %d took %v, then %v with the same seed", i, d, same[i])
		}
		if d == other[i] {
			equal++
		}
		lowest, highest = min(lowest, d), max(highest, d)
		sum += d
	}
	if equal > 10 {
		t.Errorf("%d of 1000 launches took the same time with another seed", equal)
	}
	if lowest < 75*time.Second || lowest > 76*time.Second || highest > 125*time.Second || highest < 124*time.Second {
		t.Errorf("launches took %v to %v, want 75 to 125 seconds", lowest, highest)
	}
	if mean := sum / 1000; mean < 98*time.Second || mean > 102*time.Second {
		t.Errorf("launches took %v on average, want 100 s", mean)
	}
}

// TestNull needs buffers far larger than the machine.
func TestNull(t *testing.T) {
	inBubble(t, sim.Config{Memory: math.MaxInt64, Null: true}, func(r *rig) {
		b := r.alloc(1 << 60)
		host := []byte{1, 2, 3}
		r.ok(r.stream.Upload(b, 1<<59, host))
		r.ok(r.launch(r.stream, b, 0, 1<<50))
		r.ok(r.stream.Download(host, b, 0))
		r.ok(r.stream.Close())
		if host[0] != 1 || host[2] != 3 {
			r.Error("a download without memory wrote to the host")
		}
		if got := r.dev.Stats(); got.Indices != 1<<50 || got.DownloadedBytes != 3 {
			r.Errorf("the counts are %+v", got)
		}
	})
}

func TestFreshMemoryIsPoisoned(t *testing.T) {
	inBubble(t, sim.Config{}, func(r *rig) {
		for _, size := range []int64{1, 7, 100, 4097} {
			got := make([]byte, size)
			r.ok(r.stream.Download(got, r.alloc(size), 0))
			r.ok(r.stream.Synchronize(r.Context()))
			if n := strings.Count(string(got), "\xa5"); n != int(size) {
				r.Errorf("%d of %d fresh bytes are poisoned", n, size)
			}
		}
	})
}

func TestConfigErrors(t *testing.T) {
	for name, cfg := range map[string]sim.Config{
		"Memory":            {Memory: -1},
		"Rate":              {Rate: -1},
		"Rate is 1":         {Rate: 1, Cost: func(lo, hi int) time.Duration { return 0 }},
		"LaunchLatency":     {LaunchLatency: -1},
		"TransferLatency":   {TransferLatency: -1},
		"UploadBandwidth":   {UploadBandwidth: math.NaN()},
		"DownloadBandwidth": {DownloadBandwidth: -1},
		"Jitter":            {Jitter: 1},
		"Faults[0]":         {Faults: []sim.Fault{{}}},
		"FaultKind(99)":     {Faults: []sim.Fault{{Kind: 99, At: 1}}},
		"Faults[1]":         {Faults: []sim.Fault{{Kind: sim.Lose, At: 1}, {Kind: sim.Lose}}},
		"after 1s":          {Faults: []sim.Fault{{Kind: sim.Lose, At: 1, After: time.Second}}},
		"Lose cannot":       {Faults: []sim.Fault{{Kind: sim.Lose, At: 1, Count: 1}}},
		"Factor":            {Faults: []sim.Fault{{Kind: sim.Slow, At: 1}}},
		"no Count":          {Faults: []sim.Fault{{Kind: sim.Slow, After: 1, Count: 1, Factor: 2}}},
		"positive Delay":    {Faults: []sim.Fault{{Kind: sim.Delay, At: 1}}},
	} {
		d, err := sim.Open(cfg)
		if d != nil || !errors.Is(err, device.ErrInvalid) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: the error is %v", name, err)
		}
		if e, ok := errors.AsType[*device.Error](err); !ok || e.Op != "open" || e.Device != "sim:0" {
			t.Errorf("%s: the error %v names no operation or device", name, err)
		}
	}
	_, err := sim.Open(sim.Config{Memory: -1, Rate: -1})
	if err == nil || !strings.Contains(err.Error(), "Memory") || !strings.Contains(err.Error(), "Rate") {
		t.Errorf("of two mistakes the error names %v", err)
	}
}

// BenchmarkChunk is what a scheduler does with a chunk: its time is real, that
// of the device is virtual.
func BenchmarkChunk(b *testing.B) {
	cfg := sim.Config{
		Rate: 1e9, LaunchLatency: 5 * time.Microsecond, TransferLatency: time.Microsecond,
		UploadBandwidth: 1e9, DownloadBandwidth: 1e9, Null: true,
	}
	b.ReportAllocs()
	// A bubble wants a T, and its clock is no good for b.Loop.
	inBubble(new(testing.T), cfg, func(r *rig) {
		buffer, host := r.alloc(1000), make([]byte, 1000)
		for range b.N {
			r.ok(r.stream.Upload(buffer, 0, host))
			r.ok(r.launch(r.stream, buffer, 0, 1000))
			r.ok(r.stream.Download(host, buffer, 0))
			r.ok(r.stream.Synchronize(r.Context()))
		}
	})
}
