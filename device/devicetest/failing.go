package devicetest

import (
	"errors"
	"slices"
	"strings"

	"github.com/tandem-go/tandem/device"
)

// checkStreamFails has one stream fail. It stays failed, what was enqueued
// behind the failure has no effect, and other streams go on.
func checkStreamFails(x *env) {
	if x.programs.Failing.Name == "" {
		return
	}
	failing, fill := x.compile(x.programs.Failing), x.compile(x.programs.Fill)
	bad, err := x.dev.NewStream()
	x.ok(err)
	good := x.stream()
	b := x.filled(good, make([]byte, 8))
	x.ok(bad.Launch(fill, x.fill(b, 1, 0, 5)))
	before := x.record(bad)
	x.ok(bad.Launch(failing, device.Dispatch{Groups: [3]int{1, 1, 1}}))
	host := []byte{1, 2, 3, 4}
	behind := []error{ // each may be refused already, if the failure has shown
		bad.Launch(fill, x.fill(b, 1, 1, 6)),
		bad.Download(host, b, 0),
	}
	failure := bad.Synchronize(x.ctx)
	x.wantFailed(failure)
	cause := errors.Unwrap(failure).Error()
	behind = slices.DeleteFunc(behind, func(err error) bool { return err == nil })
	behind = append(
		behind, bad.Synchronize(x.ctx), bad.Upload(b, 0, host), bad.Launch(fill, x.fill(b, 1, 1, 6)),
		bad.WaitEvent(before), bad.Close(), bad.Close(),
	)
	for i, err := range behind {
		x.wantFailed(err)
		if !strings.Contains(err.Error(), cause) {
			x.Errorf("answer %d of the failed stream is %q, want the cause %q", i, err, cause)
		}
	}
	x.ok(device.Wait(x.ctx, before))
	if host[0] != 1 || host[3] != 4 {
		x.Error("a download behind the failure wrote to the host")
	}
	x.ok(good.Launch(fill, x.fill(b, 0, 0, 0)))
	if got := int32s(x.content(good, b)); got[0] != 5 || got[1] != 0 {
		x.Errorf("the buffer holds %v, want [5 0]", got)
	}
}

// checkFailedEvent lets streams wait for a stream that fails.
func checkFailedEvent(x *env) {
	if x.programs.Failing.Name == "" {
		return
	}
	failing, slow, fill := x.compile(x.programs.Failing), x.compile(x.programs.Slow), x.compile(x.programs.Fill)
	var streams [4]device.Stream
	for i := range streams {
		var err error
		streams[i], err = x.dev.NewStream()
		x.ok(err)
	}
	good := x.stream()
	b := x.filled(good, make([]byte, 8))
	scratch := x.alloc(4)
	// The failure comes late, so that everything is enqueued before it.
	x.ok(streams[0].Launch(slow, x.slow(scratch, 0)))
	x.ok(streams[0].Launch(failing, device.Dispatch{Groups: [3]int{1, 1, 1}}))
	for i := range streams[1:] {
		e := x.record(streams[i])
		x.ok(streams[i+1].WaitEvent(e))
		x.ok(streams[i+1].Launch(fill, x.fill(b, 1, 0, 9)))
	}
	last := x.record(streams[len(streams)-1])
	x.wantFailed(device.Wait(x.ctx, last))
	x.wantFailed(last.Err())
	for _, s := range streams {
		x.wantFailed(s.Synchronize(x.ctx))
		x.wantFailed(s.Close())
	}
	if got := int32s(x.content(good, b))[0]; got != 0 {
		x.Errorf("a launch behind a failed event wrote %d", got)
	}
}

// wantFailed checks that err is an error of this device.
func (x *env) wantFailed(err error) {
	x.Helper()
	e, ok := err.(*device.Error) //nolint:errorlint // The contract promises the type itself, not one that wraps it.
	if !ok || e.Op == "" || e.Device != x.id {
		x.Fatalf("the error is %v, want a *device.Error that names the operation and the device %s", err, x.id)
	}
}
