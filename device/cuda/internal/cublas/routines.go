//go:build cuda && linux && cgo

package cublas

// #cgo noescape tandem_cublas_gemm
// #cgo nocallback tandem_cublas_gemm
// #include "cublas.h"
import "C"

// Gemm is C = alpha·op(A)·op(B) + beta·C, with op(A) of M×K, op(B) of K×N and
// C of M×N elements. Where Beta is 0, C is not read. Which types of matrices go
// with which precision is in cuBLAS's documentation of cublasGemmEx: those of
// the precision always do, and Float16 and BFloat16 with Compute32F.
type Gemm struct {
	OpA, OpB Op
	M, N, K  int
	// Compute32F has them in float32, Compute64F in float64.
	Alpha, Beta float64
	A, B, C     Matrix
	Compute     Compute
	// Batch is the number of products, of matrices that are Stride elements
	// apart; 0 means one product.
	Batch int
}

// Gemm queues the product. An [Error] of CUBLAS_STATUS_NOT_SUPPORTED says that
// cuBLAS has none of these types.
func (h *Handle) Gemm(g Gemm) error {
	if !fits(g.M, g.N, g.K, g.A.LD, g.B.LD, g.C.LD, g.Batch) {
		return &Error{Call: "gemm", Status: invalidValue}
	}
	c := C.struct_tandem_cublas_gemm{
		op_a: C.int(g.OpA), op_b: C.int(g.OpB), m: C.int(g.M), n: C.int(g.N), k: C.int(g.K),
		compute: C.int(g.Compute), batch: C.int(g.Batch), a: g.A.c(), b: g.B.c(), c: g.C.c(),
	}
	scalar(&c.alpha, g.Alpha, g.Compute)
	scalar(&c.beta, g.Beta, g.Compute)
	return result("gemm", C.tandem_cublas_gemm(&h.c, &c))
}
