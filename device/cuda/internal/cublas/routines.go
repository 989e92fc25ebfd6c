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
	// The imaginary parts count for complex matrices only.
	Alpha, Beta complex128
	A, B, C     Matrix
	Compute     Compute
	// Batch is the number of products, of matrices that are Stride elements
	// apart; 0 means one product.
	Batch int
	// Arrays has the batch's matrices anywhere: At is the address of an array
	// of Batch addresses, all of it on the device.
	Arrays bool
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
	if g.Arrays {
		c.arrays = 1
	}
	scalar(&c.alpha, g.Alpha, g.Compute, g.C.Type.complex())
	scalar(&c.beta, g.Beta, g.Compute, g.C.Type.complex())
	return result("gemm", C.tandem_cublas_gemm(&h.c, &c))
}

// precision is the one that the routines without a choice compute in.
func (t Type) precision() Compute {
	if t == Float64 || t == Complex128 {
		return Compute64F
	}
	return Compute32F
}

// Trsm solves op(A)·X = alpha·B (Left) or X·op(A) = alpha·B (Right) for X, which
// takes B's place; A is triangular, B has M×N elements. Both are of the same
// type: Float32, Float64, Complex64 or Complex128.
type Trsm struct {
	Side  Side
	Fill  Fill
	Op    Op
	Diag  Diag
	M, N  int
	Alpha complex128
	A, B  Matrix
}

// Trsm queues the solution.
func (h *Handle) Trsm(s Trsm) error {
	if !fits(s.M, s.N, s.A.LD, s.B.LD) || s.A.Type != s.B.Type {
		return &Error{Call: "trsm", Status: invalidValue}
	}
	c := C.struct_tandem_cublas_trsm{
		side: C.int(s.Side), fill: C.int(s.Fill), op: C.int(s.Op), diag: C.int(s.Diag),
		m: C.int(s.M), n: C.int(s.N), a: s.A.c(), b: s.B.c(),
	}
	scalar(&c.alpha, s.Alpha, s.B.Type.precision(), s.B.Type.complex())
	return result("trsm", C.tandem_cublas_trsm(&h.c, &c))
}

// Syrk is C = alpha·op(A)·op(A)ᵀ + beta·C of the triangle Fill of C, which has
// N×N elements; op(A) has N×K. Both are of the same type, as in [Trsm].
type Syrk struct {
	Fill        Fill
	Op          Op
	N, K        int
	Alpha, Beta complex128
	A, C        Matrix
}

// Syrk queues the update.
func (h *Handle) Syrk(s Syrk) error {
	if !fits(s.N, s.K, s.A.LD, s.C.LD) || s.A.Type != s.C.Type {
		return &Error{Call: "syrk", Status: invalidValue}
	}
	c := C.struct_tandem_cublas_syrk{
		fill: C.int(s.Fill), op: C.int(s.Op), n: C.int(s.N), k: C.int(s.K), a: s.A.c(), c: s.C.c(),
	}
	scalar(&c.alpha, s.Alpha, s.C.Type.precision(), s.C.Type.complex())
	scalar(&c.beta, s.Beta, s.C.Type.precision(), s.C.Type.complex())
	return result("syrk", C.tandem_cublas_syrk(&h.c, &c))
}
