package expr

// tileForm is how the machine does an operation on values of a type: with the
// accumulator before the operand, or behind it. Where one of both is tileTurn, there is
// no such way.
type tileForm struct {
	forward, backward tileOp
	opposite          bool // of what is wanted
}

func both(o tileOp) tileForm    { return tileForm{forward: o, backward: o} }
func forward(o tileOp) tileForm { return tileForm{forward: o} }
func either(o, b tileOp) tileForm {
	return tileForm{forward: o, backward: b}
}

func opposite(o, b tileOp) tileForm {
	return tileForm{forward: o, backward: b, opposite: true}
}

// tileForms are by operation and the type of its inputs.
var tileForms = [ops][kinds]tileForm{
	opAdd: {
		float32s: both(tileAddF32), float64s: both(tileAddF64),
		int32s: both(tileAdd32), uint32s: both(tileAdd32), int64s: both(tileAdd64), uint64s: both(tileAdd64),
	},
	opSub: {
		float32s: either(tileSubF32, tileSubFromF32), float64s: either(tileSubF64, tileSubFromF64),
		int32s: either(tileSub32, tileSubFrom32), uint32s: either(tileSub32, tileSubFrom32),
		int64s: either(tileSub64, tileSubFrom64), uint64s: either(tileSub64, tileSubFrom64),
	},
	opMul: {
		float32s: both(tileMulF32), float64s: both(tileMulF64),
		int32s: both(tileMul32), uint32s: both(tileMul32), int64s: both(tileMul64), uint64s: both(tileMul64),
	},
	opDiv: {
		float32s: either(tileDivF32, tileDivFromF32), float64s: either(tileDivF64, tileDivFromF64),
	},
	opMin: {
		float32s: both(tileMinF32), float64s: both(tileMinF64),
		int32s: both(tileMinI32), uint32s: both(tileMinU32), int64s: both(tileMinI64), uint64s: both(tileMinU64),
	},
	opMax: {
		float32s: both(tileMaxF32), float64s: both(tileMaxF64),
		int32s: both(tileMaxI32), uint32s: both(tileMaxU32), int64s: both(tileMaxI64), uint64s: both(tileMaxU64),
	},
	opNeg: {
		float32s: forward(tileNegF32), float64s: forward(tileNegF64),
		int32s: forward(tileNeg32), uint32s: forward(tileNeg32), int64s: forward(tileNeg64), uint64s: forward(tileNeg64),
	},
	opAbs: {
		float32s: forward(tileAbsF32), float64s: forward(tileAbsF64), int32s: forward(tileAbsI32), int64s: forward(tileAbsI64),
	},
	opSqrt:  {float32s: forward(tileSqrtF32), float64s: forward(tileSqrtF64)},
	opFloor: {float32s: forward(tileFloorF32), float64s: forward(tileFloorF64)},
	opCeil:  {float32s: forward(tileCeilF32), float64s: forward(tileCeilF64)},
	opTrunc: {float32s: forward(tileTruncF32), float64s: forward(tileTruncF64)},
	opRound: {float32s: forward(tileRoundF32), float64s: forward(tileRoundF64)},
	opAnd:   bits(both(tileAnd)),
	opOr:    bits(both(tileOr)),
	opXor:   bits(both(tileXor)),
	opNot:   bits(forward(tileNot)),
	opShl: {
		int32s: forward(tileShl32), uint32s: forward(tileShl32), int64s: forward(tileShl64), uint64s: forward(tileShl64),
	},
	opShr: {
		int32s: forward(tileShrI32), uint32s: forward(tileShrU32), int64s: forward(tileShrI64), uint64s: forward(tileShrU64),
	},
	opLess: {
		float32s: either(tileLessF32, tileGreaterF32), float64s: either(tileLessF64, tileGreaterF64),
		int32s: either(tileLessI32, tileGreaterI32), uint32s: either(tileLessU32, tileGreaterU32),
		int64s: either(tileLessI64, tileGreaterI64), uint64s: either(tileLessU64, tileGreaterU64),
	},
	opLessEqual: {
		float32s: either(tileLessEqualF32, tileGreaterEqualF32), float64s: either(tileLessEqualF64, tileGreaterEqualF64),
		int32s: opposite(tileGreaterI32, tileLessI32), uint32s: opposite(tileGreaterU32, tileLessU32),
		int64s: opposite(tileGreaterI64, tileLessI64), uint64s: opposite(tileGreaterU64, tileLessU64),
	},
	opEqual: {
		float32s: both(tileEqualF32), float64s: both(tileEqualF64),
		int32s: both(tileEqual32), uint32s: both(tileEqual32), int64s: both(tileEqual64), uint64s: both(tileEqual64),
	},
	opNotEqual: {
		float32s: both(tileNotEqualF32), float64s: both(tileNotEqualF64),
		int32s: opposite(tileEqual32, tileEqual32), uint32s: opposite(tileEqual32, tileEqual32),
		int64s: opposite(tileEqual64, tileEqual64), uint64s: opposite(tileEqual64, tileEqual64),
	},
}

func bits(f tileForm) [kinds]tileForm {
	return [kinds]tileForm{int32s: f, uint32s: f, int64s: f, uint64s: f, mask32: f, mask64: f}
}

// tileSquares multiply the accumulator by itself.
var tileSquares = [kinds]tileOp{float32s: tileSquareF32, float64s: tileSquareF64}

// tileSums add the accumulator to the sums of the run, and tileCounts those of its
// elements that are true.
var (
	tileSums = [kinds]tileOp{
		float32s: tileSumF32, float64s: tileSumF64,
		int32s: tileSum32, uint32s: tileSum32, int64s: tileSum64, uint64s: tileSum64,
	}
	tileCounts = [kinds]tileOp{mask32: tileCount32, mask64: tileCount64}
)

// tileConversions are one after the other, by the types of the value and of the
// result. Those of long integers to float32 are missing: by way of float64 they would be
// rounded twice.
var tileConversions = [kinds][kinds][]tileOp{
	float32s: {
		float64s: {tileF32ToF64}, int32s: {tileF32ToI32}, uint32s: {tileF32ToU32},
		int64s: {tileF32ToF64, tileF64To64}, uint64s: {tileF32ToF64, tileF64To64},
	},
	float64s: {
		float32s: {tileF64ToF32}, int32s: {tileF64To64, tile64To32}, uint32s: {tileF64To64, tile64To32},
		int64s: {tileF64To64}, uint64s: {tileF64To64},
	},
	int32s: {
		float32s: {tileI32ToF32}, float64s: {tileI32ToF64}, uint32s: {}, int64s: {tileI32To64}, uint64s: {tileI32To64},
	},
	uint32s: {
		float32s: {tileU32ToF32}, float64s: {tileU32To64, tileU64ToF64}, int32s: {}, int64s: {tileU32To64}, uint64s: {tileU32To64},
	},
	int64s:  {float64s: {tileI64ToF64}, int32s: {tile64To32}, uint32s: {tile64To32}, uint64s: {}},
	uint64s: {float64s: {tileU64ToF64}, int32s: {tile64To32}, uint32s: {tile64To32}, int64s: {}},
	mask32:  {mask64: {tileI32To64}},
	mask64:  {mask32: {tile64To32}},
}
