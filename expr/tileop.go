package expr

// tileOp is an instruction of a machine with an accumulator, which holds a tile of
// an array in vector registers; tile_amd64.s says how, and has them in this order.
type tileOp uint8

// These are for numbers of 4 bytes, or of any size. The one after each is for half a
// tile, as numbers of 4 bytes have where others have 8.
const (
	tileTurn tileOp = 2 * iota
	tileLoad
	tileStore
	tileStream // tileStore past the caches, to addresses that are multiples of 32
	tileAnd
	tileOr
	tileXor
	tileNot
	tileSelect
	tileSelectThen
	tileSelectElse
	tileAddF32
	tileSubF32
	tileSubFromF32
	tileMulF32
	tileSquareF32
	tileDivF32
	tileDivFromF32
	tileMinF32
	tileMaxF32
	tileNegF32
	tileAbsF32
	tileSqrtF32
	tileRoundF32
	tileFloorF32
	tileCeilF32
	tileTruncF32
	tileLessF32
	tileLessEqualF32
	tileGreaterF32
	tileGreaterEqualF32
	tileEqualF32
	tileNotEqualF32
	tileSumF32
	tileAdd32
	tileSub32
	tileSubFrom32
	tileMul32
	tileNeg32
	tileAbsI32
	tileMinI32
	tileMinU32
	tileMaxI32
	tileMaxU32
	tileShl32
	tileShrI32
	tileShrU32
	tileLessI32
	tileLessU32
	tileGreaterI32
	tileGreaterU32
	tileEqual32
	tileSum32
	tileCount32
	tileI32ToF32
	tileU32ToF32
	tileF32ToI32
	tileF32ToU32
	tilePairs
)

// These are for numbers of 8 bytes, or make such of others, or others of such.
const (
	tileAddF64 tileOp = tilePairs + iota
	tileSubF64
	tileSubFromF64
	tileMulF64
	tileSquareF64
	tileDivF64
	tileDivFromF64
	tileMinF64
	tileMaxF64
	tileNegF64
	tileAbsF64
	tileSqrtF64
	tileRoundF64
	tileFloorF64
	tileCeilF64
	tileTruncF64
	tileLessF64
	tileLessEqualF64
	tileGreaterF64
	tileGreaterEqualF64
	tileEqualF64
	tileNotEqualF64
	tileSumF64
	tileAdd64
	tileSub64
	tileSubFrom64
	tileMul64
	tileNeg64
	tileAbsI64
	tileMinI64
	tileMinU64
	tileMaxI64
	tileMaxU64
	tileShl64
	tileShrI64
	tileShrU64
	tileLessI64
	tileLessU64
	tileGreaterI64
	tileGreaterU64
	tileEqual64
	tileSum64
	tileCount64
	tileI64ToF64
	tileU64ToF64
	tileF64To64
	tileF32ToF64
	tileI32ToF64
	tileI32To64
	tileU32To64
	tile64To32
	tileF64ToF32
	tileOps
)
