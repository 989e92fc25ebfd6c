//go:build cuda && linux && cgo

package hybrid_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

// envApart names the test that a process was started for.
const envApart = "TANDEM_TEST_APART"

// apart runs a test in a process of its own: of what it does to a GPU the process does
// not recover.
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
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, "-test.v", "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), envApart+"="+t.Name())
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("the process ended with %v:\n%s", err, out)
	}
}

// broken is saxpy with a factor of 2, but that the variant for CUDA does something else.
func broken(name, ptx string) func(x, y []float32) kernels.Launch {
	kernel := kernels.Define(kernels.Kernel{
		Name: name,
		Params: []kernels.Param{
			{Name: "x", Type: kernels.Float32, Access: kernels.In}, {Name: "y", Type: kernels.Float32, Access: kernels.InOut},
		},
		Go: func(c *kernels.Call) {
			y := kernels.Slice[float32](c, 1)
			for i, v := range kernels.Slice[float32](c, 0) {
				y[i] += 2 * v
			}
		},
		CUDA: &kernels.Function{PTX: ptx, Block: [3]int{32, 1, 1}},
	})
	return func(x, y []float32) kernels.Launch {
		l := kernels.NewLaunch(kernel, len(x))
		l.AddArg(kernels.Of[float32](x), kernels.Elementwise)
		l.AddArg(kernels.Of[float32](y), kernels.Elementwise)
		cost(&l)
		return l
	}
}

const ptxHead = ".version 6.0\n.target sm_50\n.address_size 64\n.visible .entry tandem_test_"

var (
	// strays writes to an address that is nobody's.
	strays = broken("test.strays", ptxHead+`strays(.param .u64 x, .param .u64 y, .param .align 4 .b8 words[16]) {
	.reg .b64 %at;
	.reg .b32 %zero;
	mov.u64 %at, 16;
	mov.u32 %zero, 0;
	st.global.u32 [%at], %zero;
	ret;
}
`)
	// turns waits for what is in memory to change, which it never does.
	turns = broken("test.turns", ptxHead+`turns(.param .u64 x, .param .u64 y, .param .align 4 .b8 words[16]) {
	.reg .b64 %at;
	.reg .b32 %first, %now;
	.reg .pred %same;
	ld.param.u64 %at, [x];
	cvta.to.global.u64 %at, %at;
	ld.volatile.global.u32 %first, [%at];
TURN:
	ld.volatile.global.u32 %now, [%at];
	setp.eq.u32 %same, %now, %first;
	@%same bra TURN;
	ret;
}
`)
)

// TestCUDABreaks has a GPU break while it works: by a kernel that writes where it must
// not, and by one that never ends. Launches give the right results all the same, the GPU
// is given nothing more, whoever wants it alone is told why, and everything ends.
func TestCUDABreaks(t *testing.T) {
	for name, c := range map[string]struct {
		launch  func(x, y []float32) kernels.Launch // on a real GPU
		arm     func()                              // on the driver in process
		is      error
		options []hybrid.Option
	}{
		"StrayKernel": {
			strays, func() { cudatest.Fault("cuLaunchKernel", 1, 700) }, device.ErrLost, nil,
		},
		"EndlessKernel": {
			turns, func() { cudatest.Hang("cuLaunchKernel", 1) }, device.ErrTimeout, []hybrid.Option{hybrid.WithChunkDeadline(time.Second)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			apart(t, func(t *testing.T) {
				one := cudatest.Config{Memory: 64 << 20, Late: true, Seed: 1}
				if !onRealGPU {
					if err := cudatest.Reset(one); err != nil {
						t.Fatal(err)
					}
				}
				s := open(t, append(c.options, hybrid.WithDevices("cuda:0", "cpu"))...)
				if err := saxpyCheck(t, s, 1<<18, hybrid.EveryDevice()); err != nil {
					t.Fatal(err)
				}
				launch := c.launch
				if !onRealGPU {
					launch = saxpyTwo
					c.arm()
				}
				gpu := func() hybrid.DeviceStats { return s.Stats().Devices[0] }
				// In a single launch the GPU may be too late to take part; and a launch that
				// the others have done doesn't wait to see whether the GPU comes to an end.
				for begun := time.Now(); gpu().Quarantined == nil && time.Since(begun) < 30*time.Second; {
					if err := launchCheck(t, s, 1<<18, launch, hybrid.EveryDevice()); err != nil {
						t.Fatal(err)
					}
				}
				if q := gpu().Quarantined; !errors.Is(q, c.is) {
					t.Errorf("%s is in quarantine because of %v, want %v", gpu().ID, q, c.is)
				}
				if err := saxpyCheck(t, s, 1<<18, hybrid.EveryDevice()); err != nil {
					t.Error(err)
				}
				if err := saxpyCheck(t, s, 1<<18, hybrid.On("cuda:0")); !errors.Is(err, c.is) {
					t.Errorf("a launch on it alone answers %v", err)
				}
				if !onRealGPU {
					cudatest.Release()
				}
				// A GPU that never comes back is waited for, but not for ever.
				if err := s.Close(); err != nil && !errors.Is(err, device.ErrLost) && !errors.Is(err, device.ErrTimeout) {
					t.Errorf("Close: %v", err)
				}
			})
		})
	}
}

// TestCUDAMemoryRunsOut takes the GPU's memory from under a scheduler: launches end in
// the right result, or say so; and when the memory is back, they are right.
func TestCUDAMemoryRunsOut(t *testing.T) {
	s := cudaMachine(t, cudatest.Config{Memory: 64 << 20, Late: true, Seed: 9})
	// Each takes nine tenths of what is left.
	var takers []device.Device
	for range 12 {
		d, err := device.Open("cuda:0")
		if err != nil {
			break
		}
		takers = append(takers, d)
		for d.Memory().InUse < d.Memory().Capacity {
			left := d.Memory().Capacity - d.Memory().InUse
			if _, err := d.Alloc(min(left, d.Info().Caps.MaxBuffer)); err != nil {
				break
			}
		}
	}
	const n = 1 << 22
	for name, opts := range map[string][]hybrid.LaunchOption{"the GPU alone": {hybrid.On("cuda:0")}, "every device": {hybrid.EveryDevice()}} {
		switch err := saxpyCheck(t, s, n, opts...); {
		case err == nil:
		case name == "every device" || !errors.Is(err, device.ErrOutOfMemory):
			t.Errorf("without memory, on %s: %v", name, err)
		default:
			t.Log(err)
		}
	}
	for _, d := range takers {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := saxpyCheck(t, s, n, hybrid.On("cuda:0")); err != nil {
		t.Errorf("with memory again: %v", err)
	}
}

// TestCUDAHidden hides the GPUs from the process, as their administrator may: the
// scheduler's log says why there is none, and the CPU does the work.
func TestCUDAHidden(t *testing.T) {
	t.Setenv("CUDA_VISIBLE_DEVICES", "")
	apart(t, func(t *testing.T) {
		var log bytes.Buffer
		s := open(t, hybrid.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		if text := log.String(); !strings.Contains(text, "backend=cuda") || !strings.Contains(text, "GPU") {
			t.Errorf("the log says\n%s", text)
		}
		if err := saxpyCheck(t, s, 1<<18, hybrid.EveryDevice()); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
