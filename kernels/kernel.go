package kernels

import (
	"fmt"
	"sync/atomic"

	"github.com/tandem-go/tandem/device"
)

// The number of array arguments and of scalars of a kernel. OpenGL 4.3 promises a
// compute shader eight storage blocks, of which the partial results of a reduction
// are one: a device refuses a kernel that needs more of them than it has.
const (
	MaxParams  = 8
	MaxScalars = 128
)

// A Launch has room for so many in itself, which makes it a plain value that needs no
// allocation. One with more has a piece of memory beside it.
const (
	inlineParams  = 6
	inlineScalars = 12
)

// Kernel is an operation over an index space, with one variant per kind of
// device. It is described once, by [Define], and immutable afterwards.
type Kernel struct {
	// Name identifies the kernel in messages and in the performance model:
	// operation and element type, "axpy.float32".
	Name string
	// Params are the array arguments, in the order of their binding.
	Params []Param
	// Labels are what messages call the array arguments, where some of them have
	// better names than those in Params: a field of a structure is "p.X". "" stands
	// for the name there.
	Labels []string
	// Records are how many numbers an element of each array is on the host, where some
	// are structures or arrays of them; nil where none is. Footprints and the lengths of operands are in
	// numbers; what messages say of them is in elements.
	Records []int
	// Scalars are the scalar arguments, in order.
	Scalars []Scalar
	// Go computes the indices [c.Lo, c.Hi) on host memory. It is called by
	// several goroutines at once, each with its own part of the index space.
	Go func(c *Call)
	// GLSL is the OpenGL variant; nil when the kernel has none.
	GLSL *Shader
	// CUDA is the variant for NVIDIA's GPUs; nil when the kernel has none.
	CUDA *Function
	// Reduction is set when the kernel folds its index space into one value.
	Reduction *Reduction
	// Needs is what the variants for devices compute with although no argument
	// has such a type.
	Needs Needs
	// Transient says that the kernel was made while the program runs, one of any
	// number: devices may forget what they have compiled of it.
	Transient bool

	id                 int
	wide               bool  // its launches need more room than they have in themselves
	glslGrid, cudaGrid *grid // nil where there is no variant
}

// Needs are abilities that a device may lack.
type Needs uint8

// What a kernel may need.
const (
	NeedsFloat64 Needs = 1 << iota
	NeedsInt64
)

// Param declares an array argument.
type Param struct {
	Name   string // an identifier of GLSL and CUDA C
	Type   Type
	Access Access
}

// Scalar declares a scalar argument.
type Scalar struct {
	Name string // an identifier of GLSL and CUDA C
	Type Type
}

// Access is how a kernel uses an array argument.
type Access uint8

// The ways of access. Out promises that every element of an index's part is
// written, so that its old value need not be moved.
const (
	In Access = 1 << iota
	Out
	InOut = In | Out
)

// Shader is the GLSL variant of a kernel.
type Shader struct {
	// Text is the shader's body with its main function. It stands after a
	// prelude that declares the buffers by their names, the scalars, and
	// what is described at [Kernel.Source].
	Text string
	// Local is the size of a work-group; zero dimensions count as 1.
	Local [3]int
	// Groups is the number of work-groups for n indices of l. If nil, every
	// index is one invocation of a one-dimensional group.
	Groups func(l *Launch, n int) [3]int
	// Iterations bounds how often the loops of one invocation turn for n
	// indices of l; see [device.Caps]. Nil means that there are no loops.
	Iterations func(l *Launch, n int) int64
	// SharedMemory is how many bytes of shared memory a work-group uses.
	SharedMemory int
	// PartialWords is the size, in 32-bit words, of the partial result that
	// each work-group of a reduction writes.
	PartialWords int
}

// Function is the CUDA variant of a kernel.
type Function struct {
	// Text is CUDA C: TANDEM_KERNEL and the body of the kernel, after a
	// prelude that is described at [Kernel.Source]. What it uses may stand
	// before.
	Text string
	// PTX is prelude and Text compiled ahead. If it is empty, that of the
	// archive of built-in kernels is taken; where there is none, the device
	// compiles when the kernel is first used there.
	PTX string
	// Newer has PTX of a Text that makes use of what newer GPUs have, each from a
	// compute capability on; the built-in kernels have none. With ptxas 11.8 for
	// sm_90, float32 gemm, n-body and float16 gemm used the same number of registers
	// from PTX for compute_52 and for compute_90, and their cubins had the same size
	// but for 128 bytes of one.
	Newer []device.Code
	// Block is how many threads a block has; zero dimensions count as 1.
	Block [3]int
	// Resident is how many blocks the registers of a multiprocessor should
	// have room for at once; 0 leaves it to the compiler.
	Resident int
	// Shared is how many bytes of dynamic shared memory a block uses. What
	// Text declares with a size does not count.
	Shared int
	// Groups is the number of blocks for n indices of l. If nil, every index
	// is one thread of a one-dimensional block.
	Groups func(l *Launch, n int) [3]int
	// PartialWords is the size, in 32-bit words, of the partial result that
	// each block of a reduction writes.
	PartialWords int
	// Library names the routine of a device's own library that does the
	// same; see [device.Source].
	Library string
}

// Partial is the result of a reduction over a part of the index space. What
// the numbers mean is the kernel's affair.
type Partial [4]float64

// Reduction tells how the partial results of a kernel become its result.
type Reduction struct {
	// Decode turns what one work-group of a device's variant, GLSL or CUDA,
	// wrote into a Partial. lo is the first index of the dispatch, for
	// reductions that answer an index: the device knows it modulo 2^32 only.
	Decode func(lo int, words []uint32) Partial
	// Combine joins the partials of two parts: neighbours, the lower first, or
	// two work-groups of one dispatch, which may have taken turns.
	Combine func(a, b Partial) Partial
	// Finish stores the whole result where SetResult said: value points to a
	// number of the kernel's type, index may be nil. The zero Partial stands
	// for an empty index space. It must not keep its arguments.
	Finish func(value any, index *int, p Partial)
}

var kernelCount atomic.Int64

// Define completes a kernel and returns it. It panics when k is malformed,
// which is a mistake in the program. Kernels are meant to be package variables.
func Define(k Kernel) *Kernel {
	switch {
	case k.Name == "":
		panic("kernels: Define: a kernel needs a name")
	case k.Go == nil:
		panic("kernels: Define: kernel " + k.Name + " needs a Go variant")
	case len(k.Params) > MaxParams || len(k.Scalars) > MaxScalars:
		panic(fmt.Sprintf("kernels: Define: kernel %s has %d arrays and %d scalars, at most %d and %d fit", k.Name, len(k.Params), len(k.Scalars), MaxParams, MaxScalars))
	}
	for _, s := range k.Scalars {
		if s.Type == Uint16 {
			panic("kernels: Define: scalar " + s.Name + " of kernel " + k.Name + " is a uint16, which arrays alone may be")
		}
	}
	k.id = int(kernelCount.Add(1) - 1)
	k.wide = len(k.Params) > inlineParams || len(k.Scalars) > inlineScalars
	k.makeGrids()
	return &k
}

// Label is what messages call array argument i.
func (k *Kernel) Label(i int) string {
	if i < len(k.Labels) && k.Labels[i] != "" {
		return k.Labels[i]
	}
	return k.Params[i].Name
}

// record is how many numbers an element of array argument i is.
func (k *Kernel) record(i int) int {
	if i < len(k.Records) {
		return k.Records[i]
	}
	return 1
}

// ID is a small number that is unique to the kernel in this process.
func (k *Kernel) ID() int { return k.id }

// Float64 reports whether the kernel needs float64 arithmetic.
func (k *Kernel) Float64() bool { return k.Needs&NeedsFloat64 != 0 || k.hasType(Float64) }

// Int64 reports whether the kernel needs integers of 64 bits.
func (k *Kernel) Int64() bool {
	return k.Needs&NeedsInt64 != 0 || k.hasType(Int64) || k.hasType(Uint64)
}

func (k *Kernel) hasType(t Type) bool {
	for _, p := range k.Params {
		if p.Type == t {
			return true
		}
	}
	for _, s := range k.Scalars {
		if s.Type == t {
			return true
		}
	}
	return false
}
