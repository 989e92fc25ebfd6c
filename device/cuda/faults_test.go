//go:build cuda && linux && cgo

package cuda

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/internal/testkernels"
)

// smallSlot makes rings of 128 KiB, so that going round one moves little.
const smallSlot = 32 << 10

// everything does a little of all that two devices can do. It answers whether the
// results were right, and the first error; what was made is given back either way.
func everything(t testing.TB) (right bool, err error) {
	t.Helper()
	found, err := findAdapters()
	if err != nil {
		return false, err
	}
	var opened []*cudaDevice
	defer func() {
		for _, d := range opened {
			if closed := d.Close(); err == nil {
				err = closed
			}
			if stats := d.Memory(); stats.InUse != 0 || stats.Buffers != 0 {
				t.Errorf("the accounts of %s are %+v in the end", d.info.ID, stats)
			}
		}
	}()
	for _, a := range found {
		d, err := open(a)
		if err != nil {
			return false, err
		}
		d.slotSize = smallSlot
		d.account = device.NewAccount(1 << 60) // or it says before the driver that memory is out
		opened = append(opened, d)
	}
	if right, err = use(t, opened[0]); err != nil || !right {
		return right, err
	}
	if right, err = share(t, opened[0]); err != nil || !right || len(opened) < 2 {
		return right, err
	}
	return pass(t, opened[0], opened[1])
}

// share sums in more shared memory than a block has without asking, on a device whose
// memory has been asked for more than there is.
func share(t testing.TB, d *cudaDevice) (right bool, err error) {
	if _, err := d.Alloc(2 * testMemory); !errors.Is(err, device.ErrOutOfMemory) {
		return false, err
	}
	const n = 60 << 10 / 4
	src := testkernels.Source("shared", 1, 1)
	src.Block.Shared = 4 * n
	p, err := d.Compile(src)
	if err != nil {
		return false, err
	}
	b, err := d.Alloc(4 * n)
	if err != nil {
		return false, err
	}
	s, err := d.NewStream()
	if err != nil {
		return false, err
	}
	got := make([]byte, 4)
	err = errors.Join(
		s.Upload(b, 0, bytes.Repeat([]byte{1, 0, 0, 0}, n)),
		s.Launch(p, device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{b}, Scalars: []uint32{n}}),
		s.Download(got, b, 0), s.Synchronize(waiting(t)), b.Free(), p.Close(), s.Close(),
	)
	return words(got)[0] == n, err
}

// pass copies from one device to another.
func pass(t testing.TB, from, to *cudaDevice) (right bool, err error) {
	a, err := from.Alloc(1000)
	if err != nil {
		return false, err
	}
	b, err := to.Alloc(1000)
	if err != nil {
		return false, err
	}
	up, err := from.NewStream()
	if err != nil {
		return false, err
	}
	down, err := to.NewStream()
	if err != nil {
		return false, err
	}
	want, got := bytes.Repeat([]byte{9}, 1000), make([]byte, 1000)
	if err := errors.Join(up.Upload(a, 0, want), up.Synchronize(waiting(t))); err != nil {
		return false, err
	}
	err = errors.Join(
		down.(device.PeerStream).CopyPeer(b, 0, a, 0, 1000), a.Free(), down.Download(got, b, 0), down.Synchronize(waiting(t)),
		b.Free(), up.Close(), down.Close(),
	)
	return bytes.Equal(got, want), err
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

// sleep waits for what takes so long that whoever waits sleeps in the driver.
func sleep(t testing.TB) (right bool, err error) {
	found, err := findAdapters()
	if err != nil {
		return false, err
	}
	d, err := open(found[0])
	if err != nil {
		return false, err
	}
	defer func() {
		if closed := d.Close(); err == nil {
			err = closed
		}
	}()
	p, err := d.Compile(testkernels.Source("slow", 1, 1))
	if err != nil {
		return false, err
	}
	b, err := d.Alloc(4)
	if err != nil {
		return false, err
	}
	s, err := d.NewStream()
	if err != nil {
		return false, err
	}
	if err := s.Launch(p, device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{b}, Scalars: []uint32{1}}); err != nil {
		return false, err
	}
	e, err := s.Record()
	if err != nil {
		return false, err
	}
	return true, device.Wait(waiting(t), e)
}

// native is where the calls are made, those aside that package cu makes.
//
//go:embed native.c
var native string

// needless are calls that are made only once another has failed; see
// TestErrorsWithoutTheDriversWords.
var needless = []string{"cuGetErrorName", "cuGetErrorString"}

// checkAllCalled holds a run to have made every call that this package makes.
func checkAllCalled(t *testing.T, called map[string]bool) {
	t.Helper()
	for _, match := range regexp.MustCompile(`\b(cu[A-Z][A-Za-z0-9]*)\(`).FindAllStringSubmatch(native, -1) {
		name := match[1]
		if !called[name] && !called[name+"_v2"] && !slices.Contains(needless, name) {
			t.Errorf("nothing here calls %s, so nobody knows what comes of its failure", name)
		}
	}
}

// TestEveryCallFailsInTurn has each call that the driver gets in a run answer a
// failure, once, or the command that it enqueues break its context, and expects a typed
// error or the right result, an end, and nothing left behind.
func TestEveryCallFailsInTurn(t *testing.T) {
	called := map[string]bool{}
	for name, config := range drivers {
		t.Run(name, func(t *testing.T) {
			config.Devices = 2
			inProcess(t, config)
			reset(t, config)
			if right, err := everything(t); err != nil || !right {
				t.Fatalf("without faults: %v, %v", right, err)
			}
			const waits = "cuEventSynchronize" // not in every run: most wait too short for it
			calls := map[string]int{}
			for _, call := range cudatest.Names() {
				if call != waits {
					calls[call] = cudatest.Calls(call)
				}
				called[call] = called[call] || calls[call] > 0
			}
			if right, err := sleep(t); err != nil || !right {
				t.Fatalf("a wait without faults: %v, %v", right, err)
			}
			called[waits] = called[waits] || cudatest.Calls(waits) > 0
			codes := []result{resultInvalidValue, resultOutOfMemory, resultNotSupported, 999, resultIllegalAddress}
			if testing.Short() {
				codes = codes[3:]
			}
			for call, n := range calls {
				for nth := 1; nth <= min(n, 12); nth++ {
					for _, code := range codes {
						failOne(t, config, everything, cudatest.Fail, call, nth, code)
					}
					failOne(t, config, everything, cudatest.Fault, call, nth, resultLaunchFailed)
				}
			}
			for _, code := range codes {
				failOne(t, config, sleep, cudatest.Fail, waits, 1, code)
			}
			failOne(t, config, sleep, cudatest.Fault, waits, 1, resultLaunchFailed)
			reset(t, config)
		})
	}
	if !real {
		checkAllCalled(t, called)
	}
}

func failOne(
	t *testing.T, config cudatest.Config, do func(t testing.TB) (right bool, err error),
	arm func(call string, nth, code int), call string, nth int, code result,
) {
	t.Helper()
	reset(t, config)
	arm(call, nth, int(code))
	right, err := do(t)
	what := fmt.Sprintf("call %d of %s answers %d", nth, call, code)
	checkOutcome(t, what, right, err)
	if call != "cuDevicePrimaryCtxRelease_v2" {
		for _, o := range cudatest.Live() {
			t.Errorf("%s: not given back: %v", what, o)
		}
	}
}

// TestErrorsWithoutTheDriversWords has the driver not even say what has failed.
func TestErrorsWithoutTheDriversWords(t *testing.T) {
	for _, silent := range needless {
		inProcess(t, cudatest.Config{})
		cudatest.Fail("cuStreamCreate", 1, int(resultInvalidValue))
		cudatest.Fail(silent, 1, int(resultInvalidValue))
		right, err := everything(t)
		if err == nil || !strings.Contains(err.Error(), "CUDA error 1") {
			t.Errorf("without %s: %v, %v", silent, right, err)
		}
		checkOutcome(t, silent, right, err)
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
