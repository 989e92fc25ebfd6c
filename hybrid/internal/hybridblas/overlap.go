package hybridblas

import "unsafe"

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
