//go:build cuda && linux && cgo

package cudatest_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/cudatest/internal/drive"
)

// handOver has one stream write numbers and another double them. Between them
// stands an event, or nothing. It answers whether the result is right.
func handOver(t *testing.T, seed uint64, ordered bool) bool {
	x := start(t, cudatest.Config{Late: true, Seed: seed})
	const n = 64
	axpy := x.function("axpy")
	a, b, e := x.stream(), x.stream(), x.event()
	y, ones := x.alloc(4*n), x.alloc(4*n)
	x.ok(drive.SetD32Async(ones, 0x3f800000, n, b))
	host, r := drive.HostAlloc(4 * n)
	x.ok(r)
	copy(host, bytes.Repeat([]byte{0, 0, 0x80, 0x3f}, n))
	x.ok(drive.UploadAsync(y, host, a))
	if ordered {
		x.ok(drive.EventRecord(e, a))
		x.ok(drive.StreamWaitEvent(b, e))
	}
	x.ok(drive.Launch(axpy, [3]int{1, 1, 1}, [3]int{n, 1, 1}, 0, b, y, ones, float32(1), uint32(n)))
	x.ok(drive.StreamSynchronize(b))
	x.ok(drive.StreamSynchronize(a))
	got := download[float32](x, y, n)
	return slices.Equal(got, slices.Repeat([]float32{2}, n))
}

// An event that is missing is found; one that is there orders.
func TestMissingEventShows(t *testing.T) {
	wrong := 0
	for seed := range uint64(20) {
		if !handOver(t, seed, true) {
			t.Fatalf("seed %d: the event did not order", seed)
		}
		if !handOver(t, seed, false) {
			wrong++
		}
	}
	t.Logf("without the event %d of 20 runs went wrong", wrong)
	if wrong == 0 {
		t.Error("without the event no run went wrong")
	}
}

// Random copies over random streams, ordered by events where they must be, give
// what the same copies give one after the other.
func TestRandomOrder(t *testing.T) {
	for seed := range uint64(15) {
		x := start(t, cudatest.Config{Late: seed > 0, Seed: seed, Devices: 2})
		rng := rand.New(rand.NewPCG(seed, 5))
		const buffers, size, streams = 5, 32, 4
		var device [buffers]drive.Ptr
		var model [buffers][size]byte
		var last [buffers]drive.Event // of the last command that used the buffer
		var s [streams]drive.Stream
		for i := range s {
			s[i] = x.stream()
		}
		host, r := drive.HostAlloc(size * 400)
		x.ok(r)
		for i := range device {
			device[i], last[i] = x.alloc(size), x.event()
			x.ok(drive.Upload(device[i], model[i][:]))
		}
		use := func(st drive.Stream, which ...int) func() {
			for _, i := range which {
				x.ok(drive.StreamWaitEvent(st, last[i]))
			}
			return func() {
				for _, i := range which {
					x.ok(drive.EventRecord(last[i], st))
				}
			}
		}
		for step := range 400 {
			st := s[rng.IntN(streams)]
			i, j := rng.IntN(buffers), rng.IntN(buffers)
			lo := rng.IntN(size)
			n := 1 + rng.IntN(size-lo)
			switch rng.IntN(4) {
			case 0:
				piece := host[step*size:][:n]
				for k := range piece {
					piece[k] = byte(rng.Uint32())
				}
				copy(model[i][lo:], piece)
				done := use(st, i)
				x.ok(drive.UploadAsync(device[i]+drive.Ptr(lo), piece, st))
				done()
			case 1:
				copy(model[i][lo:lo+n], model[j][lo:])
				done := use(st, i, j)
				x.ok(drive.CopyAsync(device[i]+drive.Ptr(lo), device[j]+drive.Ptr(lo), n, st))
				done()
			case 2:
				at := lo / 4 * 4
				words := (size - at) / 4
				copy(model[i][at:], bytes.Repeat([]byte{byte(step), 0, 0, 0}, words))
				done := use(st, i)
				x.ok(drive.SetD32Async(device[i]+drive.Ptr(at), uint32(byte(step)), words, st))
				done()
			case 3:
				if got := drive.EventQuery(last[i]); got != drive.Success {
					x.want(got, drive.NotReady)
					x.ok(drive.EventSynchronize(last[i]))
				}
				x.ok(drive.EventQuery(last[i]))
			}
		}
		x.ok(drive.Synchronize())
		for i := range device {
			if got := download[byte](x, device[i], size); !bytes.Equal(got, model[i][:]) {
				t.Fatalf("seed %d: buffer %d holds %v, want %v", seed, i, got, model[i])
			}
		}
	}
}

// Streams that were not made non-blocking take turns with the legacy stream.
func TestLegacyStream(t *testing.T) {
	for seed := range uint64(10) {
		x := start(t, cudatest.Config{Late: true, Seed: seed})
		blocking, r := drive.NewStream(false)
		x.ok(r)
		p := x.alloc(4)
		for i := range uint32(10) {
			st := []drive.Stream{nil, blocking}[i%2]
			x.ok(drive.SetD32Async(p, i, 1, st))
		}
		if got := download[uint32](x, p, 1)[0]; got != 9 {
			t.Fatalf("seed %d: %d, want 9", seed, got)
		}
	}
}

// What a copy reads and writes when it is executed, and what it does in the call.
func TestPinnedMemoryIsUsedLate(t *testing.T) {
	x := start(t, cudatest.Config{Late: true})
	s := x.stream()
	p := x.alloc(8)
	drive.ResetPrimary(1) // no such device: changes nothing
	pinned, r := drive.HostAlloc(8)
	x.ok(r)
	copy(pinned, "earlier!")
	cudatest.Hang("cuMemsetD32Async", 1)
	x.ok(drive.SetD32Async(p, 0, 2, s)) // holds the stream up
	x.ok(drive.UploadAsync(p, pinned, s))
	copy(pinned, "later on")
	pageable := []byte("copied  ")
	q := x.alloc(8)
	x.ok(drive.UploadAsync(q, pageable, s))
	copy(pageable, "reused  ")
	x.want(drive.StreamQuery(s), drive.NotReady)
	cudatest.Release()
	x.ok(drive.StreamSynchronize(s))
	if got := string(download[byte](x, p, 8)); got != "later on" {
		t.Errorf("page-locked memory: %q", got)
	}
	if got := string(download[byte](x, q, 8)); got != "copied  " {
		t.Errorf("pageable memory: %q", got)
	}
}

func TestMemoryGoneBeforeItsCopy(t *testing.T) {
	x := start(t, cudatest.Config{Late: true})
	s, p := x.stream(), x.alloc(8)
	pinned, r := drive.HostAlloc(8)
	x.ok(r)
	cudatest.Hang("cuMemsetD32Async", 1)
	x.ok(drive.SetD32Async(p, 0, 2, s))
	x.ok(drive.UploadAsync(p, pinned, s))
	x.ok(drive.FreeHost(pinned))
	cudatest.Release()
	x.want(drive.StreamSynchronize(s), drive.IllegalAddress)
	if got := cudatest.Complaints(); len(got) != 1 {
		t.Errorf("complaints: %q", got)
	}
}

func TestHang(t *testing.T) {
	for _, late := range []bool{false, true} {
		x := start(t, cudatest.Config{Late: late})
		s, other, e := x.stream(), x.stream(), x.event()
		p := upload(x, []int32{1})
		cudatest.Hang("cuLaunchKernel", 1)
		x.ok(drive.Launch(x.function("store"), [3]int{1, 1, 1}, [3]int{1, 1, 1}, 0, s, p, int64(0)))
		x.ok(drive.EventRecord(e, s))
		x.ok(drive.SetD32Async(p, 7, 1, other))
		x.ok(drive.StreamSynchronize(other)) // others go on
		for range 100 {
			x.want(drive.EventQuery(e), drive.NotReady)
		}
		time.AfterFunc(time.Millisecond, cudatest.Release)
		x.ok(drive.EventSynchronize(e))
		if got := download[int32](x, p, 1)[0]; got != 1 {
			t.Errorf("the kernel left %d, want 1", got)
		}
	}
}

func TestRemove(t *testing.T) {
	for _, late := range []bool{false, true} {
		x := start(t, cudatest.Config{Late: late, Devices: 2})
		s, e := x.stream(), x.event()
		p := x.alloc(4)
		cudatest.Hang("cuMemsetD32Async", 1)
		x.ok(drive.SetD32Async(p, 7, 1, s))
		x.ok(drive.EventRecord(e, s))
		time.AfterFunc(time.Millisecond, func() { cudatest.Remove(0, drive.Unknown) })
		x.want(drive.EventSynchronize(e), drive.Unknown)
		x.want(drive.EventQuery(e), drive.Unknown)
		_, r := drive.DeviceAttribute(16, 0)
		x.want(r, drive.Unknown)
		x.ok(drive.Release(0))
		_, r = drive.Retain(0)
		x.want(r, drive.Unknown)
		ctx, r := drive.Retain(1) // the other device is as good as before
		x.ok(r)
		x.ok(drive.SetCurrent(ctx))
		x.ok(drive.Free(x.alloc(4)))
		x.ok(drive.Release(1))
		if live := cudatest.Live(); len(live) > 0 {
			t.Errorf("left: %v", live)
		}
	}
}

func TestEvents(t *testing.T) {
	x := start(t, cudatest.Config{Late: true})
	s := x.stream()
	e, r := drive.NewEvent(true)
	x.ok(r)
	x.ok(drive.EventQuery(e)) // never recorded
	x.ok(drive.EventSynchronize(e))
	_, r = drive.ElapsedTime(e, e)
	x.want(r, drive.InvalidHandle)
	x.ok(drive.EventRecord(e, s))
	end, r := drive.NewEvent(true)
	x.ok(r)
	x.ok(drive.EventRecord(end, s))
	x.ok(drive.EventSynchronize(end))
	ms, r := drive.ElapsedTime(e, end)
	x.ok(r)
	if ms < 0 {
		t.Errorf("elapsed %v ms", ms)
	}
	untimed := x.event()
	x.ok(drive.EventRecord(untimed, s))
	_, r = drive.ElapsedTime(e, untimed)
	x.want(r, drive.InvalidHandle)
	x.ok(drive.EventDestroy(untimed)) // while its record may wait
	x.want(drive.EventDestroy(untimed), drive.InvalidHandle)
	x.want(drive.EventRecord(untimed, s), drive.InvalidHandle)
	x.ok(drive.StreamDestroy(s)) // its commands are still executed
	x.want(drive.StreamSynchronize(s), drive.InvalidHandle)
	x.ok(drive.Synchronize())
}
