//go:build cuda && linux && cgo

package cudatest_test

import (
	"testing"

	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/cudatest/internal/drive"
)

func TestMemoryLimit(t *testing.T) {
	x := start(t, cudatest.Config{Memory: 1 << 20})
	p := x.alloc(1 << 19)
	q := x.alloc(1<<19 - 512)
	free, total, r := drive.MemInfo()
	x.ok(r)
	if free != 512 || total != 1<<20 {
		t.Errorf("%d of %d bytes are free, want 512 of %d", free, total, 1<<20)
	}
	_, r = drive.Alloc(513)
	x.want(r, drive.OutOfMemory)
	last := x.alloc(1)
	_, r = drive.Alloc(1)
	x.want(r, drive.OutOfMemory)
	_, r = drive.Alloc(0)
	x.want(r, drive.InvalidValue)
	for _, m := range []drive.Ptr{p, q, last} {
		x.ok(drive.Free(m))
		x.want(drive.Free(m), drive.InvalidValue)
	}
	x.want(drive.Free(p+256), drive.InvalidValue)
	x.ok(drive.Free(0))
	x.ok(drive.Free(x.alloc(1 << 20)))
}

func TestBounds(t *testing.T) {
	x := start(t, cudatest.Config{})
	s := x.stream()
	p, b := x.alloc(100), make([]byte, 101)
	q := x.alloc(100)
	x.ok(drive.Upload(p, b[:100]))
	x.ok(drive.Upload(p, nil))
	for _, r := range []int{
		drive.Upload(p, b), drive.Upload(p+1, b[:100]), drive.Upload(p-1, b[:1]), drive.Upload(p+100, b[:1]),
		drive.Download(b, p), drive.Download(b[:1], p+100), drive.Download(b[:1], 0), drive.Upload(0, b),
		drive.UploadAsync(p, b, s), drive.DownloadAsync(b, p, s),
		drive.CopyAsync(p, q, 101, s), drive.CopyAsync(p+50, q, 51, s), drive.CopyAsync(p, q+50, 51, s),
		drive.SetD32Async(p, 0, 26, s), drive.SetD32Async(p+1, 0, 1, s),
	} {
		x.want(r, drive.InvalidValue)
	}
	x.ok(drive.Free(p))
	x.want(drive.Upload(p, b[:1]), drive.InvalidValue)
	x.want(drive.CopyAsync(q, p, 1, s), drive.InvalidValue)
	x.ok(drive.Synchronize())
}

func TestPageLockedMemory(t *testing.T) {
	x := start(t, cudatest.Config{Pinned: 1 << 16})
	s := x.stream()
	host, r := drive.HostAlloc(1 << 15)
	x.ok(r)
	_, r = drive.HostAlloc(1<<15 + 1)
	x.want(r, drive.OutOfMemory)
	p := x.alloc(200)
	mine := make([]byte, 200)
	x.ok(drive.Register(mine[50:150]))
	x.want(drive.Register(mine[100:]), drive.Registered)
	x.want(drive.Register(host[:10]), drive.Registered)
	x.ok(drive.UploadAsync(p, mine[60:150], s))
	x.want(drive.UploadAsync(p, mine[60:151], s), drive.InvalidValue) // partly registered
	x.want(drive.UploadAsync(p, mine[40:60], s), drive.InvalidValue)
	x.ok(drive.UploadAsync(p, mine[:50], s))
	x.want(drive.Unregister(mine[51:]), drive.NotRegistered)
	x.ok(drive.StreamSynchronize(s))
	x.ok(drive.Unregister(mine[50:150]))
	x.ok(drive.FreeHost(host))
	x.want(drive.Unregister(mine[50:150]), drive.NotRegistered)
	host, r = drive.HostAlloc(1 << 16)
	x.ok(r)
	x.ok(drive.FreeHost(host))
}

func TestPools(t *testing.T) {
	x := start(t, cudatest.Config{Memory: 1 << 20, Late: true})
	s := x.stream()
	pool, r := drive.PoolCreate(0)
	x.ok(r)
	x.ok(drive.PoolThreshold(pool, 1<<40))
	used := func() int {
		x.Helper()
		free, total, r := drive.MemInfo()
		x.ok(r)
		return total - free
	}
	p, r := drive.AllocFromPool(1<<19, pool, s)
	x.ok(r)
	x.ok(drive.SetD32Async(p, 1, 1<<17, s))
	x.ok(drive.FreeAsync(p, s))
	x.want(drive.FreeAsync(p, s), drive.InvalidValue)
	x.want(drive.SetD32Async(p, 1, 1, s), drive.InvalidValue)
	x.ok(drive.StreamSynchronize(s))
	if used() != 1<<19 {
		t.Errorf("the pool holds %d bytes, want %d", used(), 1<<19)
	}
	_, r = drive.Alloc(1<<19 + 1)
	x.want(r, drive.OutOfMemory)
	x.ok(drive.PoolTrim(pool, 1<<10))
	if used() != 1<<10 {
		t.Errorf("after trimming the pool holds %d bytes, want %d", used(), 1<<10)
	}
	p, r = drive.AllocFromPool(1<<20, pool, s)
	x.ok(r)
	_, r = drive.AllocFromPool(1, pool, s)
	x.want(r, drive.OutOfMemory)
	x.ok(drive.PoolDestroy(pool)) // what is handed out lives on
	x.ok(drive.SetD32Async(p, 1, 1<<18, s))
	x.ok(drive.FreeAsync(p, s))
	x.ok(drive.Synchronize())
	if used() != 0 {
		t.Errorf("%d bytes are used at last", used())
	}
}

// A pool's memory that is freed too early is found.
func TestFreeAsyncIsOrdered(t *testing.T) {
	if sanitized {
		t.Skip("the address sanitizer reports it at once")
	}
	broken := 0
	for seed := range uint64(10) {
		x := start(t, cudatest.Config{Late: true, Seed: seed})
		a, b := x.stream(), x.stream()
		pool, r := drive.PoolCreate(0)
		x.ok(r)
		p, r := drive.AllocFromPool(4096, pool, a)
		x.ok(r)
		x.ok(drive.Launch(x.function("store"), [3]int{1, 1, 1}, [3]int{1, 1, 1}, 0, b, p, int64(5)))
		x.ok(drive.FreeAsync(p, a)) // should wait for b
		if drive.Synchronize() == drive.IllegalAddress {
			broken++
		}
	}
	if broken == 0 {
		t.Error("no run has noticed")
	}
}

func TestPeers(t *testing.T) {
	for _, late := range []bool{false, true} {
		x := start(t, cudatest.Config{Devices: 2, Late: late})
		p := upload(x, []int32{1, 2, 3, 4})
		other, r := drive.Retain(1)
		x.ok(r)
		x.ok(drive.EnablePeerAccess(other))
		x.want(drive.EnablePeerAccess(other), drive.AlreadyEnabled)
		x.ok(drive.SetCurrent(other))
		q, s := x.alloc(16), x.stream()
		x.want(drive.CopyPeerAsync(q, x.ctx, p, other, 16, s), drive.InvalidValue)
		x.ok(drive.CopyPeerAsync(q, other, p, x.ctx, 16, s))
		x.ok(drive.StreamSynchronize(s))
		if got := download[int32](x, q, 4); got[3] != 4 {
			t.Errorf("%v", got)
		}
		x.ok(drive.SetCurrent(x.ctx))
		x.ok(drive.DisablePeerAccess(other))
		x.ok(drive.Release(1))
	}
	x := start(t, cudatest.Config{Devices: 2, NoPeers: true})
	other, r := drive.Retain(1)
	x.ok(r)
	x.want(drive.EnablePeerAccess(other), drive.PeerUnsupported)
}

func TestLive(t *testing.T) {
	x := start(t, cudatest.Config{})
	p := x.alloc(100)
	s := x.stream()
	host, r := drive.HostAlloc(10)
	x.ok(r)
	x.function("axpy")
	live := cudatest.Live()
	want := []cudatest.Object{
		{"module", 0, 0, "cuModuleLoadDataEx", 2},
		{"module", 0, 0, "cuModuleLoadDataEx", 1},
		{"pinned memory", 0, 10, "cuMemHostAlloc", 1},
		{"stream", 0, 0, "cuStreamCreate", 1},
		{"device memory", 0, 100, "cuMemAlloc_v2", 1},
		{"context", 0, 0, "cuDevicePrimaryCtxRetain", 1},
	}
	if len(live) != len(want) {
		t.Fatalf("live: %v", live)
	}
	for i := range want {
		if live[i] != want[i] {
			t.Errorf("live[%d] is %v, want %v", i, live[i], want[i])
		}
	}
	for _, m := range x.m {
		x.ok(drive.Unload(m))
	}
	x.ok(drive.FreeHost(host))
	x.ok(drive.StreamDestroy(s))
	x.ok(drive.Free(p))
	x.ok(drive.Release(0))
	if live := cudatest.Live(); len(live) > 0 {
		t.Errorf("left: %v", live)
	}
	_, r = drive.Alloc(1)
	x.want(r, drive.Destroyed)
}
