package hybridblas

import (
	"unsafe"

	"gonum.org/v1/gonum/blas"
)

// matrix is rows×cols elements of a slice, stored by rows, stride apart.
type matrix[T number] struct {
	data       []T
	rows, cols int
	stride     int
}

// at is the part of the slice that begins with element (i, j).
func (m matrix[T]) at(i, j int) []T { return m.data[i*m.stride+j:] }

// block is the rows×cols part of m that begins with element (i, j).
func (m matrix[T]) block(i, j, rows, cols int) matrix[T] {
	return matrix[T]{m.at(i, j), rows, cols, m.stride}
}

// ok tells whether m is a matrix that gonum takes too, with elements.
func (m matrix[T]) ok() bool {
	return m.rows > 0 && m.cols > 0 && m.stride >= m.cols && len(m.data) >= (m.rows-1)*m.stride+m.cols
}

// operand is a matrix as a product takes it.
type operand[T number] struct {
	matrix[T]
	trans blas.Transpose
}

// op is the matrix of which op(A) is rows×cols.
func op[T number](t blas.Transpose, rows, cols int, data []T, stride int) operand[T] {
	if t != blas.NoTrans {
		rows, cols = cols, rows
	}
	return operand[T]{matrix[T]{data, rows, cols, stride}, t}
}

// part is rows×cols elements of op(A) from (i, j) on.
func (o operand[T]) part(i, j, rows, cols int) operand[T] {
	if o.trans != blas.NoTrans {
		i, j, rows, cols = j, i, cols, rows
	}
	o.matrix = o.block(i, j, rows, cols)
	return o
}

// flipped is the conjugate transpose of op(A) if conj, else its transpose.
// Without conj, o must not be a conjugate transpose, and with conj no plain one
// of complex numbers.
func (o operand[T]) flipped(conj bool) operand[T] {
	switch {
	case o.trans != blas.NoTrans:
		o.trans = blas.NoTrans
	case conj:
		o.trans = blas.ConjTrans
	default:
		o.trans = blas.Trans
	}
	return o
}

// vector is n elements of a slice, inc apart. With a negative inc the first one
// is the last of them in the slice.
type vector[T number] struct {
	data []T
	n    int
	inc  int
}

func (v vector[T]) ok() bool {
	return v.n > 0 && v.inc != 0 && len(v.data) > (v.n-1)*max(v.inc, -v.inc)
}

// part is the elements [lo, hi) of v, in the form in which gonum takes them, and
// nothing of the slice beyond: gonum's float32 gemv clears all of the slice that it
// is given.
func (v vector[T]) part(lo, hi int) vector[T] {
	step, first := v.inc, lo
	if v.inc < 0 {
		// Element i is at (n-1-i)*-inc: the part begins with its last element.
		step, first = -v.inc, v.n-hi
	}
	from := first * step
	return vector[T]{v.data[from : from+(hi-lo-1)*step+1], hi - lo, v.inc}
}

// copied is the elements of v in mem, one beside the other.
func (v vector[T]) copied(mem []T) []T {
	at := 0
	if v.inc < 0 {
		at = (v.n - 1) * -v.inc
	}
	for i := range v.n {
		mem[i] = v.data[at]
		at += v.inc
	}
	return mem[:v.n]
}

// asMatrix is the vector as a matrix of one row or one column.
func (v vector[T]) asMatrix() matrix[T] {
	switch v.inc {
	case 1, -1:
		return matrix[T]{v.data, 1, v.n, v.n}
	}
	return matrix[T]{v.data, v.n, 1, max(v.inc, -v.inc)}
}

// overlap tells whether two matrices may have an element in common. Of matrices
// with the same stride, such as blocks of one matrix, it knows for certain.
func overlap[T number](a, b matrix[T]) bool {
	var zero T
	size := unsafe.Sizeof(zero)
	aLo, bLo := uintptr(unsafe.Pointer(unsafe.SliceData(a.data))), uintptr(unsafe.Pointer(unsafe.SliceData(b.data)))
	if aLo > bLo {
		a, b, aLo, bLo = b, a, bLo, aLo
	}
	if bLo-aLo >= uintptr((a.rows-1)*a.stride+a.cols)*size {
		return false
	}
	if a.rows == 1 {
		a.stride = b.stride
	}
	if b.rows == 1 {
		b.stride = a.stride
	}
	if (bLo-aLo)%size != 0 || a.stride != b.stride || a.cols > a.stride || b.cols > b.stride {
		return true
	}
	// b begins at row r and column c of the grid that a lies in. Where it
	// reaches over the right edge, it goes on in the next row at the left.
	d := int((bLo - aLo) / size)
	r, c := d/a.stride, d%a.stride
	return r < a.rows && c < a.cols || r+1 < a.rows && c+b.cols > a.stride
}
