//go:build cuda && linux && cgo

package cuda

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/internal/testkernels"
)

// late is a driver whose commands are executed late, on two GPUs.
var late = cudatest.Config{Late: true, Seed: 3, Devices: 2}

func launchOne(t testing.TB, s device.Stream, p device.Program, b device.Buffer) {
	t.Helper()
	if err := s.Launch(p, device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{b}, Scalars: []uint32{1, 1, 1}}); err != nil {
		t.Fatal(err)
	}
}

// TestFaultOfACommand lets commands of each kind fail when they are executed.
func TestFaultOfACommand(t *testing.T) {
	for _, call := range []string{"cuLaunchKernel", "cuMemcpyHtoDAsync_v2", "cuMemcpyDtoHAsync_v2", "cuEventRecord"} {
		for code := range map[result]string{
			resultIllegalAddress: "", resultLaunchFailed: "", resultECC: "", resultLaunchTimeout: "",
		} {
			t.Run(fmt.Sprintf("%s %d", call, code), func(t *testing.T) {
				inProcess(t, late)
				d := must(open(first(t)))(t)
				other := must(openID("cuda:1"))(t)
				p := must(d.Compile(testkernels.Source("affine", 1, 3)))(t)
				b := must(d.Alloc(4096))(t)
				s, idle := must(d.NewStream())(t), must(d.NewStream())(t)
				cudatest.Fault(call, 1, int(code))
				host := make([]byte, 4096)
				for _, do := range []func() error{
					func() error { return s.Upload(b, 0, host) },
					func() error {
						return s.Launch(p, device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{b}, Scalars: []uint32{1, 1, 1}})
					},
					func() error { return s.Download(host, b, 0) },
				} {
					if err := do(); err != nil && !errors.Is(err, device.ErrLost) {
						t.Errorf("an error of another kind: %v", err)
					}
				}
				err := s.Synchronize(waiting(t))
				if !errors.Is(err, device.ErrLost) || !strings.Contains(err.Error(), "this process cannot use the GPU again") {
					t.Errorf("Synchronize answers %v", err)
				}
				for what, err := range map[string]error{
					"the idle stream": idle.Synchronize(waiting(t)),
					"Upload":          s.Upload(b, 0, host),
					"Alloc":           second(d.Alloc(1)),
					"AllocHost":       second(d.AllocHost(1)),
					"Compile":         second(d.Compile(testkernels.Source("fill", 1, 3))),
					"NewStream":       second(d.NewStream()),
					"Stream.Close":    s.Close(),
				} {
					if !errors.Is(err, device.ErrLost) {
						t.Errorf("%s answers %v", what, err)
					}
				}
				if err := b.Free(); err != nil {
					t.Errorf("Free answers %v", err)
				}
				if err := d.Close(); err != nil {
					t.Errorf("Close answers %v", err)
				}
				if stats := d.Memory(); stats.InUse != 0 {
					t.Errorf("the accounts are %+v", stats)
				}
				// The other GPU knows nothing of it.
				if right, err := use(t, other); err != nil || !right {
					t.Errorf("the other GPU: %v, %v", right, err)
				}
				if err := other.Close(); err != nil {
					t.Errorf("the other GPU's Close: %v", err)
				}
			})
		}
	}
}

func second[T any](_ T, err error) error { return err }

// launchStray runs a kernel that writes far outside of every buffer, and answers
// how that ended.
func launchStray(t *testing.T) (*cudaDevice, error) {
	t.Helper()
	d := must(open(first(t)))(t)
	p := must(d.Compile(testkernels.Source("stray", 1, 1)))(t)
	b := must(d.Alloc(64))(t)
	s := must(d.NewStream())(t)
	if err := s.Launch(p, device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{b}, Scalars: []uint32{0}}); err != nil {
		t.Fatal(err)
	}
	return d, s.Synchronize(waiting(t))
}

// TestRemovedDevice takes the GPU away while it works.
func TestRemovedDevice(t *testing.T) {
	inProcess(t, late)
	d := must(open(first(t)))(t)
	p := must(d.Compile(testkernels.Source("affine", 1, 3)))(t)
	b := must(d.Alloc(4096))(t)
	s := must(d.NewStream())(t)
	launchOne(t, s, p, b)
	e := must(s.Record())(t)
	cudatest.Remove(0, 999) // a code that says nothing
	if err := device.Wait(waiting(t), e); err != nil && !errors.Is(err, device.ErrLost) {
		t.Errorf("the event answers %v", err)
	}
	if err := s.Synchronize(waiting(t)); !errors.Is(err, device.ErrLost) {
		t.Errorf("Synchronize answers %v", err)
	}
	if _, err := d.Alloc(1 << 20); !errors.Is(err, device.ErrLost) {
		t.Errorf("Alloc answers %v", err)
	}
	if err := d.Close(); err != nil {
		t.Errorf("Close answers %v", err)
	}
	if _, err := openID("cuda:0"); err == nil {
		t.Error("a GPU that is gone can be opened")
	}
	if d, err := openID("cuda:1"); err != nil {
		t.Errorf("the other GPU: %v", err)
	} else if err := d.Close(); err != nil {
		t.Error(err)
	}
	if err := cudatest.Reset(late); err != nil { // nobody can give back what was on it
		t.Fatal(err)
	}
}

// TestEndlessCommandIsGivenUp has commands that never end: whoever waits for the
// device gets an answer, the host's memory stays the host's, and what is left is
// freed when the driver comes back after all.
func TestEndlessCommandIsGivenUp(t *testing.T) {
	// Long enough for what does end, on a machine that has other things to do.
	const patience = time.Second
	for _, call := range []string{"cuLaunchKernel", "cuMemcpyHtoDAsync_v2", "cuMemcpyDtoHAsync_v2"} {
		for what, wait := range map[string]func(d *cudaDevice, s device.Stream) error{
			"Stream.Close": func(_ *cudaDevice, s device.Stream) error { return s.Close() },
			"Device.Close": func(d *cudaDevice, _ device.Stream) error { return d.Close() },
			"the ring": func(_ *cudaDevice, s device.Stream) error {
				b, err := s.(*stream).dev.Alloc(1 << 24)
				if err != nil {
					return err
				}
				return s.Upload(b, 0, make([]byte, 1<<24))
			},
		} {
			t.Run(call+"/"+what, func(t *testing.T) {
				inProcess(t, late)
				d := must(open(first(t)))(t)
				d.patience = patience
				p := must(d.Compile(testkernels.Source("affine", 1, 3)))(t)
				b := must(d.Alloc(4096))(t)
				s, other := must(d.NewStream())(t), must(d.NewStream())(t)
				before := must(other.Record())(t)
				host := make([]byte, 4096)
				cudatest.Hang(call, 1)
				for _, err := range []error{
					s.Upload(b, 0, make([]byte, 4096)),
					s.Launch(p, device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{b}, Scalars: []uint32{1, 1, 1}}),
					s.Download(host, b, 0),
				} {
					if err != nil {
						t.Fatal(err)
					}
				}
				e := must(s.Record())(t)
				if err := wait(d, s); !errors.Is(err, device.ErrLost) || !errors.Is(err, device.ErrTimeout) {
					t.Errorf("%s answers %v", what, err)
				}
				if err := device.Wait(waiting(t), e); !errors.Is(err, device.ErrTimeout) {
					t.Errorf("the event answers %v", err)
				}
				if err := device.Wait(waiting(t), before); err != nil {
					t.Errorf("an event from before answers %v", err)
				}
				if err := d.Close(); err != nil && !errors.Is(err, device.ErrTimeout) {
					t.Errorf("Close answers %v", err)
				}
				if stats := d.Memory(); stats.InUse != 0 {
					t.Errorf("the accounts are %+v", stats)
				}
				for i := range host {
					host[i] = 7
				}
				cudatest.Release()
				<-d.gone
				for i, v := range host {
					if v != 7 {
						t.Fatalf("byte %d was written after the device had been given up", i)
					}
				}
			})
		}
	}
}
