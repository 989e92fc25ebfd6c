//go:build cuda && linux && cgo

package cuda

import (
	stdcontext "context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
)

// The suites run on the driver in process, or on the machine's GPU where
// TANDEM_TEST_CUDA=real asks for it.
const envReal = "TANDEM_TEST_CUDA"

var real = os.Getenv(envReal) == "real"

func TestMain(m *testing.M) {
	if real {
		os.Exit(m.Run())
	}
	dir, err := os.MkdirTemp("", "tandem-cuda-*")
	if err == nil {
		err = errors.Join(cudatest.Install(), buildBLAS(dir))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir) // it is in the folder for what may go
	os.Exit(code)
}

// machine makes the driver in process one of the given kind, and checks in the
// end that everything has been given back. On a real GPU it does nothing: what
// takes another machine to test is not for it.
func machine(t testing.TB, c cudatest.Config) {
	t.Helper()
	if real {
		return
	}
	reset(t, c)
	t.Cleanup(func() {
		cudatest.Release()
		for _, o := range cudatest.Live() {
			t.Errorf("not given back: %v", o)
		}
		for _, what := range cudatest.Complaints() {
			if !strings.HasPrefix(what, "ptxas") { // what tests have compiled on purpose
				t.Errorf("the driver complains: %s", what)
			}
		}
	})
}

// reset makes the driver in process one of the given kind; on a real GPU it does nothing.
func reset(t testing.TB, c cudatest.Config) {
	t.Helper()
	if real {
		return
	}
	if c.Memory == 0 {
		c.Memory = testMemory
	}
	if err := cudatest.Reset(c); err != nil {
		t.Fatal(err)
	}
}

// The driver in process takes memory from the host when it is handed out, and
// the suite takes all there is.
const testMemory = 64 << 20

// inProcess is for tests of what a real GPU would have to be broken for.
func inProcess(t testing.TB, c cudatest.Config) {
	t.Helper()
	if real {
		t.Skip("a real GPU cannot be made to do this")
	}
	machine(t, c)
}

// first is the machine's first GPU.
func first(t testing.TB) adapter {
	t.Helper()
	found, err := findAdapters()
	if err != nil {
		t.Fatal(err)
	}
	return found[0]
}

func openFirst(t testing.TB) *cudaDevice {
	t.Helper()
	d := must(open(first(t)))(t)
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return d
}

// must is for the parts of a test that are not what it tests.
func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// waiting is the context of a test's waits: it ends after a while, so that a
// test that would hang says so.
func waiting(t testing.TB) stdcontext.Context {
	ctx, cancel := stdcontext.WithTimeoutCause(stdcontext.Background(), time.Minute, device.ErrTimeout)
	t.Cleanup(cancel)
	return ctx
}
