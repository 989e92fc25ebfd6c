package expr_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device"
	_ "github.com/tandem-go/tandem/device/host"
	_ "github.com/tandem-go/tandem/device/opengl"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// onEveryDevice runs a test on the calling goroutine and on every device of this
// machine, except by CUDA, whose compiler is not on every machine: TestCUDA has it.
func onEveryDevice(t *testing.T, test func(t *testing.T, r *kerneltest.Runner, caps device.Caps)) {
	t.Run("inline", func(t *testing.T) {
		test(t, kerneltest.Inline(), device.Caps{Language: device.Go, Float64: true, Int64: true})
	})
	for _, found := range device.Probe() {
		if errors.Is(found.Err, device.ErrUnsupported) && strings.Contains(found.Err.Error(), "tag") {
			continue // this build is without the backend
		}
		if found.Backend == "cuda" {
			continue
		}
		if found.Err != nil && os.Getenv("CI") == "true" {
			t.Fatalf("CI needs a device of %s: %v", found.Backend, found.Err)
		}
		for _, info := range found.Devices {
			t.Run(info.ID, func(t *testing.T) {
				d, err := device.Open(info.ID)
				if err != nil {
					t.Fatal(err)
				}
				defer d.Close()
				r, err := kerneltest.NewRunner(d)
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				test(t, r, info.Caps)
			})
		}
	}
}

// TestRandomExpressions compares random expressions, and reductions of them, with
// the same computed element by element: equal bit by bit but for the bits of NaN, and
// sums within their bound.
func TestRandomExpressions(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, r *kerneltest.Runner, caps device.Caps) {
		n := 60 // a shader takes its compiler some 20 ms
		if caps.Language == device.Go {
			n = 2000
		}
		if testing.Short() {
			n /= 4
		}
		first := kerneltest.Seed(t)
		for k := range uint64(n) {
			if err := try(first+k, r, caps.Float64 && (caps.Int64 || caps.Language != device.GLSL)); err != nil {
				t.Fatalf("TANDEM_SEED=%d: %v", first+k, err)
			}
		}
	})
}
