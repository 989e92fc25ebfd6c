// Floating-point numbers. What ends in FROM has the accumulator behind.
#define ADD_F32(AT, Y) VADDPS AT(SI), Y, Y
#define ADD_F64(AT, Y) VADDPD AT(SI), Y, Y
#define SUB_F32(AT, Y) VSUBPS AT(SI), Y, Y
#define SUB_F64(AT, Y) VSUBPD AT(SI), Y, Y
#define SUB_FROM_F32(AT, Y) \
	VMOVUPS AT(SI), Y8 \
	VSUBPS  Y, Y8, Y
#define SUB_FROM_F64(AT, Y) \
	VMOVUPS AT(SI), Y8 \
	VSUBPD  Y, Y8, Y
#define MUL_F32(AT, Y) VMULPS AT(SI), Y, Y
#define MUL_F64(AT, Y) VMULPD AT(SI), Y, Y
#define SQUARE_F32(AT, Y) VMULPS Y, Y, Y
#define SQUARE_F64(AT, Y) VMULPD Y, Y, Y
#define DIV_F32(AT, Y) VDIVPS AT(SI), Y, Y
#define DIV_F64(AT, Y) VDIVPD AT(SI), Y, Y
#define DIV_FROM_F32(AT, Y) \
	VMOVUPS AT(SI), Y8 \
	VDIVPS  Y, Y8, Y
#define DIV_FROM_F64(AT, Y) \
	VMOVUPS AT(SI), Y8 \
	VDIVPD  Y, Y8, Y
#define NEG_F32(AT, Y) VPXOR sign32<>(SB), Y, Y
#define NEG_F64(AT, Y) VPXOR sign64<>(SB), Y, Y
#define ABS_F32(AT, Y) VPAND rest32<>(SB), Y, Y
#define ABS_F64(AT, Y) VPAND rest64<>(SB), Y, Y
#define SQRT_F32(AT, Y) VSQRTPS Y, Y
#define SQRT_F64(AT, Y) VSQRTPD Y, Y
#define ROUND_F32(AT, Y) VROUNDPS $0, Y, Y
#define ROUND_F64(AT, Y) VROUNDPD $0, Y, Y
#define FLOOR_F32(AT, Y) VROUNDPS $1, Y, Y
#define FLOOR_F64(AT, Y) VROUNDPD $1, Y, Y
#define CEIL_F32(AT, Y) VROUNDPS $2, Y, Y
#define CEIL_F64(AT, Y) VROUNDPD $2, Y, Y
#define TRUNC_F32(AT, Y) VROUNDPS $3, Y, Y
#define TRUNC_F64(AT, Y) VROUNDPD $3, Y, Y

// Go's min and max: see vector_amd64.s.
#define MIN_F32(AT, Y) \
	VMOVUPS AT(SI), Y8 \
	VMINPS  Y, Y8, Y9  \
	VMINPS  Y8, Y, Y   \
	VORPS   Y9, Y, Y
#define MIN_F64(AT, Y) \
	VMOVUPS AT(SI), Y8 \
	VMINPD  Y, Y8, Y9  \
	VMINPD  Y8, Y, Y   \
	VORPD   Y9, Y, Y
#define MAX_F32(AT, Y) \
	VMOVUPS AT(SI), Y8     \
	VCMPPS  $3, Y, Y8, Y10 \
	VMAXPS  Y, Y8, Y9      \
	VMAXPS  Y8, Y, Y       \
	VANDPS  Y9, Y, Y       \
	VORPS   Y10, Y, Y
#define MAX_F64(AT, Y) \
	VMOVUPS AT(SI), Y8     \
	VCMPPD  $3, Y, Y8, Y10 \
	VMAXPD  Y, Y8, Y9      \
	VMAXPD  Y8, Y, Y       \
	VANDPD  Y9, Y, Y       \
	VORPD   Y10, Y, Y

#define LESS_F32(AT, Y) VCMPPS $0x11, AT(SI), Y, Y
#define LESS_F64(AT, Y) VCMPPD $0x11, AT(SI), Y, Y
#define LESS_EQUAL_F32(AT, Y) VCMPPS $0x12, AT(SI), Y, Y
#define LESS_EQUAL_F64(AT, Y) VCMPPD $0x12, AT(SI), Y, Y
#define GREATER_F32(AT, Y) VCMPPS $0x1e, AT(SI), Y, Y
#define GREATER_F64(AT, Y) VCMPPD $0x1e, AT(SI), Y, Y
#define GREATER_EQUAL_F32(AT, Y) VCMPPS $0x1d, AT(SI), Y, Y
#define GREATER_EQUAL_F64(AT, Y) VCMPPD $0x1d, AT(SI), Y, Y
#define EQUAL_F32(AT, Y) VCMPPS $0, AT(SI), Y, Y
#define EQUAL_F64(AT, Y) VCMPPD $0, AT(SI), Y, Y
#define NOT_EQUAL_F32(AT, Y) VCMPPS $4, AT(SI), Y, Y
#define NOT_EQUAL_F64(AT, Y) VCMPPD $4, AT(SI), Y, Y

TILES(tileAddF32, tileAddF32Half, ADD_F32)
TILES(tileSubF32, tileSubF32Half, SUB_F32)
TILES(tileSubFromF32, tileSubFromF32Half, SUB_FROM_F32)
TILES(tileMulF32, tileMulF32Half, MUL_F32)
TILES(tileSquareF32, tileSquareF32Half, SQUARE_F32)
TILES(tileDivF32, tileDivF32Half, DIV_F32)
TILES(tileDivFromF32, tileDivFromF32Half, DIV_FROM_F32)
TILES(tileMinF32, tileMinF32Half, MIN_F32)
TILES(tileMaxF32, tileMaxF32Half, MAX_F32)
TILES(tileNegF32, tileNegF32Half, NEG_F32)
TILES(tileAbsF32, tileAbsF32Half, ABS_F32)
TILES(tileSqrtF32, tileSqrtF32Half, SQRT_F32)
TILES(tileRoundF32, tileRoundF32Half, ROUND_F32)
TILES(tileFloorF32, tileFloorF32Half, FLOOR_F32)
TILES(tileCeilF32, tileCeilF32Half, CEIL_F32)
TILES(tileTruncF32, tileTruncF32Half, TRUNC_F32)
TILES(tileLessF32, tileLessF32Half, LESS_F32)
TILES(tileLessEqualF32, tileLessEqualF32Half, LESS_EQUAL_F32)
TILES(tileGreaterF32, tileGreaterF32Half, GREATER_F32)
TILES(tileGreaterEqualF32, tileGreaterEqualF32Half, GREATER_EQUAL_F32)
TILES(tileEqualF32, tileEqualF32Half, EQUAL_F32)
TILES(tileNotEqualF32, tileNotEqualF32Half, NOT_EQUAL_F32)

TILE(tileAddF64, ADD_F64)
TILE(tileSubF64, SUB_F64)
TILE(tileSubFromF64, SUB_FROM_F64)
TILE(tileMulF64, MUL_F64)
TILE(tileSquareF64, SQUARE_F64)
TILE(tileDivF64, DIV_F64)
TILE(tileDivFromF64, DIV_FROM_F64)
TILE(tileMinF64, MIN_F64)
TILE(tileMaxF64, MAX_F64)
TILE(tileNegF64, NEG_F64)
TILE(tileAbsF64, ABS_F64)
TILE(tileSqrtF64, SQRT_F64)
TILE(tileRoundF64, ROUND_F64)
TILE(tileFloorF64, FLOOR_F64)
TILE(tileCeilF64, CEIL_F64)
TILE(tileTruncF64, TRUNC_F64)
TILE(tileLessF64, LESS_F64)
TILE(tileLessEqualF64, LESS_EQUAL_F64)
TILE(tileGreaterF64, GREATER_F64)
TILE(tileGreaterEqualF64, GREATER_EQUAL_F64)
TILE(tileEqualF64, EQUAL_F64)
TILE(tileNotEqualF64, NOT_EQUAL_F64)

#define SUM_F32(X, Y, TO, AND_TO) \
	VCVTPS2PD    X, Y8      \
	VEXTRACTF128 $1, Y, X9  \
	VCVTPS2PD    X9, Y9     \
	VADDPD       Y8, TO, TO \
	VADDPD       Y9, AND_TO, AND_TO

TEXT tileSumF32<>(SB), NOSPLIT, $0-0
	SUM_F32(X0, Y0, Y12, Y13)
	SUM_F32(X1, Y1, Y14, Y15)
	SUM_F32(X2, Y2, Y12, Y13)
	SUM_F32(X3, Y3, Y14, Y15)
	SUM_F32(X4, Y4, Y12, Y13)
	SUM_F32(X5, Y5, Y14, Y15)
	SUM_F32(X6, Y6, Y12, Y13)
	SUM_F32(X7, Y7, Y14, Y15)
	NEXT

TEXT tileSumF32Half<>(SB), NOSPLIT, $0-0
	SUM_F32(X0, Y0, Y12, Y13)
	SUM_F32(X1, Y1, Y14, Y15)
	SUM_F32(X2, Y2, Y12, Y13)
	SUM_F32(X3, Y3, Y14, Y15)
	NEXT

#define SUM_LOWER(OP) \
	OP Y0, Y12, Y12 \
	OP Y1, Y13, Y13 \
	OP Y2, Y14, Y14 \
	OP Y3, Y15, Y15

#define SUM_UPPER(OP) \
	OP Y4, Y12, Y12 \
	OP Y5, Y13, Y13 \
	OP Y6, Y14, Y14 \
	OP Y7, Y15, Y15

#define SUM(NAME, OP) \
TEXT NAME<>(SB), NOSPLIT, $0-0 \
	SUM_LOWER(OP) \
	SUM_UPPER(OP) \
	NEXT

#define SUM_HALF(NAME, OP) \
TEXT NAME<>(SB), NOSPLIT, $0-0 \
	SUM_LOWER(OP) \
	NEXT

// To count conditions is to take away as many times -1.
SUM(tileSumF64, VADDPD)
SUM(tileSum32, VPADDD)
SUM_HALF(tileSum32Half, VPADDD)
SUM(tileSum64, VPADDQ)
SUM(tileCount32, VPSUBD)
SUM_HALF(tileCount32Half, VPSUBD)
SUM(tileCount64, VPSUBQ)
