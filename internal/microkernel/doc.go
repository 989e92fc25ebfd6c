// Package microkernel multiplies panels: the innermost loop of a product of
// matrices, as in BLIS (Van Zee and van de Geijn, ACM TOMS 41(3), 2015).
//
// A panel of A holds, for each step of the depth, [Rows] numbers, one of each row;
// a panel of B holds one of each of [Cols] columns. A call adds the product of
// two panels to a tile of C that stays in registers until the end. Panels with
// fewer rows or columns are filled up with zeros; [Pack] does so.
//
// On amd64 with AVX2 and FMA the tile is 6×8 in float64 and 6×16 in float32: 12 of
// the 16 vector registers hold sums, so that neither the latency of an addition
// nor the loads hold it up. Elsewhere it is a loop in Go, and Fast is false.
package microkernel

// Rows is the height of a tile.
const Rows = 6

// Float is a type that panels may have.
type Float interface{ float32 | float64 }

// Cols is the width of a tile: two vectors.
func Cols[T Float]() int {
	var zero T
	if _, single := any(zero).(float32); single {
		return 16
	}
	return 8
}

// Multiply is C += A*B for panels of depth k: a holds at least k*Rows numbers and b
// k*Cols. C is Rows×Cols with rows ldc apart, which must all exist. It panics if a
// slice is too short.
func Multiply[T Float](k int, a, b, c []T, ldc int) {
	if k <= 0 {
		return
	}
	cols := Cols[T]()
	_, _, _ = a[k*Rows-1], b[k*cols-1], c[(Rows-1)*ldc+cols-1]
	multiply(k, a, b, c, ldc)
}

// multiplyGo is Multiply in Go.
func multiplyGo[T Float](k int, a, b, c []T, ldc int) {
	cols := Cols[T]()
	for i := range Rows {
		out := c[i*ldc:][:cols]
		for l := range k {
			v := a[l*Rows+i]
			for j, w := range b[l*cols:][:cols] {
				out[j] += v * w
			}
		}
	}
}
