package kernels

import (
	"encoding/binary"
	"math"
	"sync"
	"unsafe"

	"github.com/tandem-go/tandem/residency"
)

// Call is one execution of a kernel's Go variant over a part of its index
// space. It is valid for the duration of the call only.
type Call struct {
	// Lo and Hi bound the indices to compute: [Lo, Hi), never empty.
	Lo, Hi int
	// N is how many indices the launch has; on a device in the host's memory, how many
	// the device was given at once.
	N int
	// Partial is where a reduction leaves the value of its part.
	Partial Partial

	nargs   int
	windows [MaxParams]window
	scalars [MaxScalars]uint64
}

// window is the part of an array that a call may touch.
type window struct {
	first unsafe.Pointer
	base  int // position of the first element in the whole array
	n     int
}

var calls = sync.Pool{New: func() any { return new(Call) }}

// Run executes the indices [lo, hi) on the host, on the calling goroutine, and
// returns the partial value of a reduction. The arguments' newest values must
// be in host memory.
func (l *Launch) Run(lo, hi int) Partial {
	c := calls.Get().(*Call)
	c.Lo, c.Hi, c.N, c.Partial = lo, hi, l.n, Partial{}
	c.nargs = l.nargs
	*(*[inlineScalars]uint64)(c.scalars[:]) = l.scalars
	if l.wide != nil {
		copy(c.scalars[:l.nscal], l.wide.scalars[:])
	}
	args := l.Args()
	for k := range args {
		a := &args[k]
		from, to := a.Window(lo, hi)
		c.windows[k] = window{first: unsafe.Add(a.host, from*a.typ.Size()), base: from, n: to - from}
	}
	l.kernel.Go(c)
	p := c.Partial
	c.release()
	return p
}

// release returns c to the pool without keeping the arguments alive. A call
// that panicked is not released: it is simply lost.
func (c *Call) release() {
	clear(c.windows[:c.nargs])
	calls.Put(c)
}

// Slice is the part of array argument k that the call may touch: the elements
// of its indices and their halo. The first one is element Base(k) of the array.
func Slice[T residency.Element](c *Call, k int) []T {
	w := &c.windows[k]
	return unsafe.Slice((*T)(w.first), w.n)
}

// Records is [Slice] of an array argument whose elements T are structures or arrays of
// numbers, each of the size of an E. The call's window has whole elements.
func Records[T any, E residency.Element](c *Call, k int) []T {
	var record T
	var number E
	w := &c.windows[k]
	return unsafe.Slice((*T)(w.first), w.n*int(unsafe.Sizeof(number))/int(unsafe.Sizeof(record)))
}

// Base is the position, in the whole array, of the first element of Slice(c, k).
func (c *Call) Base(k int) int { return c.windows[k].base }

// Float32 is scalar argument k.
func (c *Call) Float32(k int) float32 { return math.Float32frombits(uint32(c.scalars[k])) }

// Float64 is scalar argument k.
func (c *Call) Float64(k int) float64 { return math.Float64frombits(c.scalars[k]) }

// Int is scalar argument k, declared int32.
func (c *Call) Int(k int) int { return int(int32(c.scalars[k])) }

// Uint is scalar argument k, declared uint32.
func (c *Call) Uint(k int) uint { return uint(uint32(c.scalars[k])) }

// Int64 is scalar argument k, declared int64.
func (c *Call) Int64(k int) int64 { return int64(c.scalars[k]) }

// Uint64 is scalar argument k, declared uint64.
func (c *Call) Uint64(k int) uint64 { return c.scalars[k] }

// real is scalar argument k of a kernel that exists for both float types.
func real[T Float](c *Call, k int) T {
	var zero T
	if unsafe.Sizeof(zero) == 4 {
		return T(c.Float32(k))
	}
	return T(c.Float64(k))
}

func partialFromBytes(b []byte) (p Partial) {
	for i := range p {
		p[i] = math.Float64frombits(binary.NativeEndian.Uint64(b[8*i:]))
	}
	return p
}

func (p Partial) putBytes(b []byte) {
	for i, v := range p {
		binary.NativeEndian.PutUint64(b[8*i:], math.Float64bits(v))
	}
}
