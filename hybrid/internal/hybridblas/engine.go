package hybridblas

import (
	"cmp"
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/tandem-go/tandem/hybrid/internal/perfmodel"
	"github.com/tandem-go/tandem/internal/microkernel"
	"github.com/tandem-go/tandem/internal/symmetric"
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

// engine is what the libraries of the four types share.
type engine struct {
	cfg     *Config
	workers int
	forced  way // if not unknown
	// Work below these goes to the wrapped routine without any choice.
	least3, least2 float64
	least1         int
	threaded       [kinds]bool // the wrapped BLAS uses several threads itself
	choices        *choices
	batches        *batchChoices
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
	// What every call reads comes first.
	//
	// A call with less work than the limit of its level goes to the wrapped
	// routine without any choice, and one with less than the small work of its type
	// to gonum's, called directly, because the wrapped one is gonum's own for it.
	limit3, limit2 uint64
	limit1         int
	small          struct{ s, d, c, z small }
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
	e := &engine{cfg: &cfg, workers: cfg.Workers, batches: &batchChoices{}, least3: least3, least2: least2, least1: least1}
	if cfg.Tile > 0 {
		e.forced, e.least3, e.least2, e.least1 = inParallel, 1, 1, 1
		if len(cfg.Devices) > 0 {
			e.forced = onDevices
		}
	}
	w := cfg.Wrapped
	b := &BLAS{
		limit3: uint64(e.least3), limit2: uint64(e.least2), limit1: e.least1,
		wrappedBLAS: wrappedBLAS{w.Float32, w.Float64, w.Complex64, w.Complex128}, engine: e,
	}
	b.small.s, b.small.d, b.small.c, b.small.z = smallOf(w.Float32), smallOf(w.Float64), smallOf(w.Complex64), smallOf(w.Complex128)
	p := cfg.Serial
	e.threaded = [kinds]bool{kindS: p.Float32 != nil, kindD: p.Float64 != nil, kindC: p.Complex64 != nil, kindZ: p.Complex128 != nil}
	b.s = newLibrary(e, routines32(cmp.Or(p.Float32, w.Float32)), w.Sgemm, realArithmetic[float32]())
	b.d = newLibrary(e, routines64(cmp.Or(p.Float64, w.Float64)), w.Dgemm, realArithmetic[float64]())
	b.c = newLibrary(e, routinesC64(cmp.Or(p.Complex64, w.Complex64)), w.Cgemm, complexArithmetic[complex64, float32]())
	b.z = newLibrary(e, routinesC128(cmp.Or(p.Complex128, w.Complex128)), w.Zgemm, complexArithmetic[complex128, float64]())
	if e.threaded == [kinds]bool{true, true, true, true} && len(cfg.Devices) == 0 && cfg.Tile == 0 {
		b.limit3, b.limit2, b.limit1 = math.MaxUint64, math.MaxUint64, math.MaxInt // there is nothing to choose
	}
	if isGonum(w.Float32) {
		ownProduct(&b.s, realPacking[float32]())
		b.s.symvRows = symmetric.Single
	}
	if isGonum(w.Float64) {
		ownProduct(&b.d, realPacking[float64]())
		b.d.symvRows = symmetric.Double
	}
	if isGonum(w.Complex64) {
		ownProduct(&b.c, complexPacking[complex64, float32]())
	}
	if isGonum(w.Complex128) {
		ownProduct(&b.z, complexPacking[complex128, float64]())
	}
	e.choices = newChoices(b)
	return b
}

func newLibrary[T number](e *engine, r routines[T], whole gemmFunc[T], math arithmetic[T]) library[T] {
	return library[T]{
		engine: e, routines: r, whole: whole, product: directKernel(r.gemm), kind: kindOf[T](), devices: newTiler(e, math),
	}
}

// ownProduct gives a library over gonum's routines the fastest product that there is
// for this processor.
func ownProduct[T number, R microkernel.Float](l *library[T], g packing[T, R]) {
	l.product = rowKernel(&l.routines)
	if microkernel.Fast {
		l.product, l.triangle = g.kernel(l.product), g.triangle
	}
}

// isGonum tells an implementation whose products have to be cut so that they stay
// on one goroutine. Of others nothing is known.
func isGonum(implementation any) bool {
	_, is := implementation.(gonum.Implementation)
	return is
}

// large3, large2 and large1 tell whether a call of a level may be worth a choice.
// Negative sizes, which the wrapped routine complains of, may pass.
func (b *BLAS) large3(m, n, k int) bool { return work3(m, n, k) >= b.limit3 }

func (b *BLAS) large2(m, n int) bool { return work2(m, n) >= b.limit2 }

func (b *BLAS) large1(n int) bool { return n >= b.limit1 }

// Stop begins to end what goes on in the background.
func (b *BLAS) Stop() { b.engine.choices.stop() }

// Close ends what goes on in the background.
func (b *BLAS) Close() { b.engine.choices.close() }

// Settled reports whether nothing is being measured, or waits to be.
func (b *BLAS) Settled() bool { return b.engine.choices.asked.Load() == 0 }

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
