//go:build !race

package expr

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// The loops of vector_amd64.s, for a processor with AVX2. What they write is
// invisible to the race detector, so a build with that has none of them.
func init() {
	if cpu.X86.HasAVX2 {
		useVectors()
	}
}

// vectorStep is what the number of elements of a vector loop is a multiple of.
const vectorStep = 16

func useVectors() {
	for o, byKind := range [ops][kinds]loop{
		opAdd:       {float32s: vectorAddF32, float64s: vectorAddF64, int32s: vectorAdd32, uint32s: vectorAdd32, int64s: vectorAdd64, uint64s: vectorAdd64},
		opSub:       {float32s: vectorSubF32, float64s: vectorSubF64, int32s: vectorSub32, uint32s: vectorSub32, int64s: vectorSub64, uint64s: vectorSub64},
		opMul:       {float32s: vectorMulF32, float64s: vectorMulF64, int32s: vectorMul32, uint32s: vectorMul32},
		opDiv:       {float32s: vectorDivF32, float64s: vectorDivF64},
		opMin:       {float32s: vectorMinF32, float64s: vectorMinF64, int32s: vectorMinI32, uint32s: vectorMinU32},
		opMax:       {float32s: vectorMaxF32, float64s: vectorMaxF64, int32s: vectorMaxI32, uint32s: vectorMaxU32},
		opSqrt:      {float32s: vectorSqrtF32, float64s: vectorSqrtF64},
		opRound:     {float32s: vectorRoundF32, float64s: vectorRoundF64},
		opFloor:     {float32s: vectorFloorF32, float64s: vectorFloorF64},
		opCeil:      {float32s: vectorCeilF32, float64s: vectorCeilF64},
		opTrunc:     {float32s: vectorTruncF32, float64s: vectorTruncF64},
		opAbs:       {float32s: vectorAbsF32, float64s: vectorAbsF64},
		opNeg:       {float32s: vectorNegF32, float64s: vectorNegF64},
		opLess:      {float32s: vectorLessF32, float64s: vectorLessF64, int32s: vectorLessI32, int64s: vectorLessI64},
		opLessEqual: {float32s: vectorLessEqualF32, float64s: vectorLessEqualF64},
		opEqual:     {float32s: vectorEqualF32, float64s: vectorEqualF64, int32s: vectorEqual32, uint32s: vectorEqual32, int64s: vectorEqual64, uint64s: vectorEqual64},
		opNotEqual:  {float32s: vectorNotEqualF32, float64s: vectorNotEqualF64},
		opAnd:       {int32s: vectorAnd32, uint32s: vectorAnd32, int64s: vectorAnd64, uint64s: vectorAnd64, mask32: vectorAnd32, mask64: vectorAnd64},
		opOr:        {int32s: vectorOr32, uint32s: vectorOr32, int64s: vectorOr64, uint64s: vectorOr64, mask32: vectorOr32, mask64: vectorOr64},
		opXor:       {int32s: vectorXor32, uint32s: vectorXor32, int64s: vectorXor64, uint64s: vectorXor64, mask32: vectorXor32, mask64: vectorXor64},
		opNot:       {int32s: vectorNot32, uint32s: vectorNot32, int64s: vectorNot64, uint64s: vectorNot64, mask32: vectorNot32, mask64: vectorNot64},
		opWhere:     {float32s: vectorWhere32, float64s: vectorWhere64, int32s: vectorWhere32, uint32s: vectorWhere32, int64s: vectorWhere64, uint64s: vectorWhere64},
	} {
		for k, v := range byKind {
			if v != nil {
				size := kind(k).size()
				loops[o][k] = vectored(v, loops[o][k], op(o).arity(), size, size)
			}
		}
	}
	for from, byKind := range [kinds][kinds]loop{
		float32s: {float64s: vectorF32ToF64},
		float64s: {float32s: vectorF64ToF32},
		int32s:   {float32s: vectorI32ToF32, float64s: vectorI32ToF64, int64s: vectorI32ToI64, uint64s: vectorI32ToI64},
		mask32:   {mask64: vectorI32ToI64},
	} {
		for to, v := range byKind {
			if v != nil {
				convertLoops[from][to] = vectored(v, convertLoops[from][to], 1, kind(to).size(), kind(from).size())
			}
		}
	}
	sum32 = vectoredSum(vectorSumF32, sum32, 4)
	sum64 = vectoredSum(vectorSumF64, sum64, 8)
	squares32 = vectoredSum(vectorSquaresF32, squares32, 4)
	squares64 = vectoredSum(vectorSquaresF64, squares64, 8)
}

// vectored has the elements behind the last whole step done by the loop rest.
func vectored(v, rest loop, arity, result, input int) loop {
	return func(dst, a, b, c unsafe.Pointer, n int) {
		whole := n &^ (vectorStep - 1)
		if whole > 0 {
			v(dst, a, b, c, whole)
			if whole == n {
				return
			}
			dst, a = unsafe.Add(dst, whole*result), unsafe.Add(a, whole*input)
			if arity > 1 {
				b = unsafe.Add(b, whole*input)
			}
			if arity > 2 {
				c = unsafe.Add(c, whole*input)
			}
		}
		rest(dst, a, b, c, n-whole)
	}
}

func vectoredSum(v, rest func(unsafe.Pointer, int) float64, size int) func(unsafe.Pointer, int) float64 {
	return func(a unsafe.Pointer, n int) (sum float64) {
		whole := n &^ (vectorStep - 1)
		if whole > 0 {
			sum = v(a, whole)
			if whole == n {
				return sum
			}
		}
		return sum + rest(unsafe.Add(a, whole*size), n-whole)
	}
}

//go:noescape
func vectorAddF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorAddF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorSubF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorSubF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorMulF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorMulF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorDivF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorDivF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorMinF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorMinF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorMaxF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorMaxF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorSqrtF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorSqrtF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorRoundF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorRoundF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorFloorF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorFloorF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorCeilF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorCeilF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorTruncF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorTruncF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorAbsF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorAbsF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorNegF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorNegF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorLessF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorLessF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorLessEqualF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorLessEqualF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorEqualF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorEqualF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorNotEqualF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorNotEqualF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorAdd32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorAdd64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorSub32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorSub64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorMul32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorMinI32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorMinU32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorMaxI32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorMaxU32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorLessI32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorLessI64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorEqual32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorEqual64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorAnd32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorAnd64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorOr32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorOr64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorXor32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorXor64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorNot32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorNot64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorWhere32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorWhere64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorF32ToF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorI32ToF64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorI32ToI64(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorI32ToF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorF64ToF32(dst, a, b, c unsafe.Pointer, n int)

//go:noescape
func vectorSumF32(a unsafe.Pointer, n int) float64

//go:noescape
func vectorSumF64(a unsafe.Pointer, n int) float64

//go:noescape
func vectorSquaresF32(a unsafe.Pointer, n int) float64

//go:noescape
func vectorSquaresF64(a unsafe.Pointer, n int) float64
