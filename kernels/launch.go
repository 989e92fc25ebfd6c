package kernels

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/tandem-go/tandem/residency"
)

// Launch is a kernel with its arguments and its index space, ready to run any
// number of times. It is a value: making one allocates nothing, unless it has more
// than 6 arrays or 12 scalars. The arguments' memory is the caller's; while a launch
// runs, nobody else may write what it reads or touch what it writes.
type Launch struct {
	kernel  *Kernel
	n       int
	nargs   int
	nscal   int
	args    [inlineParams]Arg
	scalars [inlineScalars]uint64
	wide    *wideArguments // has all arguments, if it is not nil; copies share it
	cost    Cost
	grain   int
	result  any
	index   *int
	err     error
}

// wideArguments are those of a launch that has no room for them. They are written while
// the launch is made, and read from then on.
type wideArguments struct {
	args    [MaxParams]Arg
	scalars [MaxScalars]uint64
}

// Arg is one array argument of a launch.
type Arg struct {
	Operand
	Footprint
}

// Footprint tells which elements of an array belong to an index. Index i of the
// launch owns the elements [i*Per, i*Per+Width) and may read Halo elements
// more on either side, as far as the array goes. With Per 0 every index may
// read the whole array; one that the kernel writes is then one that any index may
// write anywhere, and the launch must not be cut: its grain is all of it.
type Footprint struct {
	Per   int // elements from one index to the next
	Width int // elements of one index, at most Per; 0 means Per
	Halo  int // elements read beyond them, only for In arguments
	// Ragged says that the array may end within the elements of the last index,
	// of which the kernel then uses those that are there. Width must be Per.
	Ragged bool
}

// The footprints of most arguments.
var (
	Elementwise = Footprint{Per: 1}
	Whole       = Footprint{}
)

// Cost is what one index costs, for the scheduler's first guess: arithmetic
// operations, and bytes moved between memory and processor.
type Cost struct {
	Flops float64
	Bytes float64
}

// NewLaunch starts the description of a launch over n indices. The result is
// completed by its Arg, Scalar and Result methods; mistakes are kept and
// answered by Err, so that calls can be chained without checking each.
func NewLaunch(k *Kernel, n int) (l Launch) {
	l.Start(k, n)
	return l
}

func (l *Launch) failExtent() {
	l.Fail("n", fmt.Errorf("%w: an index space of %d", ErrShape, l.n))
}

// AddArg adds the next array argument. The array must have every element that
// the footprint gives to the launch's indices.
func (l *Launch) AddArg(o Operand, f Footprint) {
	if l.nargs == len(l.kernel.Params) {
		panic("kernels: " + l.kernel.Name + ": more arguments than parameters")
	}
	if f.Width == 0 {
		f.Width = f.Per
	}
	// Field by field: a copy of the whole would read with wide loads what has just been
	// stored with narrow ones, and wait for that.
	var a *Arg
	if l.wide == nil {
		a = &l.args[l.nargs]
	} else {
		a = &l.wide.args[l.nargs]
	}
	a.host, a.mem, a.n, a.kind = o.host, o.mem, o.n, o.kind
	a.Per, a.Width, a.Halo, a.Ragged = f.Per, f.Width, f.Halo, f.Ragged
	want := 0
	switch {
	case l.n == 0 || f.Per == 0:
	case f.Ragged:
		want = (l.n-1)*f.Per + 1
	default:
		want = (l.n-1)*f.Per + f.Width
	}
	p := &l.kernel.Params[l.nargs]
	l.nargs++
	if o.null || o.typ != p.Type || o.n < want {
		l.failArg(o, l.nargs-1, want)
	}
}

// failArg keeps what is wrong with the operand of argument k.
func (l *Launch) failArg(o Operand, k, want int) {
	name, typ := l.kernel.Label(k), l.kernel.Params[k].Type
	switch {
	case o.null:
		l.Fail(name, ErrNil)
	case o.typ != typ:
		l.Fail(name, fmt.Errorf("%w: elements are %v, want %v", ErrShape, o.typ, typ))
	default:
		each := l.kernel.record(k)
		l.Fail(name, fmt.Errorf("%w: %d elements, want %d", ErrShape, o.n/each, (want+each-1)/each))
	}
}

// AddFloat adds the next scalar argument, of type float32 or float64 as the
// kernel declares it.
func (l *Launch) AddFloat(v float64) {
	switch l.nextScalar() {
	case Float32:
		l.setScalar(uint64(math.Float32bits(float32(v))))
	case Float64:
		l.setScalar(math.Float64bits(v))
	default:
		panic("kernels: " + l.kernel.Name + ": the scalar is no floating-point number")
	}
}

// AddInt adds the next scalar argument, of type int32 or uint32. A value that
// does not fit is a mistake that Err answers.
func (l *Launch) AddInt(v int) {
	t := l.nextScalar()
	l.setScalar(uint64(uint32(v)))
	fits := t == Int32 && int(int32(v)) == v || t == Uint32 && int(uint32(v)) == v
	if !fits && l.err == nil {
		l.Fail(l.kernel.Scalars[l.nscal-1].Name, fmt.Errorf("%w: %d is no %v", ErrShape, v, t))
	}
}

// AddInt64 adds the next scalar argument, of type int64.
func (l *Launch) AddInt64(v int64) { l.addBits(Int64, uint64(v)) }

// AddUint64 adds the next scalar argument, of type uint64.
func (l *Launch) AddUint64(v uint64) { l.addBits(Uint64, v) }

// AddUint32 adds the next scalar argument, of type uint32.
func (l *Launch) AddUint32(v uint32) { l.addBits(Uint32, uint64(v)) }

// AddBool adds the next scalar argument, of type uint32: 1 for true, 0 for
// false.
func (l *Launch) AddBool(v bool) { l.addBits(Uint32, uint64(b2i(v))) }

func (l *Launch) addBits(t Type, bits uint64) {
	if got := l.nextScalar(); got != t {
		panic("kernels: " + l.kernel.Name + ": the scalar is declared " + got.String() + ", not " + t.String())
	}
	l.setScalar(bits)
}

// Int is scalar argument k, declared int32.
func (l *Launch) Int(k int) int { return int(int32(l.scalar(k))) }

// scalar is the value of scalar argument k.
func (l *Launch) scalar(k int) uint64 {
	if l.wide == nil {
		return l.scalars[k]
	}
	return l.wide.scalars[k]
}

// setScalar gives the scalar that nextScalar returned its value.
func (l *Launch) setScalar(bits uint64) {
	if l.wide == nil {
		l.scalars[l.nscal-1] = bits
	} else {
		l.wide.scalars[l.nscal-1] = bits
	}
}

func (l *Launch) nextScalar() Type {
	if l.nscal == len(l.kernel.Scalars) {
		panic("kernels: " + l.kernel.Name + ": more scalars than declared")
	}
	l.nscal++
	return l.kernel.Scalars[l.nscal-1].Type
}

// SetResult gives the places where a reduction stores its value, a pointer to
// the element type, and, for a reduction that has one, its index.
func (l *Launch) SetResult(value any, index *int) { l.result, l.index = value, index }

// Result returns what SetResult was given.
func (l *Launch) Result() (value any, index *int) { return l.result, l.index }

// SetCost states what an index costs on average.
func (l *Launch) SetCost(c Cost) { l.cost = c }

// SetGrain states the number of indices below which cutting the index space
// loses: the height of a tile, say. Cuts fall on multiples of it.
func (l *Launch) SetGrain(indices int) { l.grain = max(1, indices) }

// Fail keeps the first mistake found in an argument.
func (l *Launch) Fail(arg string, err error) {
	if l.err == nil {
		l.err = &ArgumentError{Kernel: l.kernel.Name, Arg: arg, Err: err}
	}
}

// Kernel is what the launch runs.
func (l *Launch) Kernel() *Kernel { return l.kernel }

// N is the number of indices.
func (l *Launch) N() int { return l.n }

// Cost is the average cost of an index.
func (l *Launch) Cost() Cost { return l.cost }

// Grain is the unit of cutting, at least 1.
func (l *Launch) Grain() int { return l.grain }

// Args are the array arguments. The slice aliases the launch.
func (l *Launch) Args() []Arg {
	if l.wide == nil {
		return l.args[:l.nargs]
	}
	return l.wide.args[:l.nargs]
}

// Access is how the kernel uses argument k.
func (l *Launch) Access(k int) Access { return l.kernel.Params[k].Access }

// Err is the first mistake in the arguments, an [*ArgumentError], or nil.
func (l *Launch) Err() error {
	if l.err != nil {
		return l.err
	}
	if l.kernel == nil {
		return &ArgumentError{Kernel: "none", Arg: "launch", Err: fmt.Errorf("%w: a zero Launch", ErrShape)}
	}
	if l.nargs != len(l.kernel.Params) || l.nscal != len(l.kernel.Scalars) {
		return &ArgumentError{Kernel: l.kernel.Name, Arg: "launch", Err: fmt.Errorf(
			"%w: %d arrays and %d scalars, want %d and %d", ErrShape, l.nargs, l.nscal, len(l.kernel.Params), len(l.kernel.Scalars))}
	}
	return l.overlap()
}

// overlap finds an output that shares memory with another argument. The same
// array may be read and written only when each index touches just its own
// elements of it.
func (l *Launch) overlap() error {
	args := l.Args()
	for k := range args {
		if l.Access(k)&Out == 0 {
			continue
		}
		out := &args[k]
		lo, hi := out.memory()
		for j := range args {
			in := &args[j]
			// Two stretches have a byte in common if each begins before the other ends
			// and neither is empty.
			from, to := in.memory()
			if max(lo, from) >= min(hi, to) || j == k || j < k && l.Access(j)&Out != 0 {
				continue
			}
			same := out.host == in.host && out.Footprint == in.Footprint && in.Halo == 0
			if !same || l.Access(j)&Out != 0 {
				return &ArgumentError{Kernel: l.kernel.Name, Arg: l.kernel.Label(k), Err: fmt.Errorf(
					"%w with argument %s", ErrOverlap, l.kernel.Label(j))}
			}
		}
	}
	return nil
}

// memory is the stretch of addresses of the argument on the host, empty where it has
// none.
func (a *Arg) memory() (lo, hi uintptr) {
	if a.host == nil {
		return 0, 0
	}
	lo = uintptr(a.host)
	return lo, lo + uintptr(a.n*a.typ.Size())
}

func shareMemory(a, b *Arg) bool {
	aLo, aHi := a.memory()
	bLo, bHi := b.memory()
	return max(aLo, bLo) < min(aHi, bHi)
}

// Window is the stretch [lo, hi) of the argument's elements that the indices
// [first, last) use. first must be below last.
func (a *Arg) Window(first, last int) (lo, hi int) {
	if a.Per == 0 {
		return 0, a.n
	}
	lo = max(0, first*a.Per-a.Halo)
	hi = min(a.n, (last-1)*a.Per+a.Width+a.Halo)
	return lo, hi
}

// Memory is the resident buffer that the argument is, or nil for a slice.
func (a *Arg) Memory() *residency.Memory { return a.mem }

// HostBytes is the stretch [lo, hi) of elements, as bytes, in the argument's
// memory on the host.
func (a *Arg) HostBytes(lo, hi int) []byte {
	size := a.typ.Size()
	return unsafe.Slice((*byte)(a.host), a.n*size)[lo*size : hi*size]
}
