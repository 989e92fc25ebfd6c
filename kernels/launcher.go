package kernels

import (
	"context"

	"github.com/tandem-go/tandem/device"
)

// Launcher is who runs launches for an operation that needs several of them, or
// work on the host between them: a *hybrid.Scheduler, whose options of a launch are
// O. The compiler finds O, so a call looks as if there was none:
//
//	pi, err := montecarlo.Pi(ctx, s, 1e9, seed)
//	err = fft.Forward(ctx, s, dst, src, hybrid.On("cuda:0"))
type Launcher[O any] interface {
	// Launch runs l and returns when its result is complete.
	Launch(ctx context.Context, l Launch, opts ...O) error
	// For runs body on all of [0, n), in parts that don't overlap, on CPU workers.
	For(ctx context.Context, n int, body func(lo, hi int)) error
	// Workers is how many CPU workers there are.
	Workers() int
	// Devices are those that Launch may use, "cpu" among them.
	Devices() []device.Info
}
