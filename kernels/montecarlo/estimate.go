package montecarlo

import (
	"context"
	"fmt"

	"github.com/tandem-go/tandem/kernels"
)

// Estimate is the mean of random samples.
type Estimate struct {
	Value     float64
	Deviation float64 // standard deviation of Value from what it estimates
	Samples   int64
}

// batches calls launch with the makings of one launch after another: its number,
// and how many indices it has. All indices of all launches take each as many
// samples, but the last one, which takes the rest.
func batches(ctx context.Context, samples, each int64, launch func(batch uint32, indices, full, rest int) error) error {
	for batch := uint32(0); samples > 0; batch++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		now := min(samples, each*indicesOfLaunch)
		full := int(now / each)
		rest := int(now % each)
		indices := full
		if rest > 0 {
			indices++
		}
		if err := launch(batch, indices, full, rest); err != nil {
			return err
		}
		samples -= now
	}
	return nil
}

// indicesOfLaunch bounds the memory for the indices' sums to 4 MiB.
const indicesOfLaunch = 1 << 18

func key(seed uint64) [2]uint32 { return [2]uint32{uint32(seed), uint32(seed >> 32)} }

// MaxSamples bounds the samples of an estimate, about 10^15: beyond, the numbers of
// launches would leave 32 bits.
const MaxSamples = 1 << 50

func checkSamples(kernel, arg string, samples int64) error {
	if samples < 1 || samples > MaxSamples {
		return wrong(kernel, arg, "%d, want 1 to %d", samples, int64(MaxSamples))
	}
	return nil
}

func wrong(kernel, arg, format string, values ...any) error {
	return &kernels.ArgumentError{Kernel: "montecarlo." + kernel, Arg: arg, Err: fmt.Errorf("%w: "+format, append([]any{kernels.ErrShape}, values...)...)}
}
