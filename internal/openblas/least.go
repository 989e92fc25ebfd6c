package openblas

// The work below which a [BLAS] leaves a call to gonum's routine, whatever its other
// arguments are: elements of a vector or a matrix, and products of level 3, where only
// gemm pays early. A call into C takes 70 ns. BenchmarkLeast measured them in float64
// on an AMD EPYC with AVX-512: 1.1 to 1.5 times as fast at 1,024 numbers and 0.6 to
// 0.7 at 256 for dot, axpy and scal; 1.3 to 3.8 at 64×64 and 1.0 to 1.2 at 32×32 for
// level 2, but for ger, whose updates of rank 1 are gonum's assembly too: 0.8 at 64×64
// and 1.0 at 128×128; 1.3 at 16×16×16 and 0.7 at 8×8×8 for syrk and trsm; 1.3 at
// 4×4×4 for gemm.
const (
	LeastVector  = 1024
	LeastMatrix  = 64 * 64
	LeastGer     = 128 * 128
	LeastGemm    = 4 * 4 * 4
	LeastProduct = 16 * 16 * 16 // of level 3 but gemm
)
