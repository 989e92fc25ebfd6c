package devicetest

import (
	"math"
	"slices"

	"github.com/tandem-go/tandem/device"
)

func checkInfo(x *env) {
	info := x.dev.Info()
	if info != x.dev.Info() {
		x.Error("two calls of Info differ")
	}
	for name, bad := range map[string]bool{
		"ID":            info.ID == "",
		"Backend":       info.Backend == "",
		"Name":          info.Name == "",
		"Driver":        info.Driver == "",
		"Memory":        info.Memory <= 0 || info.Memory != x.dev.Memory().Capacity,
		"Language":      info.Caps.Language == "",
		"MaxGroups":     slices.Min(info.Caps.MaxGroups[:]) < 1,
		"MaxGroupSize":  info.Caps.MaxGroupSize < 1,
		"SharedMemory":  info.Caps.SharedMemory < 0,
		"MaxBuffer":     info.Caps.MaxBuffer < 1,
		"MaxIterations": info.Caps.MaxIterations < 0,
	} {
		if bad {
			x.Errorf("%s makes no sense in %+v, memory %+v", name, info, x.dev.Memory())
		}
	}
	before := info
	x.ok(x.dev.Close())
	if x.dev.Info() != before {
		x.Error("Close changed Info")
	}
}

func checkAllocSizes(x *env) {
	var sum int64
	for i, size := range []int64{0, 1, 3, 8, 0, 4095, 4096, 4097, 1 << 20} {
		x.alloc(size)
		sum += size
		want := device.MemoryStats{Capacity: x.dev.Info().Memory, InUse: sum, Peak: sum, Buffers: i + 1}
		if got := x.dev.Memory(); got != want {
			x.Errorf("after a buffer of %d bytes the accounts are %+v, want %+v", size, got, want)
		}
	}
	before := x.dev.Memory()
	for _, bad := range []struct {
		size int64
		want error
	}{
		{-1, device.ErrInvalid},
		{math.MinInt64, device.ErrInvalid},
		{before.Capacity + 1, device.ErrOutOfMemory},
		{before.Capacity - before.InUse + 1, device.ErrOutOfMemory},
		{math.MaxInt64, device.ErrOutOfMemory},
	} {
		b, err := x.dev.Alloc(bad.size)
		x.wantError(err, "alloc", bad.want)
		if b != nil {
			x.Errorf("Alloc(%d) failed and gave a buffer too", bad.size)
		}
		if got := x.dev.Memory(); got != before {
			x.Errorf("a failed Alloc(%d) changed the accounts from %+v to %+v", bad.size, before, got)
		}
	}
}

// checkAllocExhaustion hands out the whole capacity, down to the last byte.
func checkAllocExhaustion(x *env) {
	capacity := x.dev.Memory().Capacity
	piece := max(1, capacity/8)
	var all []device.Buffer
	for left := capacity; left > 0; left -= piece {
		piece = min(piece, left)
		b, err := x.dev.Alloc(piece)
		if err != nil {
			x.Fatalf("with %d of %d bytes left: %v", left, capacity, err)
		}
		all = append(all, b)
	}
	full := device.MemoryStats{Capacity: capacity, InUse: capacity, Peak: capacity, Buffers: len(all)}
	if got := x.dev.Memory(); got != full {
		x.Errorf("the full device's accounts are %+v, want %+v", got, full)
	}
	_, err := x.dev.Alloc(1)
	x.wantError(err, "alloc", device.ErrOutOfMemory)
	empty, err := x.dev.Alloc(0)
	x.ok(err)
	x.ok(empty.Free())

	size := all[0].Size()
	x.ok(all[0].Free())
	x.eventually("the freed buffer is given back", func() bool { return x.dev.Memory().InUse == capacity-size })
	if all[0], err = x.dev.Alloc(size); err != nil {
		x.Fatalf("the memory of a freed buffer is not to be had again: %v", err)
	}
	for _, b := range all {
		x.ok(b.Free())
	}
	x.wantIdle()
	if got := x.dev.Memory().Peak; got != capacity {
		x.Errorf("the peak is %d, want %d", got, capacity)
	}
}

// checkAllocChurn allocates and frees in random order and keeps its own accounts.
func checkAllocChurn(x *env) {
	r := x.random()
	var live []device.Buffer
	var sum, peak int64
	for range 500 {
		if len(live) > 0 && r.IntN(2) == 0 {
			i := r.IntN(len(live))
			sum -= live[i].Size()
			x.ok(live[i].Free())
			live = slices.Delete(live, i, i+1)
		} else {
			b, err := x.dev.Alloc(r.Int64N(10_000))
			x.ok(err)
			live = append(live, b)
			sum += b.Size()
			peak = max(peak, sum)
		}
		if got := x.dev.Memory(); got.InUse != sum || got.Buffers != len(live) || got.Peak != peak {
			x.Fatalf("the accounts are %+v, want %d bytes in %d buffers, peak %d", got, sum, len(live), peak)
		}
	}
	x.buffers = live
}

func checkFreeTwice(x *env) {
	s := x.stream()
	fill := x.compile(x.programs.Fill)
	for _, size := range []int64{0, 64} {
		b, err := x.dev.Alloc(size)
		x.ok(err)
		x.ok(b.Free())
		x.wantError(b.Free(), "free", device.ErrClosed)
		x.wantError(s.Upload(b, 0, make([]byte, size)), "upload", device.ErrClosed)
		x.wantError(s.Download(make([]byte, size), b, 0), "download", device.ErrClosed)
		x.wantError(s.Launch(fill, x.fill(b, 0, 0, 0)), "launch", device.ErrClosed)
		if b.Size() != size {
			x.Errorf("Free changed the size from %d to %d", size, b.Size())
		}
	}
	x.sync(s) // refused commands leave the stream as it was
}

// checkFreeWhileBusy frees a buffer that enqueued commands still use.
func checkFreeWhileBusy(x *env) {
	s := x.stream()
	slow := x.compile(x.programs.Slow)
	b, err := x.dev.Alloc(4)
	x.ok(err)
	got := make([]byte, 4)
	x.ok(s.Launch(slow, x.slow(b, 77)))
	x.ok(s.Download(got, b, 0))
	x.ok(b.Free())
	x.wantError(s.Upload(b, 0, got), "upload", device.ErrClosed)
	x.sync(s)
	if v := int32s(got)[0]; v != 77 {
		x.Errorf("the commands enqueued before Free left %d, want 77", v)
	}
	x.wantIdle()
}
