package residency_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/residency"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBufferLengths(t *testing.T) {
	b := residency.From([]float64{1, 2, 3})
	if b.Len() != 3 || b.Memory().Size() != 24 {
		t.Errorf("three numbers have length %d and %d bytes", b.Len(), b.Memory().Size())
	}
	for name, err := range map[string]error{
		"dst has 2 elements, the buffer 3": b.CopyTo(t.Context(), make([]float64, 2)),
		"src has 4 elements, the buffer 3": b.CopyFrom(t.Context(), make([]float64, 4)),
	} {
		if !errors.Is(err, device.ErrInvalid) || !strings.Contains(err.Error(), name) {
			t.Errorf("the error %v does not say %q", err, name)
		}
	}
	empty := residency.New[float32](0)
	if err := empty.Update(t.Context(), func(x []float32) {
		if len(x) != 0 {
			t.Errorf("an empty buffer has %d elements", len(x))
		}
	}); err != nil {
		t.Error(err)
	}
}

// TestHolds: buffers hold numbers, structures and arrays, and nothing that has pointers.
func TestHolds(t *testing.T) {
	type point struct {
		x, y float32
		id   int32
	}
	b := residency.From([]point{{1, 2, 3}, {4, 5, 6}})
	got := make([]point, 2)
	if err := b.CopyTo(t.Context(), got); err != nil || b.Len() != 2 || b.Memory().Size() != 24 || got[1] != (point{4, 5, 6}) {
		t.Errorf("a buffer of structures has %d of them in %d bytes: %v, %v", b.Len(), b.Memory().Size(), got, err)
	}
	if err := errors.Join(residency.Holds[[3]float64](), residency.Holds[uint16](), residency.Holds[[2]point]()); err != nil {
		t.Error(err)
	}
	for text, err := range map[string]error{
		"it has a string":   residency.Holds[struct{ name string }](),
		"it has a *float64": residency.Holds[[2]*float64](),
		"it has a bool":     residency.Holds[bool](),
		"it has a int":      residency.Holds[struct{ p struct{ n int } }](),
		"it has no numbers": residency.Holds[struct{}](),
	} {
		if !errors.Is(err, device.ErrInvalid) || !strings.Contains(err.Error(), text) {
			t.Errorf("the error %v does not say %q", err, text)
		}
	}
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, device.ErrInvalid) {
			t.Errorf("a buffer of strings panicked with %v", err)
		}
	}()
	residency.New[string](1)
}

// TestUpdatePanics has the writer panic: what it wrote counts, and the buffer can
// be used.
func TestUpdatePanics(t *testing.T) {
	b := residency.New[int32](2)
	func() {
		defer func() { _ = recover() }()
		_ = b.Update(t.Context(), func(x []int32) {
			x[0] = 7
			panic("enough")
		})
	}()
	if err := b.View(t.Context(), func(x []int32) {
		if x[0] != 7 {
			t.Errorf("the element is %d, want 7", x[0])
		}
	}); err != nil {
		t.Error(err)
	}
}

// inBubble opens a device with one site, and a stream, in virtual time.
func inBubble(t *testing.T, cfg sim.Config, f func(t *testing.T, dev *sim.Device, site *residency.Site, stream device.Stream)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		dev, err := sim.Open(cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := dev.Close(); err != nil {
				t.Error(err)
			}
		}()
		stream, err := dev.NewStream()
		if err != nil {
			t.Fatal(err)
		}
		f(t, dev, residency.NewSite(dev), stream)
	})
}

func acquire[T residency.Element](t *testing.T, b *residency.Buffer[T], site *residency.Site, stream device.Stream) device.Buffer {
	t.Helper()
	buf, _, err := b.Memory().Acquire(t.Context(), site, stream, 0, b.Memory().Size(), true)
	if err != nil {
		t.Fatal(err)
	}
	return buf
}

// TestFailedUploadOfAnother has a launch use a replica whose upload, by another
// launch on another stream, has failed before that launch could say so.
func TestFailedUploadOfAnother(t *testing.T) {
	cfg := sim.Config{TransferLatency: time.Millisecond, Faults: []sim.Fault{{Kind: sim.FailUpload, At: 1}}}
	inBubble(t, cfg, func(t *testing.T, dev *sim.Device, site *residency.Site, first device.Stream) {
		b := residency.From([]int32{1, 2, 3})
		acquire(t, b, site, first)
		if err := first.Synchronize(t.Context()); !errors.Is(err, sim.ErrInjected) {
			t.Fatalf("the upload ended with %v", err)
		}
		second, err := dev.NewStream()
		if err != nil {
			t.Fatal(err)
		}
		seen := make([]byte, 12)
		if err := second.Download(seen, acquire(t, b, site, second), 0); err != nil {
			t.Fatal(err)
		}
		if err := second.Synchronize(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := numbers(seen); got[0] != 1 || got[2] != 3 {
			t.Errorf("the device has %v", got)
		}
	})
}

// TestUploadUnderWay has a launch use a replica while another still uploads it.
func TestUploadUnderWay(t *testing.T) {
	cfg := sim.Config{TransferLatency: time.Millisecond, Faults: []sim.Fault{{Kind: sim.Delay, At: 2, Count: 1, Delay: time.Second}}}
	inBubble(t, cfg, func(t *testing.T, dev *sim.Device, site *residency.Site, first device.Stream) {
		b := residency.From([]int32{1, 2, 3})
		acquire(t, b, site, first)
		second, err := dev.NewStream()
		if err != nil {
			t.Fatal(err)
		}
		seen := make([]byte, 12)
		if err := second.Download(seen, acquire(t, b, site, second), 0); err != nil {
			t.Fatal(err)
		}
		if err := second.Synchronize(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := numbers(seen); got[0] != 1 || got[2] != 3 {
			t.Errorf("the device has %v", got)
		}
		if n := dev.Stats().Uploads; n != 1 {
			t.Errorf("%d uploads, want 1", n)
		}
	})
}

// TestEvictionPassesByTheLocked needs room where the least recently used replica
// is locked and another is not.
func TestEvictionPassesByTheLocked(t *testing.T) {
	inBubble(t, sim.Config{Memory: 80}, func(t *testing.T, dev *sim.Device, site *residency.Site, stream device.Stream) {
		locked, idle, wanted := residency.New[int32](10), residency.New[int32](10), residency.New[int32](10)
		acquire(t, locked, site, stream)
		acquire(t, idle, site, stream)
		if err := stream.Synchronize(t.Context()); err != nil {
			t.Fatal(err)
		}
		unlock, err := residency.Lock(t.Context(), []*residency.Memory{locked.Memory()}, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer unlock()
		acquire(t, wanted, site, stream)
		if n := locked.Memory().Missing(site, 0, 40); n != 0 {
			t.Errorf("%d bytes of the locked buffer are gone", n)
		}
		if n := idle.Memory().Missing(site, 0, 40); n != 40 {
			t.Errorf("%d bytes of the idle buffer are gone, want 40", n)
		}
	})
}

// TestLostWithItsDevice has the only copy on a device that is lost: that is said,
// nothing stale is shown, and writing makes the buffer whole again.
func TestLostWithItsDevice(t *testing.T) {
	cfg := sim.Config{Faults: []sim.Fault{{Kind: sim.Lose, At: 3}}}
	inBubble(t, cfg, func(t *testing.T, dev *sim.Device, site *residency.Site, stream device.Stream) {
		b := residency.From([]int32{1, 2, 3})
		acquire(t, b, site, stream)
		b.Memory().Commit(site, 0, 8)
		if err := b.View(t.Context(), func(x []int32) { t.Errorf("lost values can be seen: %v", x) }); !errors.Is(err, device.ErrLost) {
			t.Errorf("View answers %v", err)
		}
		if err := site.Close(t.Context()); !errors.Is(err, device.ErrLost) {
			t.Errorf("Close answers %v", err)
		}
		var e *device.Error
		if err := b.View(t.Context(), func(x []int32) { t.Errorf("lost values can be seen: %v", x) }); !errors.Is(err, device.ErrLost) || !errors.As(err, &e) {
			t.Errorf("after Close View answers %v", err)
		}
		if n, err := b.Memory().AcquireHost(t.Context(), 8, 12, true); n != 0 || err != nil {
			t.Errorf("what was at home gives %d bytes moved, %v", n, err)
		}
		if err := b.CopyFrom(t.Context(), []int32{4, 5, 6}); err != nil {
			t.Fatal(err)
		}
		if err := b.View(t.Context(), func(x []int32) {
			if x[0] != 4 || x[2] != 6 {
				t.Errorf("the buffer has %v", x)
			}
		}); err != nil {
			t.Error(err)
		}
		synctest.Wait() // the upload's stream lets go of the buffer
		if used := dev.Memory().InUse; used != 0 {
			t.Errorf("%d bytes are in use", used)
		}
	})
}

// TestFailedDownload has the way home fail once: what is there stays there, and
// comes home when it is asked for again.
func TestFailedDownload(t *testing.T) {
	cfg := sim.Config{Faults: []sim.Fault{{Kind: sim.FailDownload, At: 1}}}
	inBubble(t, cfg, func(t *testing.T, _ *sim.Device, site *residency.Site, stream device.Stream) {
		b := residency.From([]int32{1, 2, 3})
		acquire(t, b, site, stream)
		if err := stream.Synchronize(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.Memory().Commit(site, 0, 12)
		if err := b.View(t.Context(), func(x []int32) { t.Errorf("View shows %v", x) }); !errors.Is(err, sim.ErrInjected) {
			t.Errorf("View answers %v", err)
		}
		if err := b.View(t.Context(), func(x []int32) {
			if x[0] != 1 || x[2] != 3 {
				t.Errorf("the buffer has %v", x)
			}
		}); err != nil {
			t.Error(err)
		}
	})
}

// TestSilentDevice reads from a device that never answers: a context ends the
// wait, and without one the device is given up on.
func TestSilentDevice(t *testing.T) {
	cfg := sim.Config{Faults: []sim.Fault{{Kind: sim.Hang, At: 3}}}
	inBubble(t, cfg, func(t *testing.T, _ *sim.Device, site *residency.Site, stream device.Stream) {
		b := residency.From([]int32{1, 2, 3})
		acquire(t, b, site, stream)
		b.Memory().Commit(site, 0, 12)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := b.View(ctx, func([]int32) {}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("View answers %v", err)
		}
		if err := b.View(t.Context(), func([]int32) {}); !errors.Is(err, device.ErrTimeout) {
			t.Errorf("View answers %v", err)
		}
	})
}

// TestCloseBesideWriters closes a site, which brings home what only it has, while
// the host writes the same.
func TestCloseBesideWriters(t *testing.T) {
	cfg := sim.Config{TransferLatency: time.Second}
	inBubble(t, cfg, func(t *testing.T, _ *sim.Device, site *residency.Site, stream device.Stream) {
		b := residency.From([]int32{1, 2, 3})
		acquire(t, b, site, stream)
		b.Memory().Commit(site, 0, 12)
		unlock, err := residency.Lock(t.Context(), nil, []*residency.Memory{b.Memory()})
		if err != nil {
			t.Fatal(err)
		}
		closed := make(chan error)
		go func() { closed <- site.Close(context.Background()) }()
		home := b.Memory().Home()
		for i := range home {
			home[i] = 0
			time.Sleep(time.Second)
		}
		b.Memory().CommitHost(0, 12)
		unlock()
		if err := <-closed; err != nil {
			t.Error(err)
		}
		if err := b.View(t.Context(), func(x []int32) {
			if x[0] != 0 || x[2] != 0 {
				t.Errorf("the buffer has %v, want what was written last", x)
			}
		}); err != nil {
			t.Error(err)
		}
	})
}
