package devicetest

import "github.com/tandem-go/tandem/device"

// Programs are the kernels of the suite. Integers wrap around; n counts
// elements, and a kernel touches no element but those named.
type Programs struct {
	// GroupSize is the number of invocations in a work-group of Fill, Copy,
	// Affine and Scale, one for each element. 0 means that a single
	// work-group handles all n elements, as Go programs do.
	GroupSize int

	// Fill has one buffer, out int32[], and the words n, first, value:
	// out[first+i] = value + i for i in [0, n).
	Fill device.Source
	// Copy has the buffers from int32[] and to int32[], and the word n:
	// to[i] = from[i].
	Copy device.Source
	// Affine has one buffer, x int32[], and the words n, factor, term:
	// x[i] = x[i]*factor + term.
	Affine device.Source
	// Scale has one buffer, x float64[], and the words n and a (two words,
	// the low one first): x[i] = a*x[i]. It is used where the device has
	// float64.
	Scale device.Source

	// Slow has one buffer, out int32[], and the word value: after some tens
	// of milliseconds, and at most a second, out[0] = value.
	// It is dispatched with SlowGroups; zero dimensions count as 1.
	Slow       device.Source
	SlowGroups [3]int

	// Broken is rejected by the compiler, which points at line BrokenLine of
	// its text (0 where the compiler names no line) and says BrokenLog
	// among other things.
	Broken     device.Source
	BrokenLine int
	BrokenLog  string

	// Immediate is set for a driver that executes commands while they are
	// enqueued: then no context can end before they are done.
	Immediate bool

	// Failing has no buffers and no words, and fails when it is executed.
	// A zero Source means that no program can fail on this kind of device.
	Failing device.Source
}

// groups is the dispatch of n elements.
func (p Programs) groups(n int) [3]int {
	if p.GroupSize == 0 {
		return [3]int{1, 1, 1}
	}
	return [3]int{max(1, (n+p.GroupSize-1)/p.GroupSize), 1, 1}
}

func (p Programs) slowGroups() (g [3]int) {
	for i, n := range p.SlowGroups {
		g[i] = max(1, n)
	}
	return g
}
