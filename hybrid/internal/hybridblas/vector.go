package hybridblas

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
