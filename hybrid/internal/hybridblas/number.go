package hybridblas

import "unsafe"

// Number is an element type of BLAS.
type Number interface {
	float32 | float64 | complex64 | complex128
}

type number = Number

// kind numbers the element types.
type kind int

const (
	kindS kind = iota
	kindD
	kindC
	kindZ
	kinds
)

var kindLetters = [kinds]string{"s", "d", "c", "z"}

func (k kind) isComplex() bool { return k == kindC || k == kindZ }

func kindOf[T number]() kind {
	var zero T
	switch any(zero).(type) {
	case float32:
		return kindS
	case float64:
		return kindD
	case complex64:
		return kindC
	}
	return kindZ
}

// conjugate is the complex conjugate of x, or x if it is real.
func conjugate[T number](x T) T {
	switch p := any(&x).(type) {
	case *complex64:
		*p = complex(real(*p), -imag(*p))
	case *complex128:
		*p = complex(real(*p), -imag(*p))
	}
	return x
}

// realOnly is x without its imaginary part.
func realOnly[T number](x T) T {
	switch p := any(&x).(type) {
	case *complex64:
		*p = complex(real(*p), 0)
	case *complex128:
		*p = complex(real(*p), 0)
	}
	return x
}

// fromReal is x as a T.
func fromReal[T number](x float64) (v T) {
	switch p := any(&v).(type) {
	case *float32:
		*p = float32(x)
	case *float64:
		*p = x
	case *complex64:
		*p = complex(float32(x), 0)
	case *complex128:
		*p = complex(x, 0)
	}
	return v
}

// parts shows complex numbers as their real and imaginary parts in turn.
func parts[R float32 | float64, T number](x []T) []R {
	return unsafe.Slice((*R)(unsafe.Pointer(unsafe.SliceData(x))), 2*len(x))
}
