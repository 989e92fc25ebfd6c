//go:build cuda && linux && cgo

package cudatest_test

import (
	"slices"
	"testing"

	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/cudatest/internal/drive"
)

// A graph of two streams, x += x on one and y += x on the other, launched a few
// times. Without the event that orders them, some launches are wrong.
func TestGraph(t *testing.T) {
	wrong := 0
	for seed := range uint64(10) {
		for _, ordered := range []bool{true, false} {
			x := start(t, cudatest.Config{Late: true, Seed: seed})
			const n, launches = 4, 3
			f := x.function("axpy")
			a, b, fork, join := x.stream(), x.stream(), x.event(), x.event()
			p, q := upload(x, []float32{1, 1, 1, 1}), upload(x, []float32{0, 0, 0, 0})
			axpy := func(s drive.Stream, y, x drive.Ptr) int {
				return drive.Launch(f, [3]int{1, 1, 1}, [3]int{n, 1, 1}, 0, s, y, x, float32(1), uint32(n))
			}
			x.ok(drive.BeginCapture(a))
			x.ok(drive.EventRecord(fork, a))
			if !ordered {
				x.ok(drive.StreamWaitEvent(b, fork))
			}
			x.ok(axpy(a, p, p))
			if ordered {
				x.ok(drive.EventRecord(fork, a))
				x.ok(drive.StreamWaitEvent(b, fork))
			}
			x.ok(axpy(b, q, p))
			x.ok(drive.EventRecord(join, b))
			x.ok(drive.StreamWaitEvent(a, join))
			g, r := drive.EndCapture(a)
			x.ok(r)
			if got := download[float32](x, p, n)[0]; got != 1 {
				t.Fatalf("the capture has executed something: %v", got)
			}
			e, r := drive.Instantiate(g)
			x.ok(r)
			x.ok(drive.GraphDestroy(g))
			for range launches {
				x.ok(drive.GraphLaunch(e, a))
			}
			x.ok(drive.ExecDestroy(e)) // its launches may not have begun
			x.ok(drive.Synchronize())
			good := slices.Equal(download[float32](x, p, n), slices.Repeat([]float32{8}, n)) &&
				slices.Equal(download[float32](x, q, n), slices.Repeat([]float32{2 + 4 + 8}, n))
			if ordered && !good {
				t.Errorf("seed %d: wrong", seed)
			}
			if !good {
				wrong++
			}
		}
	}
	if wrong == 0 {
		t.Error("no order of the unordered graph was wrong")
	}
}

func TestCaptureErrors(t *testing.T) {
	x := start(t, cudatest.Config{})
	a, b, e := x.stream(), x.stream(), x.event()
	p := x.alloc(16)
	end := func(code int) {
		x.Helper()
		g, r := drive.EndCapture(a)
		x.want(r, code)
		if g != nil {
			x.Error("a graph came of it all the same")
		}
	}
	for _, unsafe := range []func() int{
		func() int { _, r := drive.Alloc(4); return r },
		func() int { return drive.Free(p) },
		func() int { return drive.Synchronize() },
		func() int { return drive.StreamSynchronize(a) },
		func() int { return drive.UploadAsync(p, make([]byte, 16), a) }, // pageable
	} {
		x.ok(drive.BeginCapture(a))
		x.want(unsafe(), drive.CaptureUnsafe)
		x.want(drive.SetD32Async(p, 1, 4, a), drive.CaptureInvalid)
		end(drive.CaptureInvalid)
		x.ok(drive.SetD32Async(p, 1, 4, a)) // as good as before
	}
	x.ok(drive.BeginCapture(a))
	x.ok(drive.EventRecord(e, a))
	x.ok(drive.StreamWaitEvent(b, e))
	x.ok(drive.SetD32Async(p, 1, 4, b))
	end(drive.CaptureUnjoined)
	x.ok(drive.StreamSynchronize(b))

	x.ok(drive.EventRecord(e, b))
	x.ok(drive.BeginCapture(a))
	x.want(drive.StreamWaitEvent(a, e), drive.CaptureIsolated)
	end(drive.CaptureInvalid)

	x.ok(drive.BeginCapture(a))
	x.ok(drive.StreamDestroy(a)) // the capture goes with it
	x.ok(drive.Synchronize())
	x.ok(drive.Free(p))
}
