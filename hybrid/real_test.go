package hybrid_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"

	"gonum.org/v1/gonum/blas"
)

// everything opens a scheduler with the real devices of this machine.
func everything(t *testing.T) *hybrid.Scheduler {
	t.Helper()
	s := open(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ways are the ways to place a launch: as Tandem chooses, on every device, and
// on each alone.
func ways(s *hybrid.Scheduler) map[string][]hybrid.LaunchOption {
	w := map[string][]hybrid.LaunchOption{
		"chosen": nil, "every device": {hybrid.EveryDevice()}, "deterministic": {hybrid.Deterministic()},
	}
	for _, d := range s.Devices() {
		w["on "+d.ID] = []hybrid.LaunchOption{hybrid.On(d.ID)}
	}
	return w
}

func TestGemmAgreesWithGonum(t *testing.T) {
	s := everything(t)
	const m, n, k = 203, 157, 311
	rng := rand.New(rand.NewPCG(1, 1))
	a := blas64.General{Rows: m, Cols: k, Stride: k + 3, Data: random(rng, m*(k+3))}
	b := blas64.General{Rows: k, Cols: n, Stride: n + 1, Data: random(rng, k*(n+1))}
	c := blas64.General{Rows: m, Cols: n, Stride: n + 5, Data: random(rng, m*(n+5))}
	want := append([]float64{}, c.Data...)
	blas64.Gemm(blas.NoTrans, blas.NoTrans, 1.5, a, b, 0.5, blas64.General{Rows: m, Cols: n, Stride: n + 5, Data: want})
	for name, opts := range ways(s) {
		t.Run(name, func(t *testing.T) {
			got := append([]float64{}, c.Data...)
			l := kernels.Gemm(blas.NoTrans, blas.NoTrans, 1.5, kernels.General64(a), kernels.General64(b), 0.5, kernels.Dense(m, n, n+5, got))
			if err := s.Launch(t.Context(), l, opts...); err != nil {
				t.Fatal(err)
			}
			// Two products of k terms of magnitude 1.5, each within gamma(k+3).
			if d := floats.Distance(got, want, math.Inf(1)); d > 2*1.5*k*(k+3)*0x1p-53 {
				t.Errorf("off by %v", d)
			}
			for row := range m - 1 {
				for pad := n; pad < n+5; pad++ {
					if at := row*(n+5) + pad; got[at] != c.Data[at] {
						t.Fatalf("the padding at row %d, column %d was written", row, pad)
					}
				}
			}
		})
	}
}

func random(rng *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 2*rng.Float64() - 1
	}
	return x
}

func TestVectorsAgreeWithGonum(t *testing.T) {
	s := everything(t)
	for _, n := range []int{1, 255, 4097, 1<<20 + 3} {
		x, y := make([]float32, n), make([]float32, n)
		for i := range x {
			x[i], y[i] = float32(i%89)-44, float32(i%7)
		}
		want := append([]float32{}, y...)
		blas32.Axpy(2, blas32.Vector{N: n, Inc: 1, Data: x}, blas32.Vector{N: n, Inc: 1, Data: want})
		var sum float64
		for _, v := range x {
			sum += float64(v)
		}
		for name, opts := range ways(s) {
			t.Run(fmt.Sprintf("n=%d/%s", n, name), func(t *testing.T) {
				got := append([]float32{}, y...)
				if err := s.Launch(t.Context(), kernels.Saxpy(2, x, got), opts...); err != nil {
					t.Fatal(err)
				}
				for i := range got {
					if got[i] != want[i] {
						t.Fatalf("y[%d] = %v, want %v", i, got[i], want[i])
					}
				}
				var total, greatest float32
				var at int
				if err := s.Launch(t.Context(), kernels.Sum(&total, x), opts...); err != nil {
					t.Fatal(err)
				}
				if math.Abs(float64(total)-sum) > 1e-5*45*float64(n) {
					t.Errorf("sum %v, want %v", total, sum)
				}
				if err := s.Launch(t.Context(), kernels.Maximum(&greatest, &at, x), opts...); err != nil {
					t.Fatal(err)
				}
				if i := min(n-1, 88); greatest != x[i] || at != i {
					t.Errorf("maximum %v at %d, want %v at %d", greatest, at, x[i], i)
				}
			})
		}
	}
}

// Both kinds of devices must really work, and steal from each other.
func TestEveryDeviceTakesPart(t *testing.T) {
	s := everything(t)
	if len(s.Devices()) < 2 {
		for _, found := range device.Probe() {
			if found.Err != nil && !errors.Is(found.Err, device.ErrUnsupported) && os.Getenv("CI") == "true" {
				t.Fatalf("a backend that this build has finds no device: %s: %v", found.Backend, found.Err)
			}
		}
		t.Skip("this build has the CPU workers alone")
	}
	v := kernels.View{Width: 800, Height: 600, CenterX: -0.7, Pixel: 3.0 / 800}
	alone, together := make([]int32, 800*600), make([]int32, 800*600)
	if err := s.Launch(t.Context(), kernels.Mandelbrot(v, 500, alone), hybrid.On("cpu")); err != nil {
		t.Fatal(err)
	}
	var r hybrid.Report
	for range 2 { // the first pays for the compiler
		if err := s.Launch(t.Context(), kernels.Mandelbrot(v, 500, together), hybrid.EveryDevice(), hybrid.ReportTo(&r)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range alone {
		if alone[i] != together[i] {
			t.Fatalf("pixel %d: %d on the CPU, %d on all devices", i, alone[i], together[i])
		}
	}
	for _, d := range r.Devices {
		if d.Indices == 0 || d.Chunks == 0 || d.Busy == 0 {
			t.Errorf("%s did nothing: %+v", d.ID, d)
		}
	}
}

// The second launch on the same buffers must move nothing.
func TestResidentBuffersStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, err := sim.Open(sim.Config{Rate: 1e8, UploadBandwidth: 1e9, DownloadBandwidth: 1e9})
		if err != nil {
			t.Fatal(err)
		}
		e, err := sim.Open(sim.Config{ID: "sim:1", Rate: 2e8, UploadBandwidth: 1e9, DownloadBandwidth: 1e9})
		if err != nil {
			t.Fatal(err)
		}
		s := open(t, hybrid.WithDevices("none:*"), hybrid.WithDevice(d), hybrid.WithDevice(e))
		const n = 1 << 18
		x, err := hybrid.BufferFrom(s, make([]float32, n))
		if err != nil {
			t.Fatal(err)
		}
		y, err := hybrid.NewBuffer[float32](s, n)
		if err != nil {
			t.Fatal(err)
		}
		fill := make([]float32, n)
		for i := range fill {
			fill[i] = float32(i % 100)
		}
		if err := x.CopyFrom(t.Context(), fill); err != nil {
			t.Fatal(err)
		}
		moved := func() int64 { return d.Stats().UploadedBytes + d.Stats().DownloadedBytes }
		for range 2 {
			if err := s.Launch(t.Context(), kernels.Saxpy(1, x, y), hybrid.On("sim:0")); err != nil {
				t.Fatal(err)
			}
		}
		before := moved()
		if before != 2*4*n {
			t.Errorf("%d bytes moved by the first launches, want both buffers once", before)
		}
		for range 3 {
			if err := s.Launch(t.Context(), kernels.Saxpy(1, x, y), hybrid.On("sim:0")); err != nil {
				t.Fatal(err)
			}
		}
		if got := moved() - before; got != 0 {
			t.Errorf("%d bytes moved although all was there", got)
		}
		got := make([]float32, n)
		if err := y.CopyTo(t.Context(), got); err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if got[i] != 5*fill[i] {
				t.Fatalf("y[%d] = %v, want %v", i, got[i], 5*fill[i])
			}
		}
		if err := s.Launch(t.Context(), kernels.Saxpy(1, x, y), hybrid.EveryDevice()); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := y.CopyTo(t.Context(), got); err != nil || got[99] != 6*99 {
			t.Errorf("after Close: y[99] = %v, error %v", got[99], err)
		}
	})
}

func TestConcurrentLaunches(t *testing.T) {
	s := everything(t)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			n := 1000 + 40000*g
			for range 5 {
				x, y := make([]float64, n), make([]float64, n)
				for i := range x {
					x[i] = float64(i)
				}
				if err := s.Launch(t.Context(), kernels.Axpy(2.0, x, y), hybrid.EveryDevice()); err != nil {
					t.Error(err)
					return
				}
				for i := range y {
					if y[i] != 2*float64(i) {
						t.Errorf("y[%d] = %v", i, y[i])
						return
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestCancelledLaunchReturnsItsCause(t *testing.T) {
	s := everything(t)
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	v := kernels.View{Width: 4000, Height: 4000, Pixel: 1e-4}
	err := s.Launch(ctx, kernels.Mandelbrot(v, 5000, make([]int32, v.Width*v.Height)),
		hybrid.Progress(func(done, total int) { cancel(cause) }))
	if !errors.Is(err, cause) {
		t.Errorf("error %v, want the context's cause", err)
	}
	if err := s.Launch(ctx, kernels.Saxpy(1, []float32{1}, []float32{1})); !errors.Is(err, cause) {
		t.Errorf("error %v of a launch under an ended context", err)
	}
}

func TestPanicInAKernelIsAnError(t *testing.T) {
	s := open(t, hybrid.WithDevices("cpu"))
	defer s.Close()
	boom := errors.New("boom")
	k := kernels.Define(kernels.Kernel{Name: "test.panic", Go: func(*kernels.Call) { panic(boom) }})
	for _, n := range []int{1, 1 << 20} {
		l := kernels.NewLaunch(k, n)
		l.SetCost(kernels.Cost{Flops: 1000})
		err := s.Launch(t.Context(), l)
		var p *hybrid.PanicError
		if !errors.As(err, &p) || !errors.Is(err, boom) || len(p.Stack) == 0 {
			t.Errorf("n = %d: error %v, want a *PanicError with its stack", n, err)
		}
	}
}

func TestBadInput(t *testing.T) {
	s := open(t, hybrid.WithDevices("cpu"))
	x := make([]float32, 4)
	for _, c := range []struct {
		name   string
		launch kernels.Launch
		opts   []hybrid.LaunchOption
		want   error
	}{
		{"lengths", kernels.Saxpy(1, x, x[:3]), nil, kernels.ErrShape},
		{"nil", kernels.Saxpy(1, []float32(nil), x), nil, kernels.ErrNil},
		{"overlap", kernels.Saxpy(1, x[1:], x[:3]), nil, kernels.ErrOverlap},
		{"zero launch", kernels.Launch{}, nil, kernels.ErrShape},
		{"unknown device", kernels.Saxpy(1, x, make([]float32, 4)), []hybrid.LaunchOption{hybrid.On("abacus:0")}, hybrid.ErrNoDevice},
	} {
		if err := s.Launch(t.Context(), c.launch, c.opts...); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := hybrid.NewBuffer[float32](s, -1); err == nil {
		t.Error("a buffer of -1 elements was made")
	}
	if _, err := hybrid.NewBuffer[string](s, 1); !errors.Is(err, device.ErrInvalid) {
		t.Errorf("a buffer of strings was made, or refused with %v", err)
	}
	if _, err := hybrid.BufferFrom(s, []*float32{nil}); !errors.Is(err, device.ErrInvalid) {
		t.Errorf("a buffer of pointers was made, or refused with %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("the second Close: %v", err)
	}
	if err := s.Launch(t.Context(), kernels.Saxpy(1, x, make([]float32, 4))); !errors.Is(err, hybrid.ErrClosed) {
		t.Errorf("error %v of a closed scheduler", err)
	}
	for name, opt := range map[string]hybrid.Option{
		"workers": hybrid.WithWorkers(0), "memory": hybrid.WithMemoryLimit(-1), "deadline": hybrid.WithChunkDeadline(0),
		"device": hybrid.WithDevice(nil), "logger": hybrid.WithLogger(nil), "name": hybrid.WithDevices("a b"),
		"unknown": hybrid.WithDevices("abacus:0"),
	} {
		if _, err := hybrid.Open(opt); err == nil {
			t.Errorf("a wrong %s was taken", name)
		}
	}
}

// Launches under way finish; later ones are refused.
func TestCloseDuringLaunches(t *testing.T) {
	s := open(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				x, y := make([]float32, 1<<16), make([]float32, 1<<16)
				err := s.Launch(t.Context(), kernels.Saxpy(1, x, y), hybrid.EveryDevice())
				if errors.Is(err, hybrid.ErrClosed) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	time.Sleep(20 * time.Millisecond)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	wg.Wait()
}
