//go:build cuda && linux && cgo

package cublas

// Op says how a routine reads a matrix; the values are cuBLAS's, as below.
type Op int32

// What Op may be.
const (
	NoTrans Op = iota
	Trans
	ConjTrans
)

// Fill says which triangle of a matrix counts.
type Fill int32

// What Fill may be.
const (
	Lower Fill = iota
	Upper
)

// Side says on which side of the unknown a triangular matrix stands.
type Side int32

// What Side may be.
const (
	Left Side = iota
	Right
)

// Diag says whether the diagonal is taken to be of ones.
type Diag int32

// What Diag may be.
const (
	NonUnit Diag = iota
	Unit
)

// Type is the type of a matrix's elements.
type Type int32

// What Type may be.
const (
	Float32    Type = 0
	Float64    Type = 1
	Float16    Type = 2
	Int8       Type = 3
	Complex64  Type = 4
	Complex128 Type = 5
	Int32      Type = 10
	BFloat16   Type = 14
)

func (t Type) complex() bool { return t == Complex64 || t == Complex128 }

// Compute is the precision in which a product is computed. The Fast ones round
// the elements first and use the tensor cores; the Pedantic ones follow the
// standard to the letter.
type Compute int32

// What Compute may be.
const (
	Compute32F         Compute = 68
	Compute32FPedantic Compute = 69
	Compute64F         Compute = 70
	Compute64FPedantic Compute = 71
	Compute32I         Compute = 72
	Compute32FFast16F  Compute = 74
	Compute32FFast16BF Compute = 75
	Compute32FFastTF32 Compute = 77
)

// MathMode is a handle's leave to use the tensor cores.
type MathMode int32

// What MathMode may be.
const (
	DefaultMath MathMode = 0
	Pedantic    MathMode = 2
	TF32        MathMode = 3 // products of float32 may be rounded to TF32
)

// Matrix is a column-major matrix in device memory: element (i, j) is element
// i + j·LD.
type Matrix struct {
	At     uint64 // the address on the device
	Type   Type
	LD     int // elements from one column to the next
	Stride int // elements from one matrix of a batch to the next
}
