//go:build cuda && linux && cgo

package hybrid_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"sync"
	"testing"
	"time"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
	_ "github.com/tandem-go/tandem/kernels/kerneltest" // the kernels, compiled for the driver in process
)

// onRealGPU says that TANDEM_TEST_CUDA asks for the machine's own driver. All
// others see CUDA devices only in the tests that make some.
var onRealGPU = os.Getenv("TANDEM_TEST_CUDA") == "real"

func init() {
	if onRealGPU {
		return
	}
	if err := errors.Join(cudatest.Install(), cudatest.Reset(cudatest.Config{Devices: cudatest.NoDevices})); err != nil {
		panic(err)
	}
}

// cudaMachine opens a scheduler over the CPU and CUDA devices of the given kind,
// and checks in the end that those have everything back.
func cudaMachine(t *testing.T, c cudatest.Config, opts ...hybrid.Option) *hybrid.Scheduler {
	t.Helper()
	if !onRealGPU {
		if err := cudatest.Reset(c); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			for _, o := range cudatest.Live() {
				t.Errorf("not given back: %v", o)
			}
			for _, what := range cudatest.Complaints() {
				t.Errorf("the driver complains: %s", what)
			}
			if err := cudatest.Reset(cudatest.Config{Devices: cudatest.NoDevices}); err != nil {
				t.Error(err)
			}
		})
	}
	s := open(t, append([]hybrid.Option{
		hybrid.WithDevices("cuda:*", "cpu"), hybrid.WithModelFile(""), hybrid.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))),
	}, opts...)...)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

var twoGPUs = cudatest.Config{Devices: 2, Memory: 64 << 20, Late: true, Seed: 1}

// saxpyCheck launches y = 2x + y over n elements and checks each of them.
func saxpyCheck(t *testing.T, s *hybrid.Scheduler, n int, opts ...hybrid.LaunchOption) error {
	t.Helper()
	return launchCheck(t, s, n, saxpyTwo, opts...)
}

func saxpyTwo(x, y []float32) kernels.Launch { return kernels.Saxpy(2, x, y) }

// launchCheck does the same with what should do the same.
func launchCheck(t *testing.T, s *hybrid.Scheduler, n int, launch func(x, y []float32) kernels.Launch, opts ...hybrid.LaunchOption) error {
	t.Helper()
	x, y := make([]float32, n), make([]float32, n)
	for i := range x {
		x[i], y[i] = float32(i%1000), float32(i%7)
	}
	if err := s.Launch(t.Context(), launch(x, y), opts...); err != nil {
		return err
	}
	for i := range y {
		if want := 2*float32(i%1000) + float32(i%7); y[i] != want {
			return fmt.Errorf("element %d of %d is %v, want %v", i, n, y[i], want)
		}
	}
	return nil
}

func TestCUDATakesPart(t *testing.T) {
	s := cudaMachine(t, twoGPUs)
	for name, opts := range ways(s) {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{1, 63, 1 << 10, 1<<18 + 5} {
				if err := saxpyCheck(t, s, n, opts...); err != nil {
					t.Error(err)
				}
			}
			x := make([]float32, 1<<17)
			for i := range x {
				x[i] = float32(i % 10)
			}
			var sum float32
			if err := s.Launch(t.Context(), kernels.Sum(&sum, x), opts...); err != nil {
				t.Fatal(err)
			}
			var want float64
			for _, v := range x {
				want += float64(v)
			}
			if math.Abs(float64(sum)-want) > 1 {
				t.Errorf("the sum is %v, want %v", sum, want)
			}
		})
	}
	// In a single launch a GPU that is late may find that the others have done
	// it all.
	idle := map[string]bool{"cuda:0": true, "cuda:1": !onRealGPU}
	for launches := 0; launches < 50 && (idle["cuda:0"] || idle["cuda:1"]); launches++ {
		var r hybrid.Report
		if err := saxpyCheck(t, s, 1<<20, hybrid.EveryDevice(), hybrid.ReportTo(&r)); err != nil {
			t.Fatal(err)
		}
		for _, d := range r.Devices {
			idle[d.ID] = idle[d.ID] && d.Indices == 0
		}
	}
	if idle["cuda:0"] || idle["cuda:1"] {
		t.Errorf("GPUs that did nothing in 50 launches: %v", idle)
	}
	if !onRealGPU && cudatest.Calls("cuMemHostAlloc") == 0 {
		t.Error("chunks do not travel through page-locked memory")
	}
}

// TestCUDABLAS has GPUs do a product by tiles, which travel through page-locked
// memory that is kept for the next.
func TestCUDABLAS(t *testing.T) {
	s := cudaMachine(t, twoGPUs)
	b := s.BLAS(hybrid.AlwaysTiled(48))
	before := cudatest.Calls("cuMemHostAlloc")
	p := newProduct(200)
	p.run(b)
	p.check(t)
	first := cudatest.Calls("cuMemHostAlloc") - before
	for range 20 {
		p := newProduct(200)
		p.run(b)
		p.check(t)
	}
	if onRealGPU {
		return
	}
	later := cudatest.Calls("cuMemHostAlloc") - before - first
	t.Logf("%d times page-locked memory for the first product, %d times for 20 more", first, later)
	if first == 0 {
		t.Error("tiles do not travel through page-locked memory")
	}
	// A GPU may have had less to do the first time: at most as much as four tiles up
	// and two back for each.
	if most := 2 * (4 + 2); first+later > most {
		t.Errorf("%d pieces of page-locked memory, want at most %d", first+later, most)
	}
}

// TestCUDAFaults has commands fail when they are executed, calls refuse, and
// GPUs vanish. Each launch gives the right result all the same.
func TestCUDAFaults(t *testing.T) {
	if onRealGPU {
		t.Skip("a real GPU cannot be made to do this")
	}
	for name, fault := range map[string]func(){
		"illegal address": func() { cudatest.Fault("cuLaunchKernel", 2, 700) },
		"upload":          func() { cudatest.Fault("cuMemcpyHtoDAsync_v2", 3, 719) },
		"download":        func() { cudatest.Fault("cuMemcpyDtoHAsync_v2", 2, 714) },
		"refused launch":  func() { cudatest.Fail("cuLaunchKernel", 2, 701) },
		"no memory":       func() { cudatest.Fail("cuMemAllocFromPoolAsync", 1, 2); cudatest.Fail("cuMemAllocFromPoolAsync", 2, 2) },
		"no host memory":  func() { cudatest.Fail("cuMemHostAlloc", 1, 2); cudatest.Fail("cuMemHostAlloc", 2, 2) },
		"no module":       func() { cudatest.Fail("cuModuleLoadDataEx", 1, 2) },
		"no stream":       func() { cudatest.Fail("cuStreamCreate", 2, 999) },
		"no event":        func() { cudatest.Fail("cuEventRecord", 4, 999) },
	} {
		t.Run(name, func(t *testing.T) {
			s := cudaMachine(t, twoGPUs)
			fault()
			for range 3 {
				if err := saxpyCheck(t, s, 1<<18, hybrid.EveryDevice()); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestCUDARemoved takes a GPU away between two launches and during one.
func TestCUDARemoved(t *testing.T) {
	if onRealGPU {
		t.Skip("a real GPU cannot be made to do this")
	}
	s := cudaMachine(t, twoGPUs)
	if err := saxpyCheck(t, s, 1<<18, hybrid.EveryDevice()); err != nil {
		t.Fatal(err)
	}
	cudatest.Remove(0, 46)
	go cudatest.Remove(1, 999)
	for range 3 {
		if err := saxpyCheck(t, s, 1<<18, hybrid.EveryDevice()); err != nil {
			t.Error(err)
		}
	}
	if err := s.Launch(t.Context(), kernels.Saxpy(2, make([]float32, 1<<18), make([]float32, 1<<18)), hybrid.On("cuda:0")); !errors.Is(err, device.ErrLost) {
		t.Errorf("a launch on the GPU that is gone gives %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := cudatest.Reset(cudatest.Config{Devices: cudatest.NoDevices}); err != nil { // nobody can give back what was on them
		t.Error(err)
	}
}

// TestCUDAEndlessKernel has a kernel that never ends: the launch is completed by
// the others, and Close comes back.
func TestCUDAEndlessKernel(t *testing.T) {
	if onRealGPU {
		t.Skip("a real GPU would be busy for ever")
	}
	s := cudaMachine(t, twoGPUs, hybrid.WithChunkDeadline(50*time.Millisecond))
	if err := saxpyCheck(t, s, 1<<18, hybrid.EveryDevice()); err != nil {
		t.Fatal(err)
	}
	cudatest.Hang("cuLaunchKernel", 1)
	for range 3 {
		if err := saxpyCheck(t, s, 1<<18, hybrid.EveryDevice()); err != nil {
			t.Error(err)
		}
	}
	cudatest.Release()
}

// TestCUDASmallMemory runs a launch over ten times what a GPU holds.
func TestCUDASmallMemory(t *testing.T) {
	config := twoGPUs
	config.Memory = 1 << 20
	s := cudaMachine(t, config)
	if err := saxpyCheck(t, s, 5<<18, hybrid.On("cuda:0", "cuda:1")); err != nil && !onRealGPU {
		t.Error(err)
	}
}

// TestCUDARegistersWhatRepeats launches on the same slices again and again: they are
// page-locked when that pays, once, and given back by Close. Each launch sees what
// its caller has written before it.
func TestCUDARegistersWhatRepeats(t *testing.T) {
	s := cudaMachine(t, cudatest.Config{Late: true, Seed: 5})
	const n = 1 << 19
	x, y := make([]float32, n), make([]float32, n)
	for round := range 12 {
		for i := range x {
			x[i], y[i] = float32((i+round)%1000), float32(i%7)
		}
		if err := s.Launch(t.Context(), kernels.Saxpy(2, x, y), hybrid.On("cuda:0")); err != nil {
			t.Fatal(err)
		}
		for i := range y {
			if want := 2*float32((i+round)%1000) + float32(i%7); y[i] != want {
				t.Fatalf("round %d: element %d is %v, want %v", round, i, y[i], want)
			}
		}
	}
	if got := s.Stats().Devices[0]; got.ID != "cuda:0" || got.Registered != 8*n {
		t.Errorf("%d bytes of %s are registered, want %d", got.Registered, got.ID, 8*n)
	}
	if onRealGPU {
		return
	}
	if got := cudatest.Calls("cuMemHostRegister_v2"); got != 2 {
		t.Errorf("%d registrations of two slices", got)
	}
	// A driver that refuses is asked once, and the results are right all the same.
	z := make([]float32, n)
	cudatest.Fail("cuMemHostRegister_v2", 1, 2)
	for range 8 {
		if err := s.Launch(t.Context(), kernels.Saxpy(1, z, y), hybrid.On("cuda:0")); err != nil {
			t.Fatal(err)
		}
	}
}

// compiling is a device that notes the routines of what it compiles.
type compiling struct {
	device.Device
	mu       sync.Mutex // guards routines
	routines []string
}

func (c *compiling) Compile(src device.Source) (device.Program, error) {
	c.mu.Lock()
	c.routines = append(c.routines, src.Library)
	c.mu.Unlock()
	return c.Device.Compile(src)
}

// TestCUDAInTF32 asks for TF32 and looks what the device is given for a product of
// either type.
func TestCUDAInTF32(t *testing.T) {
	if onRealGPU {
		t.Skip("the GPU is open")
	}
	for want, opts := range map[string][]hybrid.Option{
		"[gemm.float32.nn gemm.float64.nn]": nil,
		"[gemm.tf32.nn gemm.float64.nn]":    {hybrid.WithTF32()},
	} {
		if err := cudatest.Reset(cudatest.Config{}); err != nil {
			t.Fatal(err)
		}
		gpu, err := device.Open("cuda:0")
		if err != nil {
			t.Fatal(err)
		}
		c := &compiling{Device: gpu}
		s := open(t, append(opts, hybrid.WithDevice(c), hybrid.WithDevices("cpu"), hybrid.WithModelFile(""))...)
		err = errors.Join(onDevice[float32](t, s), onDevice[float64](t, s), s.Close())
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(c.routines); got != want {
			t.Errorf("the device was given %s, want %s", got, want)
		}
	}
	if err := cudatest.Reset(cudatest.Config{Devices: cudatest.NoDevices}); err != nil {
		t.Error(err)
	}
}

// onDevice multiplies two matrices on the GPU.
func onDevice[T float32 | float64](t *testing.T, s *hybrid.Scheduler) error {
	const n = 40
	a, b, c := make([]T, n*n), make([]T, n*n), make([]T, n*n)
	for i := range a {
		a[i], b[i] = T(i%5), T(i%7)
	}
	dense := func(x []T) kernels.Matrix[T] { return kernels.Dense(n, n, n, x) }
	err := s.Launch(t.Context(), kernels.Gemm(blas.NoTrans, blas.NoTrans, 1, dense(a), dense(b), 0, dense(c)), hybrid.On("cuda:0"))
	var want T
	for k := range n {
		want += a[n+k] * b[n*k+2]
	}
	if err == nil && c[n+2] != want {
		return fmt.Errorf("element (1, 2) is %v, want %v", c[n+2], want)
	}
	return err
}

// TestCUDAPeers has each GPU write a part of a buffer that the other then reads:
// what moves, moves from one to the other.
func TestCUDAPeers(t *testing.T) {
	if onRealGPU {
		t.Skip("it counts the driver's calls")
	}
	s := cudaMachine(t, twoGPUs)
	const n = 1 << 16
	x, err := hybrid.NewBuffer[float32](s, n)
	if err != nil {
		t.Fatal(err)
	}
	y, err := hybrid.NewBuffer[float32](s, n)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Update(t.Context(), func(x []float32) {
		for i := range x {
			x[i] = float32(i % 100)
		}
	}); err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"cuda:0", "cuda:1", "cuda:0"} {
		if err := s.Launch(t.Context(), kernels.Saxpy(1, x, y), hybrid.On(id)); err != nil {
			t.Fatal(err)
		}
		if got := cudatest.Calls("cuMemcpyPeerAsync"); (got > 0) != (i > 0) {
			t.Errorf("after launch %d there have been %d copies between GPUs", i, got)
		}
	}
	if got := cudatest.Calls("cuMemcpyDtoHAsync_v2"); got != 0 {
		t.Errorf("%d copies went to the host, which nobody has asked for", got)
	}
	got := make([]float32, n)
	if err := y.CopyTo(t.Context(), got); err != nil {
		t.Fatal(err)
	}
	for i := range got {
		if want := 3 * float32(i%100); got[i] != want {
			t.Fatalf("element %d is %v, want %v", i, got[i], want)
		}
	}
}
