//go:build cuda && linux && cgo

package cudatest_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/cudatest/internal/drive"
)

// scenario doubles a few numbers on a device and gives back all that it has
// made, whatever fails.
func scenario(values []float32) (err error) {
	check := func(r int) bool {
		if r != drive.Success && err == nil {
			err = fmt.Errorf("%s", drive.ErrorName(r))
		}
		return r == drive.Success
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	ctx, r := drive.Retain(0)
	if !check(r) {
		return err
	}
	defer func() { check(drive.Release(0)) }()
	if !check(drive.SetCurrent(ctx)) {
		return err
	}
	defer drive.SetCurrent(nil)
	s, r := drive.NewStream(true)
	if !check(r) {
		return err
	}
	defer func() { check(drive.StreamDestroy(s)) }()
	p, r := drive.Alloc(4 * len(values))
	if !check(r) {
		return err
	}
	defer func() { check(drive.Free(p)) }()
	m, _, r := drive.Load(drive.PTX)
	if !check(r) {
		return err
	}
	defer func() { check(drive.Unload(m)) }()
	f, r := drive.GetFunction(m, "axpy")
	n := len(values)
	got := make([]byte, 4*n)
	if !check(r) || !check(drive.UploadAsync(p, bytesOf(values), s)) ||
		!check(drive.Launch(f, [3]int{1, 1, 1}, [3]int{n, 1, 1}, 0, s, p, p, float32(1), uint32(n))) ||
		!check(drive.DownloadAsync(got, p, s)) || !check(drive.StreamSynchronize(s)) {
		return err
	}
	for i := range values {
		values[i] *= 2
	}
	if !slices.Equal(got, bytesOf(values)) {
		return errors.New("the result is wrong")
	}
	return err
}

func TestEveryCallFailsInTurn(t *testing.T) {
	reset := func(t *testing.T) {
		t.Helper()
		if err := cudatest.Reset(cudatest.Config{}); err != nil {
			t.Fatal(err)
		}
	}
	reset(t)
	if err := scenario([]float32{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	failures := cudatest.Failures(3)
	if len(failures) < 12 {
		t.Fatalf("only %v", failures)
	}
	for _, f := range failures {
		t.Run(f.String(), func(t *testing.T) {
			reset(t)
			f.Arm()
			if err := scenario([]float32{1, 2, 3}); err == nil && f.Call != "cuGetErrorName" && f.Call != "cuCtxSetCurrent" {
				t.Error("no error")
			}
			if cudatest.Calls(f.Call) < f.Nth {
				t.Errorf("called %d times only", cudatest.Calls(f.Call))
			}
			// What could not be given back goes with the context.
			if live := cudatest.Live(); len(live) > 0 && f.Call != "cuDevicePrimaryCtxRelease_v2" {
				t.Errorf("left: %v", live)
			}
		})
	}
	reset(t)
}

// A fault of a command is sticky, and shows at the latest when somebody waits.
func TestStickyFaults(t *testing.T) {
	for _, late := range []bool{false, true} {
		for _, call := range []string{"cuMemcpyHtoDAsync_v2", "cuLaunchKernel", "cuMemcpyDtoHAsync_v2", "cuEventRecord", "cuMemFree_v2"} {
			x := start(t, cudatest.Config{Late: late, Devices: 2})
			s, e, p := x.stream(), x.event(), x.alloc(400)
			f := x.function("store")
			host, r := drive.HostAlloc(400)
			x.ok(r)
			cudatest.Fault(call, 1, drive.ECC)
			run := func() int {
				for _, r := range []int{
					drive.UploadAsync(p, host, s),
					drive.Launch(f, [3]int{1, 1, 1}, [3]int{1, 1, 1}, 0, s, p, int64(0)),
					drive.DownloadAsync(host, p, s),
					drive.EventRecord(e, s),
					drive.EventSynchronize(e),
					drive.Free(p),
					drive.Synchronize(),
				} {
					if r != drive.Success {
						return r
					}
				}
				return drive.Success
			}
			x.want(run(), drive.ECC)
			x.want(drive.EventQuery(e), drive.ECC)
			x.want(drive.StreamDestroy(s), drive.ECC)
			other, r := drive.Retain(1) // other devices are not concerned
			x.ok(r)
			x.ok(drive.SetCurrent(other))
			x.ok(drive.Free(x.alloc(4)))
			x.ok(drive.ResetPrimary(0))
			x.ok(drive.SetCurrent(nil))
			x.want(drive.SetCurrent(x.ctx), drive.InvalidContext)
		}
	}
}
