package hybridblas

import (
	"unsafe"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/kernels"
)

// deviceProduct is how numbers of a type are multiplied on devices, which know real
// ones. Tiles are rows without gaps, in one plane, or in two: the real parts and
// the imaginary ones.
type deviceProduct[T number] struct {
	planes int
	size   int // bytes of an element of a plane
	double bool
	// pack writes m into planes, conjugated if conj.
	pack func(planes [2][]byte, m matrix[T], conj bool)
	// merge is C = alpha*tile + beta*C.
	merge func(alpha T, planes [2][]byte, beta T, c matrix[T])
	// launch is X = alpha*op(A)*op(B) + beta*X on planes, with beta 0 or 1.
	launch func(tA, tB blas.Transpose, m, n, k int, alpha, beta float64) kernels.Launch
}

func view[R any](b []byte) []R {
	var zero R
	return unsafe.Slice((*R)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(zero)))
}

func realDeviceProduct[R float32 | float64]() deviceProduct[R] {
	var zero R
	return deviceProduct[R]{
		planes: 1, size: int(unsafe.Sizeof(zero)), double: unsafe.Sizeof(zero) == 8,
		pack: func(planes [2][]byte, m matrix[R], _ bool) {
			out := view[R](planes[0])
			for i := range m.rows {
				copy(out[i*m.cols:(i+1)*m.cols], m.at(i, 0))
			}
		},
		merge: func(alpha R, planes [2][]byte, beta R, c matrix[R]) {
			tile := view[R](planes[0])
			for i := range c.rows {
				row := c.at(i, 0)[:c.cols]
				switch v := tile[i*c.cols:][:c.cols]; beta {
				case 0:
					for j := range row {
						row[j] = alpha * v[j]
					}
				case 1:
					for j := range row {
						row[j] += alpha * v[j]
					}
				default:
					for j := range row {
						row[j] = alpha*v[j] + beta*row[j]
					}
				}
			}
		},
		launch: launchOf[R],
	}
}

func complexDeviceProduct[T complex64 | complex128, R float32 | float64]() deviceProduct[T] {
	var zero R
	return deviceProduct[T]{
		planes: 2, size: int(unsafe.Sizeof(zero)), double: unsafe.Sizeof(zero) == 8,
		pack: func(mem [2][]byte, m matrix[T], conj bool) {
			split(planes[R]{view[R](mem[0]), view[R](mem[1])}, m, conj)
		},
		merge: func(alpha T, mem [2][]byte, beta T, c matrix[T]) {
			merge(alpha, planes[R]{view[R](mem[0]), view[R](mem[1])}, beta, c)
		},
		launch: launchOf[R],
	}
}

func launchOf[R float32 | float64](tA, tB blas.Transpose, m, n, k int, alpha, beta float64) kernels.Launch {
	a, b := kernels.Unplaced[R](m, k, k), kernels.Unplaced[R](k, n, n)
	if tA != blas.NoTrans {
		a = kernels.Unplaced[R](k, m, m)
	}
	if tB != blas.NoTrans {
		b = kernels.Unplaced[R](n, k, k)
	}
	return kernels.Gemm(tA, tB, R(alpha), a, b, R(beta), kernels.Unplaced[R](m, n, n))
}

// step is one launch of a product of tiles: which planes of A and B are
// multiplied into which plane of C.
type step struct {
	a, b, c int
	alpha   float64
	first   bool // the first to write its plane
}

var (
	realSteps    = []step{{0, 0, 0, 1, true}}
	complexSteps = []step{{0, 0, 0, 1, true}, {1, 1, 0, -1, false}, {0, 1, 1, 1, true}, {1, 0, 1, 1, false}}
)

func (p *deviceProduct[T]) steps() []step {
	if p.planes == 2 {
		return complexSteps
	}
	return realSteps
}
