package suite

import (
	"fmt"

	"github.com/tandem-go/tandem/kernels"
	"gonum.org/v1/gonum/blas"
)

// operation is a kernel that the peers on a GPU have too: "NAME N device" and
// "NAME N host" are jobs of theirs. The figures are of float32 and of a size N.
type operation struct {
	name string
	// sizes are those of a GPU with memory of its own, on its data and on the
	// host's; modest those of a device that computes on the CPU's cores.
	onDevice, onHost, modest []int
	flops                    func(n float64) float64
	// moved are the elements that the device's memory reads and writes at
	// least; there and back are those that cross between host and device.
	moved, there, back func(n float64) float64
	// limited by arithmetic rather than by memory.
	arithmetic bool
	inBLAS     bool
	alone      bool // no peer has it
}

func times(factor float64) func(float64) float64 {
	return func(n float64) float64 { return factor * n }
}

func square(factor float64) func(float64) float64 {
	return func(n float64) float64 { return factor * n * n }
}

func cube(factor float64) func(float64) float64 {
	return func(n float64) float64 { return factor * n * n * n }
}

// The largest are of 2^28 elements, more than any GPU's caches hold.
var (
	lengths = []int{1 << 12, 1 << 16, 1 << 20, 1 << 24, 1 << 28}
	streams = []int{1 << 20, 1 << 28}
	sides   = []int{1 << 10, 1 << 12, 1 << 14}
)

var operations = []operation{
	{
		name: "axpy", onDevice: lengths, onHost: streams, modest: []int{1 << 14, 1 << 22},
		flops: times(2), moved: times(3), there: times(2), back: times(1), inBLAS: true,
	},
	{
		name: "scal", onDevice: lengths, onHost: streams, modest: []int{1 << 22},
		flops: times(1), moved: times(2), there: times(1), back: times(1), inBLAS: true,
	},
	{
		name: "sum", onDevice: lengths, onHost: streams, modest: []int{1 << 22},
		flops: times(1), moved: times(1), there: times(1), back: times(0), inBLAS: true,
	},
	{
		name: "dot", onDevice: lengths, onHost: streams, modest: []int{1 << 22},
		flops: times(2), moved: times(2), there: times(2), back: times(0), inBLAS: true,
	},
	{
		name: "fill", onDevice: lengths, onHost: streams, modest: []int{1 << 22},
		flops: times(0), moved: times(1), there: times(0), back: times(1), inBLAS: true,
	},
	{
		name: "exp", onDevice: lengths, onHost: streams, modest: []int{1 << 20},
		flops: times(20), moved: times(2), there: times(1), back: times(1),
	},
	{
		name: "gemv", onDevice: sides, onHost: sides[2:], modest: []int{1 << 10},
		flops: square(2), moved: square(1), there: square(1), back: times(1), inBLAS: true,
	},
	{
		name: "stencil5", onDevice: sides, onHost: sides[2:], modest: []int{1 << 10},
		flops: square(7), moved: square(2), there: square(1), back: square(1),
	},
	{
		name: "gemm", onDevice: []int{512, 2048, 8192}, onHost: []int{4096}, modest: []int{256},
		flops: cube(2), moved: square(3), there: square(2), back: square(1), arithmetic: true, inBLAS: true,
	},
	{
		name: "gemmbatch", onDevice: []int{1 << 10, 1 << 14}, onHost: []int{1 << 12}, modest: []int{1 << 6},
		flops: times(2 * batchOrder * batchOrder * batchOrder), moved: times(3 * batchOrder * batchOrder),
		there: times(2 * batchOrder * batchOrder), back: times(batchOrder * batchOrder), arithmetic: true, alone: true,
	},
	{
		name: "nbody", onDevice: []int{1 << 14, 1 << 18}, onHost: []int{1 << 16}, modest: []int{1 << 10},
		flops: square(20), moved: times(8), there: times(4), back: times(4), arithmetic: true,
	},
}

// batchOrder is the order of the matrices of a batch, of which N is the number.
const batchOrder = 64

// arrays make operands that lie on the host or on a device, and matrices of them.
type arrays[V kernels.Vector[float32]] struct {
	ramp   func(n int) (V, error)
	matrix func(rows, cols, stride int, data V) kernels.Matrix[float32]
}

// launchOf is the operation on new operands, and what they are.
func launchOf[V kernels.Vector[float32]](op string, n int, a arrays[V]) (l kernels.Launch, made []V, err error) {
	vector := func(n int) V {
		v, failed := a.ramp(n)
		if failed != nil && err == nil {
			err = failed
		}
		made = append(made, v)
		return v
	}
	square := func() kernels.Matrix[float32] { return a.matrix(n, n, n, vector(n*n)) }
	batch := func() kernels.Batch[float32] {
		const size = batchOrder * batchOrder
		return kernels.Batch[float32]{Matrix: a.matrix(batchOrder, batchOrder, batchOrder, vector(n*size)), Apart: size}
	}
	switch op {
	case "copy":
		l = kernels.Copy(kernels.Of[float32](vector(n)), kernels.Of[float32](vector(n)))
	case "axpy":
		// The factor is so small that y stays finite through all rounds.
		l = kernels.Axpy(float32(1e-9), vector(n), vector(n))
	case "scal":
		l = kernels.Scal(float32(-1), vector(n))
	case "sum":
		l = kernels.Sum(new(float32), vector(n))
	case "dot":
		l = kernels.Dot(new(float32), vector(n), vector(n))
	case "fill":
		l = kernels.Fill(float32(1), vector(n))
	case "exp":
		l = kernels.Exp(kernels.Of[float32](vector(n)), kernels.Of[float32](vector(n)))
	case "gemv":
		l = kernels.Gemv(blas.NoTrans, float32(1), square(), vector(n), 0, vector(n))
	case "gemm":
		l = kernels.Gemm(blas.NoTrans, blas.NoTrans, float32(1), square(), square(), 0, square())
	case "gemmbatch":
		l = kernels.GemmBatch(blas.NoTrans, blas.NoTrans, float32(1), batch(), batch(), 0, batch(), n)
	case "stencil5":
		l = kernels.Stencil5(float32(0.1), square(), square())
	case "nbody":
		l = kernels.NBody(float32(1), 0.01, vector(4*n), vector(4*n))
	default:
		err = fmt.Errorf("there is no operation %q", op)
	}
	return l, made, err
}
