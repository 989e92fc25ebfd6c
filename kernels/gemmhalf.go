package kernels

import (
	"sync"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/kernels/half"
	"github.com/tandem-go/tandem/kernels/internal/hostblas"
)

// gemmHalfKernels has, for each way of storing A and B and for a C that is only
// written or also read, a kernel for float16 and one for bfloat16.
var gemmHalfKernels [2][2][2]pair // by transA, transB, readsC

func init() {
	for i := range 8 {
		tA, tB, readsC := i&4 != 0, i&2 != 0, i&1 != 0
		gemmHalfKernels[b2i(tA)][b2i(tB)][b2i(readsC)] = pair{
			gemmHalfKernel("float16", tA, tB, readsC, gemmHalfCall[half.Float16](tA, tB)),
			gemmHalfKernel("bfloat16", tA, tB, readsC, gemmHalfCall[half.BFloat16](tA, tB)),
		}
	}
}

func gemmHalfKernel(format string, tA, tB, readsC bool, variant func(*Call)) func() *Kernel {
	return lazily(func() Kernel {
		name, text, access := gemmVariant(tA, tB, readsC)
		define := map[string]string{"float16": "#define FLOAT16\n", "bfloat16": "#define BFLOAT16\n"}[format]
		return Kernel{
			Name:   "gemm." + name + "." + format,
			Params: []Param{{"a", Uint16, In}, {"b", Uint16, In}, {"c", Float32, access}},
			Scalars: []Scalar{
				{"cols", Uint32},
				{"depth", Uint32},
				{"lda", Uint32},
				{"ldb", Uint32},
				{"ldc", Uint32},
				{"alpha", Float32},
				{"beta", Float32},
			},
			GLSL: gemmShader(realText[Float32]+define+text, Float32.Size(), 1, gemmRows),
			CUDA: gemmFunction("gemm."+format+"."+transLetter(tA)+transLetter(tB), cudaReal[Float32]+define+text, gemmRows),
			Go:   variant,
		}
	})
}

// What of A and B is widened at once: this deep, for all rows of a part and all
// columns. A row of 256 float32 is 1 KiB.
const gemmHalfDepth = 256

// gemmHalfGrain is how many rows of C are computed at once at least: each part widens
// all of B, at 1 to 2 ns an element, which is what a core's product takes for 64 rows.
const gemmHalfGrain = 128

// widened is memory for the time of a call.
type widened struct{ a, b []float32 }

var widenedPool = sync.Pool{New: func() any { return new(widened) }}

// gemmHalfCall multiplies on the processor, in float32.
func gemmHalfCall[T half.Number](tA, tB bool) func(*Call) {
	return func(c *Call) {
		m, n, k := c.Hi-c.Lo, int(c.Uint(0)), int(c.Uint(1))
		lda, ldb, ldc := int(c.Uint(2)), int(c.Uint(3)), int(c.Uint(4))
		alpha, beta := c.Float32(5), c.Float32(6)
		out := Slice[float32](c, 2)
		if k == 0 { // A and B have no elements; transposed like this, gonum asks for none
			hostblas.Sgemm(blas.Trans, blas.NoTrans, m, n, 0, alpha, nil, m, nil, n, beta, out, ldc)
			return
		}
		a, b := Slice[T](c, 0), Slice[T](c, 1)
		if tA {
			a = a[c.Lo:]
		}
		w := widenedPool.Get().(*widened)
		for k0 := 0; k0 < k; k0 += gemmHalfDepth {
			depth := min(gemmHalfDepth, k-k0)
			var across, along int
			w.a, across = widen(w.a, a, !tA, m, lda, k0, depth)
			w.b, along = widen(w.b, b, tB, n, ldb, k0, depth)
			hostblas.Sgemm(transpose(tA), transpose(tB), m, n, depth, alpha, w.a, across, w.b, along, beta, out, ldc)
			beta = 1 // the rest is added to it
		}
		widenedPool.Put(w)
	}
}

// widen puts the part of a matrix that is depth deep, from k0 on, into dst without
// padding, and returns dst and its stride. The other extent is lines; alongDepth says
// that neighbours in memory are neighbours along the depth.
func widen[T half.Number](dst []float32, src []T, alongDepth bool, lines, stride, k0, depth int) ([]float32, int) {
	rows, cols, first := depth, lines, k0*stride
	if alongDepth {
		rows, cols, first = lines, depth, k0
	}
	if need := rows * cols; cap(dst) < need {
		dst = make([]float32, need)
	}
	dst = dst[:rows*cols]
	for r := range rows {
		half.Widen(dst[r*cols:(r+1)*cols], src[first+r*stride:][:cols])
	}
	return dst, max(1, cols)
}

// GemmHalf is [Gemm] of matrices of 16-bit numbers, [half.Float16] or [half.BFloat16],
// into one of float32: C = alpha*op(A)*op(B) + beta*C. The products are exact, and are
// added in float32, so that the bound is that of Gemm in float32 for the A and B that
// are given; what rounding them to 16 bits has cost is not in it. Sums on tensor
// cores, which cuBLAS uses, may be cut where those elsewhere are rounded, which at
// most doubles it.
//
// An index is a row of C.
func GemmHalf[T half.Number](tA, tB blas.Transpose, alpha float32, a, b Matrix[T], beta float32, c Matrix[float32]) Launch {
	kernels := gemmHalfKernels[b2i(isTrans(tA))][b2i(isTrans(tB))][b2i(beta != 0)]
	kernel := kernels[0]
	if _, brain := any(T(0)).(half.BFloat16); brain {
		kernel = kernels[1]
	}
	l := gemmLaunch(kernel(), tA, tB, float64(alpha), a.untyped(), b.untyped(), float64(beta), c.untyped())
	l.SetGrain(gemmHalfGrain)
	return l
}
