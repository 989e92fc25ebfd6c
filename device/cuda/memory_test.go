//go:build cuda && linux && cgo

package cuda

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/internal/testkernels"
)

// TestMemoryThatIsAboutToBeFreed asks for all there is while a kernel still uses
// half of it that has been freed.
func TestMemoryThatIsAboutToBeFreed(t *testing.T) {
	eachDriver(t, func(t *testing.T, _ cudatest.Config) {
		d := openFirst(t)
		capacity := d.Memory().Capacity
		p := must(d.Compile(testkernels.Source("slow", 1, 1)))(t)
		s := must(d.NewStream())(t)
		for range 5 {
			b := must(d.Alloc(capacity / 4 * 3))(t)
			if err := s.Launch(p, device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{b}, Scalars: []uint32{1}}); err != nil {
				t.Fatal(err)
			}
			if err := b.Free(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestDriverOutOfMemory has the driver say so, once, twice and for good: memory
// that is kept is given up for it, and in the end the caller is told.
func TestDriverOutOfMemory(t *testing.T) {
	for _, call := range []string{"cuMemAllocFromPoolAsync", "cuMemAlloc_v2"} {
		for failures := 1; failures <= 4; failures++ {
			inProcess(t, cudatest.Config{NoPools: call == "cuMemAlloc_v2"})
			d := openFirst(t)
			for nth := 1; nth <= failures; nth++ {
				cudatest.Fail(call, nth, int(resultOutOfMemory))
			}
			b, err := d.Alloc(1 << 16)
			if failures < 4 {
				if err != nil {
					t.Fatalf("%s fails %d times: %v", call, failures, err)
				}
				if err := b.Free(); err != nil {
					t.Error(err)
				}
			} else if !errors.Is(err, device.ErrOutOfMemory) {
				t.Errorf("%s has failed %d times: %v", call, failures, err)
			}
			if stats := d.Memory(); stats.InUse != 0 || stats.Buffers != 0 {
				t.Errorf("a failed Alloc was charged: %+v", stats)
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestPageLockedMemoryIsUsedAgain gets the same memory for the same size, and
// not while the device still uses it.
func TestPageLockedMemoryIsUsedAgain(t *testing.T) {
	machine(t, cudatest.Config{Late: true, Seed: 7})
	d := openFirst(t)
	s := must(d.NewStream())(t)
	p := must(d.Compile(testkernels.Source("slow", 1, 1)))(t)
	b := must(d.Alloc(5000))(t)
	first := must(d.AllocHost(5000))(t)
	for i := range first.Bytes() {
		first.Bytes()[i] = 1
	}
	if err := s.Launch(p, device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{b}, Scalars: []uint32{1}}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Upload(b, 0, first.Bytes()), first.Free()); err != nil {
		t.Fatal(err)
	}
	for range 3 { // overwrites whatever is handed out before the upload was done
		again := must(d.AllocHost(5000))(t)
		for i := range again.Bytes() {
			again.Bytes()[i] = 2
		}
	}
	got := make([]byte, 5000)
	if err := errors.Join(s.Download(got, b, 0), s.Synchronize(waiting(t))); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, bytes.Repeat([]byte{1}, 5000)) {
		t.Error("the upload has read memory that was handed out again")
	}
	before := must(d.AllocHost(6000))(t)
	at := &before.Bytes()[0]
	if err := before.Free(); err != nil {
		t.Fatal(err)
	}
	if after := must(d.AllocHost(5900))(t); &after.Bytes()[0] != at {
		t.Error("memory of a size that was freed is made anew")
	}
}

// TestPageLockedMemoryIsBounded asks for more than the machine can spare.
func TestPageLockedMemoryIsBounded(t *testing.T) {
	inProcess(t, cudatest.Config{})
	d := openFirst(t)
	if _, err := d.AllocHost(lockedLimit() + 1); !errors.Is(err, device.ErrOutOfMemory) {
		t.Errorf("more than the limit: %v", err)
	}
	// Idle memory of another size makes room.
	kept := must(d.AllocHost(1 << 20))(t)
	if err := kept.Free(); err != nil {
		t.Fatal(err)
	}
	rest := lockedLimit() - 1<<20 + 1
	if !reserveLocked(rest - 1) {
		t.Fatal("the limit is not where it should be")
	}
	defer releaseLocked(rest - 1)
	if _, err := d.AllocHost(1 << 19); err != nil {
		t.Errorf("idle memory was not given up: %v", err)
	}
}

// TestRegisteredMemoryIsCopiedFromDirectly uploads from memory that was
// registered, and frees it while the device is at it.
func TestRegisteredMemoryIsCopiedFromDirectly(t *testing.T) {
	eachDriver(t, func(t *testing.T, _ cudatest.Config) {
		d := openFirst(t)
		host := bytes.Repeat([]byte{5}, 3*slotSize)
		m := must(d.RegisterHost(host))(t)
		s := must(d.NewStream())(t)
		b := must(d.Alloc(int64(len(host))))(t)
		got := make([]byte, len(host))
		if err := errors.Join(s.Upload(b, 0, m.Bytes()), m.Free(), s.Download(got, b, 0), s.Synchronize(waiting(t))); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, host) {
			t.Error("other bytes came back")
		}
		if s.(*stream).staging.slots[0].memory == nil {
			t.Error("the download did not go through the ring")
		}
		empty := must(d.RegisterHost(nil))(t)
		if err := empty.Free(); err != nil {
			t.Error(err)
		}
	})
}

// TestCopyFromAPeer moves bytes from one GPU to another, and frees the source
// while that is under way.
func TestCopyFromAPeer(t *testing.T) {
	for _, config := range []cudatest.Config{{Devices: 2, Late: true, Seed: 8}, {Devices: 2, Late: true, Seed: 9, NoPeers: true}, {Devices: 2, NoPools: true}} {
		inProcess(t, config)
		d, other := openFirst(t), must(openID("cuda:1"))(t)
		from, to := must(d.NewStream())(t), must(other.NewStream())(t)
		a, b := must(d.Alloc(1000))(t), must(other.Alloc(1000))(t)
		want := bytes.Repeat([]byte{9}, 1000)
		if err := errors.Join(from.Upload(a, 0, want), from.Synchronize(waiting(t))); err != nil {
			t.Fatal(err)
		}
		peer := to.(device.PeerStream)
		if !peer.CanCopyPeer(a) || peer.CanCopyPeer(b) {
			t.Errorf("CanCopyPeer answers %v for the peer's buffer and %v for its own", peer.CanCopyPeer(a), peer.CanCopyPeer(b))
		}
		got := make([]byte, 1000)
		if err := errors.Join(
			peer.CopyPeer(b, 0, a, 0, 600), peer.CopyPeer(b, 600, a, 600, 400), a.Free(),
			to.Download(got, b, 0), to.Synchronize(waiting(t)),
		); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Error("other bytes arrived")
		}
		if err := errors.Join(other.Close(), d.Close()); err != nil {
			t.Error(err)
		}
	}
}

// TestDynamicSharedMemory uses more than a block has without asking.
func TestDynamicSharedMemory(t *testing.T) {
	eachDriver(t, func(t *testing.T, _ cudatest.Config) {
		d := openFirst(t)
		const n = 60 << 10 / 4
		if real && d.info.Caps.SharedMemory < 4*n {
			t.Skip("the GPU has less")
		}
		src := testkernels.Source("shared", 1, 1)
		src.Block.Shared = 4 * n
		p := must(d.Compile(src))(t)
		b := must(d.Alloc(4 * n))(t)
		s := must(d.NewStream())(t)
		ones := bytes.Repeat([]byte{1, 0, 0, 0}, n)
		got := make([]byte, 4)
		if err := errors.Join(
			s.Upload(b, 0, ones),
			s.Launch(p, device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{b}, Scalars: []uint32{n}}),
			s.Download(got, b, 0), s.Synchronize(waiting(t)),
		); err != nil {
			t.Fatal(err)
		}
		if words(got)[0] != n {
			t.Errorf("the sum is %d, want %d", words(got)[0], n)
		}
	})
}
