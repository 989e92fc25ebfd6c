//go:build cuda && linux && cgo

package cuda

import (
	"errors"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/internal/testkernels"
)

// TestGraphIsReplayed runs x = 3x + 1, x = 2x five times and compares with what that
// is; and counts the driver's calls.
func TestGraphIsReplayed(t *testing.T) {
	eachDriver(t, func(t *testing.T, _ cudatest.Config) {
		d := openFirst(t)
		s := must(d.NewStream())(t).(*stream)
		p := must(d.Compile(testkernels.Source("affine", 1, 3)))(t)
		b := must(d.Alloc(4))(t)
		step := func(factor, term uint32) device.Execution {
			return device.Execution{Program: p, Dispatch: device.Dispatch{
				Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{b}, Scalars: []uint32{1, factor, term},
			}}
		}
		if err := s.Upload(b, 0, []byte{1, 0, 0, 0}); err != nil {
			t.Fatal(err)
		}
		g := must(s.Capture([]device.Execution{step(3, 1), step(2, 0)}))(t)
		captured := 0
		if !real {
			captured = cudatest.Calls("cuLaunchKernel")
		}
		want := uint32(1)
		for range 5 {
			if err := s.Replay(g); err != nil {
				t.Fatal(err)
			}
			want = 2 * (3*want + 1)
		}
		got := make([]byte, 4)
		if err := errors.Join(g.Close(), s.Download(got, b, 0), s.Synchronize(waiting(t))); err != nil {
			t.Fatal(err)
		}
		if words(got)[0] != want {
			t.Errorf("the element is %d, want %d", words(got)[0], want)
		}
		if !real && (cudatest.Calls("cuLaunchKernel") != captured || cudatest.Calls("cuGraphLaunch") != 5) {
			t.Errorf("5 replays took %d launches and %d of the graph", cudatest.Calls("cuLaunchKernel")-captured, cudatest.Calls("cuGraphLaunch"))
		}
	})
}

// TestGraphRefusals is what cannot be captured or replayed.
func TestGraphRefusals(t *testing.T) {
	machine(t, cudatest.Config{Late: true, Seed: 4})
	d := openFirst(t)
	s, other := must(d.NewStream())(t).(*stream), must(d.NewStream())(t).(*stream)
	p := must(d.Compile(testkernels.Source("affine", 1, 3)))(t)
	capture := func() (*buffer, device.Graph) {
		b := must(d.Alloc(4))(t)
		return b.(*buffer), must(s.Capture([]device.Execution{{Program: p, Dispatch: device.Dispatch{
			Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{b}, Scalars: []uint32{1, 1, 1},
		}}}))(t)
	}
	want := func(what string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
	_, err := s.Capture(nil)
	want("nothing", err, device.ErrInvalid)
	_, err = s.Capture([]device.Execution{{Program: p}})
	want("an invalid launch", err, device.ErrInvalid)
	b, g := capture()
	want("another stream's", other.Replay(g), device.ErrInvalid)
	want("none", s.Replay(nil), device.ErrInvalid)
	want("a good one", errors.Join(s.Replay(g), b.Free()), nil)
	want("a buffer that was freed", s.Replay(g), device.ErrClosed)
	want("its end", g.Close(), nil)
	want("its second end", g.Close(), device.ErrClosed)
	want("one that was closed", s.Replay(g), device.ErrClosed)
	_, g = capture() // goes with its stream
	want("the program's end", p.Close(), nil)
	want("a program that was closed", s.Replay(g), device.ErrClosed)
	want("the stream after all that", s.Synchronize(waiting(t)), nil)
	want("the stream's end", s.Close(), nil)
	want("a stream that was closed", s.Replay(g), device.ErrClosed)
}
