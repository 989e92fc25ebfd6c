//go:build cuda && linux && cgo

package cudatest_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"runtime"
	"testing"

	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/cudatest/internal/drive"
)

func TestMain(m *testing.M) {
	if err := cudatest.Install(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// machine is a test's: a context of device 0 that is current to the test's thread.
type machine struct {
	testing.TB
	ctx drive.Ctx
	m   []drive.Module
}

func start(t testing.TB, config cudatest.Config) *machine {
	t.Helper()
	runtime.LockOSThread()
	if err := cudatest.Reset(config); err != nil {
		t.Fatal(err)
	}
	x := &machine{TB: t}
	var r int
	x.ctx, r = drive.Retain(0)
	x.ok(r)
	x.ok(drive.SetCurrent(x.ctx))
	t.Cleanup(func() {
		drive.SetCurrent(nil)
		if err := cudatest.Reset(cudatest.Config{}); err != nil {
			t.Error(err)
		}
		runtime.UnlockOSThread()
	})
	return x
}

func (x *machine) ok(r int) {
	x.Helper()
	x.want(r, drive.Success)
}

func (x *machine) want(r, code int) {
	x.Helper()
	if r != code {
		x.Fatalf("the call answers %s (%d), want %s (%d); complaints: %q",
			drive.ErrorName(r), r, drive.ErrorName(code), code, cudatest.Complaints())
	}
}

func (x *machine) alloc(nbytes int) drive.Ptr {
	x.Helper()
	p, r := drive.Alloc(nbytes)
	x.ok(r)
	return p
}

func (x *machine) stream() drive.Stream {
	x.Helper()
	s, r := drive.NewStream(true)
	x.ok(r)
	return s
}

func (x *machine) event() drive.Event {
	x.Helper()
	e, r := drive.NewEvent(false)
	x.ok(r)
	return e
}

func (x *machine) function(name string) drive.Func {
	x.Helper()
	if x.m == nil {
		for _, text := range []string{drive.PTX, drive.SharedPTX} {
			m, log, r := drive.Load(text)
			if r != drive.Success {
				x.Fatal(log)
			}
			x.m = append(x.m, m)
		}
	}
	for _, m := range x.m {
		f, r := drive.GetFunction(m, name)
		if r == drive.Success {
			return f
		}
		x.want(r, drive.NotFound)
	}
	x.Fatalf("there is no kernel %s", name)
	return nil
}

func (x *machine) launch(name string, grid, block int, params ...any) int {
	x.Helper()
	return drive.Launch(x.function(name), [3]int{grid, 1, 1}, [3]int{block, 1, 1}, 0, nil, params...)
}

func bytesOf[T any](values []T) []byte {
	b, err := binary.Append(nil, binary.LittleEndian, values)
	if err != nil {
		panic(err)
	}
	return b
}

func upload[T any](x *machine, values []T) drive.Ptr {
	x.Helper()
	b := bytesOf(values)
	p := x.alloc(len(b))
	x.ok(drive.Upload(p, b))
	return p
}

func download[T any](x *machine, p drive.Ptr, n int) []T {
	x.Helper()
	values := make([]T, n)
	b := make([]byte, binary.Size(values))
	x.ok(drive.Download(b, p))
	if _, err := binary.Decode(b, binary.LittleEndian, values); err != nil {
		x.Fatal(err)
	}
	return values
}

func TestAxpy(t *testing.T) {
	for _, late := range []bool{false, true} {
		x := start(t, cudatest.Config{Late: late})
		const n = 100_000
		a, b := make([]float32, n), make([]float32, n)
		for i := range a {
			a[i], b[i] = float32(i), float32(n-i)
		}
		y, xs := upload(x, a), upload(x, b)
		x.ok(x.launch("axpy", (n+255)/256, 256, y, xs, float32(2), uint32(n)))
		for i, got := range download[float32](x, y, n) {
			if want := 2*b[i] + a[i]; got != want {
				t.Fatalf("y[%d] is %v, want %v", i, got, want)
			}
		}
	}
}

func TestFreshMemoryIsPoisoned(t *testing.T) {
	x := start(t, cudatest.Config{})
	for _, v := range download[float32](x, x.alloc(4000), 1000) {
		if !math.IsNaN(float64(v)) {
			t.Fatalf("fresh memory holds %v", v)
		}
	}
}
