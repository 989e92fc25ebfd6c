//go:build cuda && linux && cgo

package cudatest

import (
	"fmt"
	"strings"
)

// Failure is one call that is to fail: the Nth of Call answers Code.
type Failure struct {
	Call string
	Nth  int
	Code int
}

// Arm makes the failure happen; see [Fail].
func (f Failure) Arm() { Fail(f.Call, f.Nth, f.Code) }

// String names the failure, fit for a subtest.
func (f Failure) String() string { return fmt.Sprintf("%s/%d", f.Call, f.Nth) }

// GivesBack reports whether the call gives something back. When it fails, what
// it was to give back is still there afterwards, whatever its caller does.
func (f Failure) GivesBack() bool {
	for _, verb := range []string{"Free", "Destroy", "Unload", "Unregister", "Release"} {
		if strings.Contains(f.Call, verb) {
			return true
		}
	}
	return false
}

// Failures lists what can fail in what was done since Reset: for every entry
// point that was called, up to each of its calls, from the first to the last.
// The loop that has every call fail in turn is
//
//	reset()
//	scenario()
//	for _, f := range cudatest.Failures(3) {
//		reset()
//		f.Arm()
//		err := scenario() // ends, with the right result or an error
//		live := cudatest.Live() // empty, or one object where f.GivesBack()
//	}
func Failures(each int) []Failure {
	var all []Failure
	for _, name := range Names() {
		n := Calls(name)
		k := min(n, max(each, 1))
		for i := range k {
			nth := 1
			if k > 1 {
				nth += i * (n - 1) / (k - 1)
			}
			all = append(all, Failure{name, nth, plausible(name)})
		}
	}
	return all
}

// plausible is what a call fails with, if it does.
func plausible(call string) int {
	const (
		outOfMemory          = 2
		launchOutOfResources = 701
		notPermitted         = 800
		unknown              = 999
	)
	switch {
	case strings.Contains(call, "Alloc"), strings.Contains(call, "Create"), strings.Contains(call, "Load"), strings.Contains(call, "Retain"):
		return outOfMemory
	case call == "cuLaunchKernel":
		return launchOutOfResources
	case strings.Contains(call, "Register"):
		return notPermitted
	}
	return unknown
}
