//go:build cuda && linux && cgo

package cublas

// Op says how a routine reads a matrix; the values are cuBLAS's, as below.
type Op int32

// What Op may be.
const (
	NoTrans Op = iota
	Trans
)

// Type is the type of a matrix's elements.
type Type int32

// What Type may be.
const (
	Float32  Type = 0
	Float64  Type = 1
	Float16  Type = 2
	BFloat16 Type = 14
)

// Compute is the precision in which a product is computed. FastTF32 rounds the elements
// first and uses the tensor cores.
type Compute int32

// What Compute may be.
const (
	Compute32F         Compute = 68
	Compute64F         Compute = 70
	Compute32FFastTF32 Compute = 77
)

// Matrix is a column-major matrix in device memory: element (i, j) is element
// i + j·LD.
type Matrix struct {
	At     uint64 // the address on the device
	Type   Type
	LD     int // elements from one column to the next
	Stride int // elements from one matrix of a batch to the next
}
