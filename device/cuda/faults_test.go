//go:build cuda && linux && cgo

package cuda

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/internal/testkernels"
)

// smallSlot makes rings of 128 KiB, so that going round one moves little.
const smallSlot = 32 << 10

// everything does a little of all that a device can do. It answers whether the
// results were right, and the first error; what was made is given back either way.
func everything(t *testing.T, patience time.Duration) (right bool, err error) {
	t.Helper()
	found, err := findAdapters()
	if err != nil {
		return false, err
	}
	d, err := open(found[0])
	if err != nil {
		return false, err
	}
	d.patience, d.slotSize = patience, smallSlot
	defer func() {
		if closed := d.Close(); err == nil {
			err = closed
		}
		if stats := d.Memory(); stats.InUse != 0 || stats.Buffers != 0 {
			t.Errorf("the accounts are %+v in the end", stats)
		}
	}()
	return use(t, d)
}

func use(t testing.TB, d *cudaDevice) (right bool, err error) {
	n := d.slotSize / 2 // so that transfers of 4n bytes go round the ring
	p, err := d.Compile(testkernels.Source("affine", 1, 3))
	if err != nil {
		return false, err
	}
	a, err := d.Alloc(int64(4 * n))
	if err != nil {
		return false, err
	}
	b, err := d.Alloc(int64(4 * n))
	if err != nil {
		return false, err
	}
	locked, err := d.AllocHost(int64(4 * n))
	if err != nil {
		return false, err
	}
	clear(locked.Bytes())
	registered, err := d.RegisterHost(make([]byte, 4*n))
	if err != nil {
		return false, err
	}
	collectable := make([]byte, 4*n)
	heap, err := d.RegisterHeap(collectable)
	if err != nil {
		return false, err
	}
	up, err := d.NewStream()
	if err != nil {
		return false, err
	}
	down, err := d.NewStream()
	if err != nil {
		return false, err
	}
	got := make([]byte, 4*n)
	add := func(s device.Stream, b device.Buffer, term uint32) error {
		return s.Launch(p, device.Dispatch{
			Groups: [3]int{n / testkernels.Threads, 1, 1}, Buffers: []device.Buffer{b}, Scalars: []uint32{uint32(n), 1, term},
		})
	}
	var e device.Event
	for _, do := range []func() error{
		func() error { return up.Upload(a, 0, locked.Bytes()) },
		func() error { return up.Upload(b, 0, make([]byte, 4*n)) },
		func() error { return up.Upload(b, 0, registered.Bytes()) },
		func() error { return up.Upload(b, 0, collectable) },
		func() error { return add(up, a, 3) },
		func() error { return replay(up, p, b) },
		func() (err error) { e, err = up.Record(); return err },
		func() error { return down.WaitEvent(e) },
		func() error { return down.Download(got, b, 0) },
		func() error { return down.Download(locked.Bytes(), a, 0) },
		b.Free, // while in use
		registered.Free,
		func() error { heap.Free(); return nil },
		func() error { return down.Synchronize(waiting(t)) },
		a.Free,
		p.Close,
		func() error { right = bytes.Equal(got, locked.Bytes()) && got[0] == 3 && got[4*n-4] == 3; return nil },
		locked.Free,
		up.Close,
		down.Close,
	} {
		if err := do(); err != nil {
			return false, err
		}
	}
	return right, nil
}

// replay adds 3 to every element, by a graph that adds 1.
func replay(given device.Stream, p device.Program, b device.Buffer) error {
	s := given.(*stream)
	g, err := s.Capture([]device.Execution{{Program: p, Dispatch: device.Dispatch{
		Groups: [3]int{int(b.Size()) / 4 / testkernels.Threads, 1, 1}, Buffers: []device.Buffer{b}, Scalars: []uint32{uint32(b.Size()) / 4, 1, 1},
	}}})
	if err != nil {
		return err
	}
	for range 3 {
		if err := s.Replay(g); err != nil {
			return err
		}
	}
	return g.Close()
}

// TestEveryCallFailsInTurn has each call that the driver gets in a run answer a
// failure, once, and expects a typed error or the right result, an end, and
// nothing left behind.
func TestEveryCallFailsInTurn(t *testing.T) {
	for name, config := range drivers {
		t.Run(name, func(t *testing.T) {
			inProcess(t, config)
			reset := func() {
				config.Memory = testMemory
				if err := cudatest.Reset(config); err != nil {
					t.Fatal(err)
				}
			}
			reset()
			if right, err := everything(t, patience); err != nil || !right {
				t.Fatalf("without faults: %v, %v", right, err)
			}
			calls := map[string]int{}
			for _, call := range cudatest.Names() {
				calls[call] = cudatest.Calls(call)
			}
			codes := []result{resultInvalidValue, resultOutOfMemory, 999, resultIllegalAddress}
			if testing.Short() {
				codes = codes[2:]
			}
			for call, n := range calls {
				for nth := 1; nth <= min(n, 12); nth++ {
					for _, code := range codes {
						reset()
						cudatest.Fail(call, nth, int(code))
						right, err := everything(t, patience)
						what := fmt.Sprintf("call %d of %s answers %d", nth, call, code)
						checkOutcome(t, what, right, err)
						if call != "cuDevicePrimaryCtxRelease_v2" {
							for _, o := range cudatest.Live() {
								t.Errorf("%s: not given back: %v", what, o)
							}
						}
					}
				}
			}
			reset()
		})
	}
}

func checkOutcome(t *testing.T, what string, right bool, err error) {
	t.Helper()
	if err == nil {
		if !right {
			t.Errorf("%s: a wrong result and no error", what)
		}
		return
	}
	for _, is := range []error{
		device.ErrInvalid, device.ErrLost, device.ErrNoDevice, device.ErrOutOfMemory, device.ErrTimeout, device.ErrUnsupported,
	} {
		if errors.Is(err, is) {
			return
		}
	}
	if _, ok := errors.AsType[*device.CompileError](err); !ok {
		t.Errorf("%s: an error of no kind: %v", what, err)
	}
}
