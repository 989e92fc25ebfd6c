package fft

import (
	"context"
	"math/bits"
	"sync"
	"unsafe"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/residency"
)

// onDevices is what a plan has in the memory of devices, made when it is first
// wanted.
type onDevices struct {
	mu     sync.Mutex
	tables any // *tables[float32] or *tables[float64]; guarded by mu
}

// tables are the roots of a power of two, and what Bluestein needs for other lengths.
type tables[T kernels.Float] struct {
	roots          *residency.Buffer[T]
	chirp, spectre *residency.Buffer[T] // nil for powers of two
}

func tablesOf[T kernels.Float](d *onDevices, n int) *tables[T] {
	d.mu.Lock()
	defer d.mu.Unlock()
	if t, ok := d.tables.(*tables[T]); ok {
		return t
	}
	t := &tables[T]{}
	m := powerFor(n)
	roots := make([]complex128, m)
	for i := range roots {
		roots[i] = root(i, m)
	}
	t.roots = resident[T](roots)
	if m != n {
		b := newBluestein(n)
		t.chirp, t.spectre = resident[T](b.chirp), resident[T](b.spectre)
	}
	d.tables = t
	return t
}

func (d *onDevices) free() {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch t := d.tables.(type) {
	case *tables[float32]:
		t.free()
	case *tables[float64]:
		t.free()
	}
	d.tables = nil
}

func (t *tables[T]) free() {
	for _, b := range []*residency.Buffer[T]{t.roots, t.chirp, t.spectre} {
		if b != nil {
			b.Free()
		}
	}
}

// resident is a buffer with the numbers' real and imaginary parts.
func resident[T kernels.Float](z []complex128) *residency.Buffer[T] {
	x := make([]T, 0, 2*len(z))
	for _, v := range z {
		x = append(x, T(real(v)), T(imag(v)))
	}
	return residency.From(x)
}

// powerFor is the length of the transforms that one of n numbers is made of.
func powerFor(n int) int {
	if n&(n-1) == 0 {
		return n
	}
	return 1 << bits.Len(uint(2*n-2))
}

// deviceTransform makes the passes of a transform, each a launch.
func deviceTransform[C Complex, O any](ctx context.Context, s kernels.Launcher[O], p *Plan[C], dst, src []C, inverse bool, opts []O) error {
	launch := func(l kernels.Launch) error { return s.Launch(ctx, l, opts...) }
	switch to := any(&dst).(type) {
	case *[]complex64:
		return transformBy(ctx, launch, &single, p, parts[float32](*to), parts[float32](*any(&src).(*[]complex64)), inverse)
	case *[]complex128:
		return transformBy(ctx, launch, &double, p, parts[float64](*to), parts[float64](*any(&src).(*[]complex128)), inverse)
	}
	panic("fft: BUG: an unknown type of numbers")
}

// parts is the same memory as real and imaginary parts: Go's complex numbers are
// pairs of these.
func parts[T kernels.Float, C Complex](z []C) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(z))), 2*len(z))
}

func transformBy[C Complex, T kernels.Float](ctx context.Context, launch func(kernels.Launch) error, k *passes[T], p *Plan[C], dst, src []T, inverse bool) error {
	t := tablesOf[T](&p.device, p.n)
	m := powerFor(p.n)
	x, y := residency.New[T](2*m), residency.New[T](2*m)
	defer x.Free()
	defer y.Free()
	sign, scale := T(1), T(1)
	if inverse {
		sign, scale = -1, 1/T(p.n)
	}
	out := residency.New[T](2 * p.n)
	defer out.Free()
	in := residency.From(src)
	defer in.Free()
	if m == p.n {
		work := [2]*residency.Buffer[T]{x, y}
		if err := k.power(launch, m, t.roots, in, work, out, sign, scale, sign); err != nil {
			return err
		}
	} else {
		work := [2]*residency.Buffer[T]{y, residency.New[T](2 * m)}
		defer work[1].Free()
		if err := launch(k.modulate(p.n, sign, t.chirp, in, x)); err != nil {
			return err
		}
		if err := k.power(launch, m, t.roots, x, work, x, 1, 1, 1); err != nil {
			return err
		}
		if err := launch(k.multiply(x, t.spectre, y)); err != nil {
			return err
		}
		if err := k.power(launch, m, t.roots, y, [2]*residency.Buffer[T]{x, work[1]}, y, 1, 1, 1); err != nil {
			return err
		}
		if err := launch(k.demodulate(scale, sign, t.chirp, y, out)); err != nil {
			return err
		}
	}
	return out.CopyTo(ctx, dst)
}

// passes are the kernels for one type of numbers.
type passes[T kernels.Float] struct {
	quarters   func(quarter int, done uint32, sign T, w, x, y *residency.Buffer[T]) kernels.Launch
	halves     func(half int, sign T, x, y *residency.Buffer[T]) kernels.Launch
	reorder    func(digits int, odd uint32, scale, sign T, x, y *residency.Buffer[T]) kernels.Launch
	modulate   func(n int, sign T, chirp, x, y *residency.Buffer[T]) kernels.Launch
	multiply   func(x, y, product *residency.Buffer[T]) kernels.Launch
	demodulate func(scale, sign T, chirp, x, y *residency.Buffer[T]) kernels.Launch
}

type (
	buffer32 = *residency.Buffer[float32]
	buffer64 = *residency.Buffer[float64]
)

var (
	single = passes[float32]{
		newQuartersFloat32[buffer32, buffer32, buffer32], newHalvesFloat32[buffer32, buffer32], newReorderFloat32[buffer32, buffer32],
		newModulateFloat32[buffer32, buffer32, buffer32], newMultiplyFloat32[buffer32, buffer32, buffer32], newDemodulateFloat32[buffer32, buffer32, buffer32],
	}
	double = passes[float64]{
		newQuartersFloat64[buffer64, buffer64, buffer64], newHalvesFloat64[buffer64, buffer64], newReorderFloat64[buffer64, buffer64],
		newModulateFloat64[buffer64, buffer64, buffer64], newMultiplyFloat64[buffer64, buffer64, buffer64], newDemodulateFloat64[buffer64, buffer64, buffer64],
	}
)

// power transforms the n numbers of in, a power of two, to out, by way of work. The
// imaginary parts of in are multiplied by signIn, those of out by signOut; out may be
// in.
func (k *passes[T]) power(launch func(kernels.Launch) error, n int, roots, in *residency.Buffer[T], work [2]*residency.Buffer[T], out *residency.Buffer[T], signIn, scale, signOut T) error {
	log := bits.Len(uint(n)) - 1
	digits, odd := log/2, uint32(log%2)
	from, next := in, 0
	run := func(l kernels.Launch) error {
		if err := launch(l); err != nil {
			return err
		}
		from, next, signIn = work[next], 1-next, 1
		return nil
	}
	for i := range digits {
		if err := run(k.quarters(n/4, 1<<(2*i), signIn, roots, from, work[next])); err != nil {
			return err
		}
	}
	if odd == 1 {
		if err := run(k.halves(n/2, signIn, from, work[next])); err != nil {
			return err
		}
	}
	return launch(k.reorder(digits, odd, scale, signIn*signOut, from, out))
}
