//go:build !linux

package kernels_test

import "time"

// threadTime is the time by the clock, where the thread's own is not to be had.
func threadTime() time.Duration { return wallTime() }
