package hybridblas

import (
	"cmp"
	"math"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/internal/symmetric"
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
	b.s = newLibrary(e, routines32(cmp.Or(p.Float32, w.Float32)), w.Sgemm, realDeviceProduct[float32]())
	b.d = newLibrary(e, routines64(cmp.Or(p.Float64, w.Float64)), w.Dgemm, realDeviceProduct[float64]())
	b.c = newLibrary(e, routinesC64(cmp.Or(p.Complex64, w.Complex64)), w.Cgemm, complexDeviceProduct[complex64, float32]())
	b.z = newLibrary(e, routinesC128(cmp.Or(p.Complex128, w.Complex128)), w.Zgemm, complexDeviceProduct[complex128, float64]())
	if e.threaded == [kinds]bool{true, true, true, true} && len(cfg.Devices) == 0 && cfg.Tile == 0 {
		b.limit3, b.limit2, b.limit1 = math.MaxUint64, math.MaxUint64, math.MaxInt // there is nothing to choose
	}
	if isGonum(w.Float32) {
		ownProduct(&b.s, realPacked[float32]())
		b.s.symvRows = symmetric.Single
	}
	if isGonum(w.Float64) {
		ownProduct(&b.d, realPacked[float64]())
		b.d.symvRows = symmetric.Double
	}
	if isGonum(w.Complex64) {
		ownProduct(&b.c, complexPacked[complex64, float32]())
	}
	if isGonum(w.Complex128) {
		ownProduct(&b.z, complexPacked[complex128, float64]())
	}
	e.choices = newChoices(b)
	return b
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
