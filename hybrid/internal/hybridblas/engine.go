package hybridblas

import (
	"cmp"
	"fmt"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/tandem-go/tandem/hybrid/internal/perfmodel"
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
	// Model remembers what was measured.
	Model *perfmodel.Model
	// Tile, if not 0, is the order of the tiles into which every call is cut,
	// whatever its size and whether it pays or not. It is for tests.
	Tile int
}

// engine is what the libraries of the four types share.
type engine struct {
	cfg     *Config
	workers int
	forced  way // if not unknown
	// Work below these goes to the wrapped routine without any choice.
	least3, least2 float64
	least1         int
	choices        *choices
}

// The work below which a routine of each level goes to the wrapped routine at
// once. Waking a worker and waiting for it takes 5 to 10 µs; gonum's slowest
// routines of level 3 take as long for 24×24×24, those of level 2 for 128×128,
// and an axpy for 16,384 elements (measured on an AMD EPYC at 2.6 GHz).
const (
	least3 = 24 * 24 * 24
	least2 = 128 * 128
	least1 = 1 << 14
)

// BLAS is gonum's four interfaces over the wrapped BLAS. Methods that are not
// defined here are the wrapped ones. It may be used by any number of goroutines,
// also after the end of what it works with: then on the caller's goroutine.
type BLAS struct {
	wrappedBLAS
	engine *engine
	s      library[float32]
	d      library[float64]
	c      library[complex64]
	z      library[complex128]
}

// wrappedBLAS has the wrapped methods one level deeper than those of BLAS.
type wrappedBLAS struct {
	blas.Float32
	blas.Float64
	blas.Complex64
	blas.Complex128
}

var (
	_ blas.Float32    = (*BLAS)(nil)
	_ blas.Float64    = (*BLAS)(nil)
	_ blas.Complex64  = (*BLAS)(nil)
	_ blas.Complex128 = (*BLAS)(nil)
)

// New returns the BLAS for a configuration, to be closed by its owner.
func New(cfg Config) *BLAS {
	e := &engine{cfg: &cfg, workers: cfg.Workers, least3: least3, least2: least2, least1: least1}
	if cfg.Tile > 0 {
		e.forced, e.least3, e.least2, e.least1 = inParallel, 1, 1, 1
		if len(cfg.Devices) > 0 {
			e.forced = onDevices
		}
	}
	w := cfg.Wrapped
	b := &BLAS{wrappedBLAS: wrappedBLAS{w.Float32, w.Float64, w.Complex64, w.Complex128}, engine: e}
	b.s = newLibrary(e, routines32(w.Float32), realKernel[float32](w.Float32.Sgemm), realArithmetic[float32]())
	b.d = newLibrary(e, routines64(w.Float64), realKernel[float64](w.Float64.Dgemm), realArithmetic[float64]())
	b.c = newLibrary(e, routinesC64(w.Complex64), complexKernel[complex64](w.Float32.Sgemm), complexArithmetic[complex64, float32]())
	b.z = newLibrary(e, routinesC128(w.Complex128), complexKernel[complex128](w.Float64.Dgemm), complexArithmetic[complex128, float64]())
	e.choices = newChoices(b)
	return b
}

// newLibrary makes the library of a type. gonum's products are cut so that they
// stay on one goroutine; of other implementations' nothing need be known.
func newLibrary[T number](e *engine, r routines[T], ofGonum kernel[T], math arithmetic[T]) library[T] {
	l := library[T]{engine: e, routines: r, product: directKernel(r.gemm), kind: kindOf[T]()}
	if isGonum[T](e.cfg.Wrapped) {
		l.product = ofGonum
	}
	l.devices = newTiler(e, math)
	return l
}

func isGonum[T number](w Wrapped) bool {
	_, is32 := w.Float32.(gonum.Implementation)
	_, is64 := w.Float64.(gonum.Implementation)
	switch kindOf[T]() {
	case kindS:
		return is32
	case kindD:
		return is64
	case kindC:
		_, ok := w.Complex64.(gonum.Implementation)
		return ok && is32
	}
	_, ok := w.Complex128.(gonum.Implementation)
	return ok && is64
}

// Stop begins to end what goes on in the background.
func (b *BLAS) Stop() { b.engine.choices.stop() }

// Close ends what goes on in the background.
func (b *BLAS) Close() { b.engine.choices.close() }

// Wrapped is what b was made of.
func (b *BLAS) Wrapped() Wrapped { return b.engine.cfg.Wrapped }

// way is how a call is done.
type way uint32

const (
	unknown way = iota
	asked       // being measured; wrapped for now
	wrapped
	inParallel
	onDevices
)

var wayNames = map[way]string{wrapped: "wrapped", inParallel: "parallel", onDevices: "devices"}

// String returns the way's name.
func (w way) String() string { return cmp.Or(wayNames[w], fmt.Sprintf("way(%d)", uint32(w))) }
