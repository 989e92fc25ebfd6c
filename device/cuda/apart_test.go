//go:build cuda && linux && cgo

package cuda

import (
	stdcontext "context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/internal/testkernels"
)

// envApart names the test that a process was started for.
const envApart = "TANDEM_TEST_APART"

// apart runs a test in a process of its own: of what it does to a GPU the process does
// not recover, and a driver that is read only once sees its environment.
func apart(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	if os.Getenv(envApart) == t.Name() {
		test(t)
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// It ends by itself, or something hangs.
	ctx, cancel := stdcontext.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, "-test.v", "-test.run=^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$")
	cmd.Env = append(os.Environ(), envApart+"="+t.Name())
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("the process ended with %v:\n%s", err, out)
	}
}

// TestEndlessKernel has a kernel that never ends: whoever waits for it is told, and the
// process ends all the same.
func TestEndlessKernel(t *testing.T) {
	apart(t, func(t *testing.T) {
		reset(t, late)
		d := must(open(first(t)))(t)
		d.patience = time.Second
		p := must(d.Compile(testkernels.Source("endless", 1, 0)))(t)
		b := must(d.Alloc(64))(t)
		s := must(d.NewStream())(t)
		if !real { // whose threads are the callers'
			cudatest.Hang("cuLaunchKernel", 1)
		}
		if err := errors.Join(
			s.Upload(b, 0, make([]byte, 64)), s.Launch(p, device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{b}}),
		); err != nil {
			t.Fatal(err)
		}
		e := must(s.Record())(t)
		for what, err := range map[string]error{"Stream.Close": s.Close(), "the event": device.Wait(waiting(t), e)} {
			if !errors.Is(err, device.ErrLost) || !errors.Is(err, device.ErrTimeout) {
				t.Errorf("%s answers %v", what, err)
			}
		}
		if _, err := d.Alloc(64); !errors.Is(err, device.ErrLost) {
			t.Errorf("Alloc answers %v", err)
		}
		if err := d.Close(); err != nil && !errors.Is(err, device.ErrTimeout) {
			t.Errorf("Close answers %v", err)
		}
	})
}

// TestMemoryRunsOut takes memory until the driver has none, which the budget would say
// before: the caller is told, and what is given back serves the next.
func TestMemoryRunsOut(t *testing.T) {
	eachDriver(t, func(t *testing.T, _ cudatest.Config) {
		d := openFirst(t)
		size := d.Memory().Capacity / 16
		d.account = device.NewAccount(1 << 60)
		var all []device.Buffer
		for {
			b, err := d.Alloc(size)
			if err != nil {
				if !errors.Is(err, device.ErrOutOfMemory) || len(all) < 16 {
					t.Errorf("after %d times %d bytes: %v", len(all), size, err)
				}
				break
			}
			if all = append(all, b); len(all) > 100 {
				t.Fatal("there is no end to it")
			}
		}
		for _, b := range all {
			if err := b.Free(); err != nil {
				t.Error(err)
			}
		}
		d.slotSize = smallSlot
		if right, err := use(t, d); err != nil || !right {
			t.Errorf("afterwards: %v, %v", right, err)
		}
	})
}

// TestHiddenFromView hides the GPUs from the process, as their administrator may.
func TestHiddenFromView(t *testing.T) {
	t.Setenv("CUDA_VISIBLE_DEVICES", "")
	apart(t, func(t *testing.T) {
		reset(t, cudatest.Config{Devices: cudatest.NoDevices})
		if found, err := (backend{}).Discover(); !errors.Is(err, device.ErrNoDevice) {
			t.Errorf("Discover answers %v, %v", found, err)
		}
		if _, err := device.Open("cuda:0"); !errors.Is(err, device.ErrNoDevice) {
			t.Errorf("Open answers %v", err)
		}
	})
}
