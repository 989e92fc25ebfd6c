package hybridblas

import (
	"context"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/hybrid/internal/perfmodel"
	"github.com/tandem-go/tandem/kernels"
)

// Wrapped is the BLAS that a [BLAS] takes over from.
type Wrapped struct {
	blas.Float32
	blas.Float64
	blas.Complex64
	blas.Complex128
	// Name tells one implementation from another in the performance model.
	Name string
}

// Config is what a [BLAS] works with.
type Config struct {
	Wrapped Wrapped
	// Serial is the wrapped BLAS on one thread, for parts of a call that run on
	// many goroutines at once, where the wrapped one uses several itself. Such a
	// one has no need of the CPU workers: it is left alone, or devices help it.
	// Nil interfaces stand for the wrapped ones.
	Serial Wrapped
	// Loop runs body on parts of [0, n) on the CPU workers and this goroutine.
	// An error other than a panic means that body was not called.
	Loop func(n int, body func(lo, hi int)) error
	// Enter keeps the workers and the devices from being closed until Leave is
	// called, unless they are closed already.
	Enter func() error
	Leave func()
	// Workers is how many of those there are.
	Workers int
	// CPU is set when they may take part in what devices do.
	CPU bool
	// Devices may take tiles.
	Devices []Device
	// Batch runs a launch over devices and workers, over every one if that is asked
	// for, or does nothing where they have been closed. It is nil where no device has
	// memory of its own.
	Batch func(ctx context.Context, l kernels.Launch, every bool) (done bool, err error)
	// Model remembers what was measured.
	Model *perfmodel.Model
	// Tile, if not 0, is the order of the tiles into which every call is cut,
	// whatever its size and whether it pays or not. It is for tests.
	Tile int
}
