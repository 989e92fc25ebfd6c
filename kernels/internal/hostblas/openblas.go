//go:build openblas && linux && cgo

package hostblas

// #cgo LDFLAGS: -ldl
// #cgo noescape tandem_sgemm
// #cgo nocallback tandem_sgemm
// #cgo noescape tandem_dgemm
// #cgo nocallback tandem_dgemm
// #include "openblas.h"
import "C"

import (
	"math"
	"strings"
	"sync"
	"unsafe"

	"gonum.org/v1/gonum/blas"
)

// minProducts is the number of products below which gonum is the faster. At
// 4×4×4 in float64, gonum took 150 ns and the call into C 80.
const minProducts = 4 * 4 * 4

// library says what OpenBLAS was found, "" if none.
var library = sync.OnceValue(func() string {
	config := C.tandem_blas_open()
	if config == nil {
		return ""
	}
	name, _, _ := strings.Cut(C.GoString(config), " NO_")
	return name
})

// Name is the library that multiplies.
func Name() string {
	if name := library(); name != "" {
		return name
	}
	return "gonum"
}

// Sgemm is C = alpha*op(A)*op(B) + beta*C.
func Sgemm(tA, tB Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	if !worthC(tA, tB, m, n, k, lda, ldb, ldc, len(a), len(b), len(c)) {
		byGonum(native.Sgemm, tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	C.tandem_sgemm(transposed(tA), transposed(tB), C.int(m), C.int(n), C.int(k),
		C.float(alpha), (*C.float)(unsafe.Pointer(&a[0])), C.int(lda), (*C.float)(unsafe.Pointer(&b[0])), C.int(ldb),
		C.float(beta), (*C.float)(unsafe.Pointer(&c[0])), C.int(ldc))
}

// Dgemm is C = alpha*op(A)*op(B) + beta*C.
func Dgemm(tA, tB Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	if !worthC(tA, tB, m, n, k, lda, ldb, ldc, len(a), len(b), len(c)) {
		byGonum(native.Dgemm, tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	C.tandem_dgemm(transposed(tA), transposed(tB), C.int(m), C.int(n), C.int(k),
		C.double(alpha), (*C.double)(unsafe.Pointer(&a[0])), C.int(lda), (*C.double)(unsafe.Pointer(&b[0])), C.int(ldb),
		C.double(beta), (*C.double)(unsafe.Pointer(&c[0])), C.int(ldc))
}

func transposed(t Transpose) C.int {
	if t == blas.NoTrans {
		return 0
	}
	return 1
}

// worthC reports whether a product goes to OpenBLAS: one that is large enough,
// that its 32-bit sizes can say, and whose matrices lie within their slices.
// Any other is gonum's, which panics where it should.
func worthC(tA, tB Transpose, m, n, k, lda, ldb, ldc, lenA, lenB, lenC int) bool {
	if m < 1 || n < 1 || k < 1 || float64(m)*float64(n)*float64(k) < minProducts || library() == "" {
		return false
	}
	return fits(m, k, lda, lenA, tA) && fits(k, n, ldb, lenB, tB) && fits(m, n, ldc, lenC, blas.NoTrans)
}

// fits reports whether op of a matrix is rows×cols and lies in its slice.
func fits(rows, cols, stride, length int, t Transpose) bool {
	switch t {
	case blas.Trans, blas.ConjTrans:
		rows, cols = cols, rows
	case blas.NoTrans:
	default:
		return false
	}
	return stride <= math.MaxInt32 && stride >= cols && rows <= math.MaxInt32 && length >= (rows-1)*stride+cols
}
