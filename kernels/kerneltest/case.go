package kerneltest

import (
	"math/rand/v2"
	"slices"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
)

// Case is an operation on one type of elements.
type Case struct {
	Name    string
	Float64 bool // needs a device with float64
	// Draw makes a launch for a device of the given abilities on random
	// arguments of about n elements.
	Draw func(rng *rand.Rand, caps device.Caps, n int) Trial
}

// Trial is a launch on random arguments, and the check of what it leaves.
type Trial struct {
	Launch kernels.Launch
	Verify func() error
}

// Cases are the element-wise operations and the reductions.
func Cases() []Case {
	return slices.Concat(elementwiseCases(), pairCases(), reductionCases())
}

// both makes a case for each type.
func both(name string,
	single func(rng *rand.Rand, caps device.Caps, n int) Trial,
	double func(rng *rand.Rand, caps device.Caps, n int) Trial,
) []Case {
	return []Case{{name + "/float32", false, single}, {name + "/float64", true, double}}
}
