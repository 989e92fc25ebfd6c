package kernels

import (
	"unsafe"

	"github.com/tandem-go/tandem/residency"
)

// Type is the type of a kernel's elements or of a scalar.
type Type uint8

// The types that kernels know.
const (
	Float32 Type = iota
	Float64
	Int32
	Uint32
	Int64
	Uint64
	// Uint16 is for arrays only: the bits of 16-bit numbers. A shader sees an array
	// of uint, two elements in each, the first in the lower half.
	Uint16
)

// Size is the size of a value in bytes.
func (t Type) Size() int {
	switch t {
	case Float64, Int64, Uint64:
		return 8
	case Uint16:
		return 2
	}
	return 4
}

// String returns the Go name of the type.
func (t Type) String() string {
	return [...]string{"float32", "float64", "int32", "uint32", "int64", "uint64", "uint16"}[t]
}

func (t Type) glsl() string {
	return [...]string{"float", "double", "int", "uint", "int64_t", "uint64_t", "uint"}[t]
}

// Float is an element type of the built-in operations.
type Float interface{ float32 | float64 }

// Vector is an array argument: a slice of the host or a resident buffer.
type Vector[T any] interface {
	[]T | *residency.Buffer[T]
}

// FloatVector is an array argument of either floating-point type. Code that is
// itself generic passes an Operand, made with [Of].
type FloatVector interface {
	[]float32 | []float64 | *residency.Buffer[float32] | *residency.Buffer[float64] | Operand
}

// Operand is an array argument without its static type. It has four words and four
// fields, the most of a struct that Go keeps in registers: one more, and each time that
// one is passed on it goes through memory.
type Operand struct {
	host unsafe.Pointer    // first element on the host
	mem  *residency.Memory // nil for a slice of the host
	n    int               // elements
	kind
}

type kind struct {
	typ  Type
	null bool // a nil slice or a nil buffer
}

// Of takes a slice or a buffer as an operand.
func Of[T residency.Element, V Vector[T]](v V) Operand {
	// The switch is over a pointer's type: an interface that holds the slice
	// itself would be allocated.
	switch any((*V)(nil)).(type) {
	case *[]T:
		return ofSlice(*(*[]T)(unsafe.Pointer(&v)))
	case **residency.Buffer[T]:
		return ofBuffer(*(**residency.Buffer[T])(unsafe.Pointer(&v)))
	}
	panic("kernels: BUG: an operand of an unknown type")
}

func ofFloat[V FloatVector](v V) Operand {
	at := unsafe.Pointer(&v)
	switch any((*V)(nil)).(type) {
	case *[]float32:
		return ofSlice(*(*[]float32)(at))
	case *[]float64:
		return ofSlice(*(*[]float64)(at))
	case **residency.Buffer[float32]:
		return ofBuffer(*(**residency.Buffer[float32])(at))
	case **residency.Buffer[float64]:
		return ofBuffer(*(**residency.Buffer[float64])(at))
	case *Operand:
		return *(*Operand)(at)
	}
	panic("kernels: BUG: an operand of an unknown type")
}

// OfRecords takes a slice or a buffer of structures or arrays, of numbers of the size of
// an E each, as an operand of all those numbers. It is for constructors that tandemgen
// writes: that T is made so is for it to see to.
func OfRecords[T any, E residency.Element, V Vector[T]](v V) Operand {
	var record T
	var number E
	numbers := int(unsafe.Sizeof(record) / unsafe.Sizeof(number))
	switch any((*V)(nil)).(type) {
	case *[]T:
		s := *(*[]T)(unsafe.Pointer(&v))
		return Operand{kind: kind{typeOf[E](), s == nil}, host: unsafe.Pointer(unsafe.SliceData(s)), n: len(s) * numbers}
	case **residency.Buffer[T]:
		b := *(**residency.Buffer[T])(unsafe.Pointer(&v))
		if b == nil {
			return Operand{kind: kind{typeOf[E](), true}}
		}
		mem := b.Memory()
		return Operand{kind: kind{typ: typeOf[E]()}, host: unsafe.Pointer(unsafe.SliceData(mem.Home())), mem: mem, n: b.Len() * numbers}
	}
	panic("kernels: BUG: an operand of an unknown type")
}

func ofSlice[T residency.Element](v []T) Operand {
	return Operand{kind: kind{typeOf[T](), v == nil}, host: unsafe.Pointer(unsafe.SliceData(v)), n: len(v)}
}

func ofBuffer[T residency.Element](b *residency.Buffer[T]) Operand {
	if b == nil {
		return Operand{kind: kind{typeOf[T](), true}}
	}
	mem := b.Memory()
	return Operand{kind: kind{typ: typeOf[T]()}, host: unsafe.Pointer(unsafe.SliceData(mem.Home())), mem: mem, n: b.Len()}
}

// typeOf tells types apart by how they compute, which the compiler does for each of
// them: a type switch would look up what T is every time.
func typeOf[T residency.Element]() Type {
	var zero T
	one := T(1)
	float, signed := one/2 != 0, zero-one < 0
	switch unsafe.Sizeof(zero) {
	case 2: // of whatever name
		return Uint16
	case 4:
		switch {
		case float:
			return Float32
		case signed:
			return Int32
		}
		return Uint32
	}
	switch {
	case float:
		return Float64
	case signed:
		return Int64
	}
	return Uint64
}

// Len is the number of elements.
func (o Operand) Len() int { return o.n }

// Type is the type of the elements.
func (o Operand) Type() Type { return o.typ }
