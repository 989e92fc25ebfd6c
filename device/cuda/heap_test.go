//go:build cuda && linux && cgo

package cuda

import (
	"bytes"
	"errors"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/internal/testkernels"
)

// TestHeapIsReadWhereItIs uploads from registered memory of Go's heap, of which the
// caller then lets go, and downloads into such, which goes another way.
func TestHeapIsReadWhereItIs(t *testing.T) {
	eachDriver(t, func(t *testing.T, _ cudatest.Config) {
		d := openFirst(t)
		s := must(d.NewStream())(t)
		const n = 3 * slotSize
		b := must(d.Alloc(n))(t)
		host := bytes.Repeat([]byte{5}, n)
		m := must(d.RegisterHeap(host))(t)
		if !m.Alive() {
			t.Error("it is said to be gone")
		}
		if err := s.Upload(b, 100, host[100:n-50]); err != nil {
			t.Fatal(err)
		}
		if s.(*stream).staging.slots[0].memory != nil {
			t.Error("the upload went through the ring")
		}
		host = nil
		for range 3 {
			runtime.GC() // the stream holds what it reads
		}
		m.Free()
		m.Free()
		if m.Alive() {
			t.Error("it is said to be registered after Free")
		}
		got := make([]byte, n)
		into := must(d.RegisterHeap(got))(t)
		if err := errors.Join(s.Download(got, b, 0), s.Synchronize(waiting(t))); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got[100:n-50], bytes.Repeat([]byte{5}, n-150)) {
			t.Error("other bytes came back")
		}
		if s.(*stream).staging.slots[0].memory == nil {
			t.Error("the download did not go through the ring")
		}
		into.Free()
	})
}

// TestHeapIsCollected lets go of registered memory: it is registered no longer, and
// what comes to its address is not taken for it.
func TestHeapIsCollected(t *testing.T) {
	machine(t, cudatest.Config{})
	d := openFirst(t)
	register := func() device.Registration {
		return must(d.RegisterHeap(make([]byte, 1<<20)))(t)
	}
	m := register()
	for end := time.Now().Add(10 * time.Second); m.Alive() || heapTotal() > 0 || !real && registered() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it stays registered: alive %v, %d registrations", m.Alive(), registered())
		}
		runtime.GC()
	}
	m.Free() // of what is gone
}

func heapTotal() int64 {
	heapLocked.mu.Lock()
	defer heapLocked.mu.Unlock()
	return heapLocked.total
}

// registered is how many pieces of host memory the driver has registered.
func registered() (n int) {
	for _, o := range cudatest.Live() {
		if strings.Contains(o.Call, "Register") {
			n++
		}
	}
	return n
}

var global [1 << 16]byte

// TestHeapOnly refuses memory that may be unmapped and mapped anew, that has no end,
// or that is registered.
func TestHeapOnly(t *testing.T) {
	machine(t, cudatest.Config{})
	d := openFirst(t)
	mapped, err := syscall.Mmap(-1, 0, 1<<16, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Munmap(mapped); err != nil {
			t.Error(err)
		}
	}()
	host := make([]byte, 1<<16)
	m := must(d.RegisterHeap(host))(t)
	defer m.Free()
	for name, c := range map[string]struct {
		host []byte
		want error
	}{
		"mapped": {mapped, device.ErrUnsupported}, "global": {global[:], device.ErrUnsupported}, "nothing": {nil, device.ErrUnsupported},
		"again": {host, device.ErrInvalid}, "a part": {host[4096:8192], device.ErrInvalid},
	} {
		if _, err := d.RegisterHeap(c.host); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	rest := lockedLimit()/heapShare - heapTotal()
	if !reserveHeap(rest) {
		t.Fatal("the limit is not where it should be")
	}
	if _, err := d.RegisterHeap(make([]byte, 4096)); !errors.Is(err, device.ErrOutOfMemory) {
		t.Errorf("more than the limit: %v", err)
	}
	releaseHeap(rest)
	releaseLocked(rest)
}

// TestHeapOfALostDevice loses the device while it reads registered memory, which
// stays where it is until the device has been closed.
func TestHeapOfALostDevice(t *testing.T) {
	inProcess(t, late)
	d := must(open(first(t)))(t)
	s := must(d.NewStream())(t)
	p := must(d.Compile(testkernels.Source("affine", 1, 3)))(t)
	b := must(d.Alloc(1 << 20))(t)
	host := make([]byte, 1<<20)
	m := must(d.RegisterHeap(host))(t)
	cudatest.Fault("cuLaunchKernel", 1, int(resultIllegalAddress))
	launchOne(t, s, p, b)
	if err := s.Upload(b, 0, host); err != nil {
		t.Fatal(err)
	}
	if err := s.Synchronize(waiting(t)); !errors.Is(err, device.ErrLost) {
		t.Errorf("Synchronize answers %v", err)
	}
	if m.Alive() {
		t.Error("a lost device reads from memory where it is")
	}
	m.Free()
	if _, err := d.RegisterHeap(make([]byte, 4096)); !errors.Is(err, device.ErrLost) {
		t.Errorf("RegisterHeap answers %v", err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if len(s.(*stream).queue.debts) != 0 {
		t.Error("memory is pinned for a device that is closed")
	}
	if _, err := d.RegisterHeap(host); !errors.Is(err, device.ErrClosed) {
		t.Errorf("after Close RegisterHeap answers %v", err)
	}
	m.Free()
	runtime.KeepAlive(host)
}
