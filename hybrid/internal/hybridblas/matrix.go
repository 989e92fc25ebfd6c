package hybridblas

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

// transposed is a transposed copy of m in mem.
func transposed[T number](m matrix[T], mem []T) matrix[T] {
	t := matrix[T]{mem, m.cols, m.rows, m.rows}
	for i := range m.rows {
		for j, v := range m.at(i, 0)[:m.cols] {
			mem[j*m.rows+i] = v
		}
	}
	return t
}

// scaleMatrix is C *= beta, without reading C if beta is 0.
func scaleMatrix[T number](beta T, c matrix[T]) {
	if beta == 1 {
		return
	}
	for i := range c.rows {
		row := c.at(i, 0)[:c.cols]
		if beta == 0 {
			clear(row)
			continue
		}
		for j := range row {
			row[j] *= beta
		}
	}
}

func conjugateAll[T number](x []T) {
	for i, v := range x {
		x[i] = conjugate(v)
	}
}
