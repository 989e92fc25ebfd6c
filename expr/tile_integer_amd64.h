// Integers. Comparisons that are missing are the opposite of others.
#define ADD_32(AT, Y) VPADDD AT(SI), Y, Y
#define ADD_64(AT, Y) VPADDQ AT(SI), Y, Y
#define SUB_32(AT, Y) VPSUBD AT(SI), Y, Y
#define SUB_64(AT, Y) VPSUBQ AT(SI), Y, Y
#define SUB_FROM_32(AT, Y) \
	VMOVDQU AT(SI), Y8 \
	VPSUBD  Y, Y8, Y
#define SUB_FROM_64(AT, Y) \
	VMOVDQU AT(SI), Y8 \
	VPSUBQ  Y, Y8, Y
#define MUL_32(AT, Y) VPMULLD AT(SI), Y, Y

// The product of the lower halves, and both mixed ones where that of the upper would
// be carried to.
#define MUL_64(AT, Y) \
	VMOVDQU  AT(SI), Y8   \
	VPSRLQ   $32, Y8, Y9  \
	VPSRLQ   $32, Y, Y10  \
	VPMULUDQ Y9, Y, Y9    \
	VPMULUDQ Y8, Y10, Y10 \
	VPADDQ   Y10, Y9, Y9  \
	VPSLLQ   $32, Y9, Y9  \
	VPMULUDQ Y8, Y, Y     \
	VPADDQ   Y9, Y, Y

#define NEG_32(AT, Y) \
	VPXOR  Y8, Y8, Y8 \
	VPSUBD Y, Y8, Y
#define NEG_64(AT, Y) \
	VPXOR  Y8, Y8, Y8 \
	VPSUBQ Y, Y8, Y
#define ABS_I32(AT, Y) VPABSD Y, Y
#define ABS_I64(AT, Y) \
	VPXOR    Y8, Y8, Y8 \
	VPCMPGTQ Y, Y8, Y8  \
	VPXOR    Y8, Y, Y   \
	VPSUBQ   Y8, Y, Y

#define MIN_I32(AT, Y) VPMINSD AT(SI), Y, Y
#define MIN_U32(AT, Y) VPMINUD AT(SI), Y, Y
#define MAX_I32(AT, Y) VPMAXSD AT(SI), Y, Y
#define MAX_U32(AT, Y) VPMAXUD AT(SI), Y, Y
#define MIN_I64(AT, Y) \
	VMOVDQU   AT(SI), Y8   \
	VPCMPGTQ  Y, Y8, Y9    \
	VBLENDVPD Y9, Y, Y8, Y
#define MAX_I64(AT, Y) \
	VMOVDQU   AT(SI), Y8   \
	VPCMPGTQ  Y, Y8, Y9    \
	VBLENDVPD Y9, Y8, Y, Y

// Without their signs' bits being different, numbers compare as those with a sign.
#define UNSIGNED(AT, Y) \
	VMOVDQU  AT(SI), Y8           \
	VPXOR    sign64<>(SB), Y8, Y9 \
	VPXOR    sign64<>(SB), Y, Y10
#define MIN_U64(AT, Y) \
	UNSIGNED(AT, Y)         \
	VPCMPGTQ  Y10, Y9, Y9   \
	VBLENDVPD Y9, Y, Y8, Y
#define MAX_U64(AT, Y) \
	UNSIGNED(AT, Y)         \
	VPCMPGTQ  Y10, Y9, Y9   \
	VBLENDVPD Y9, Y8, Y, Y

#define SHL_32(AT, Y) VPSLLVD AT(SI), Y, Y
#define SHL_64(AT, Y) VPSLLVQ AT(SI), Y, Y
#define SHR_I32(AT, Y) VPSRAVD AT(SI), Y, Y
#define SHR_U32(AT, Y) VPSRLVD AT(SI), Y, Y
#define SHR_U64(AT, Y) VPSRLVQ AT(SI), Y, Y
#define SHR_I64(AT, Y) \
	VPXOR    Y8, Y8, Y8   \
	VPCMPGTQ Y, Y8, Y8    \
	VPXOR    Y8, Y, Y     \
	VPSRLVQ  AT(SI), Y, Y \
	VPXOR    Y8, Y, Y

#define LESS_I32(AT, Y) \
	VMOVDQU  AT(SI), Y8 \
	VPCMPGTD Y, Y8, Y
#define GREATER_I32(AT, Y) VPCMPGTD AT(SI), Y, Y
#define LESS_I64(AT, Y) \
	VMOVDQU  AT(SI), Y8 \
	VPCMPGTQ Y, Y8, Y
#define GREATER_I64(AT, Y) VPCMPGTQ AT(SI), Y, Y
#define LESS_U32(AT, Y) \
	VPXOR    sign32<>(SB), Y, Y  \
	VMOVDQU  AT(SI), Y8          \
	VPXOR    sign32<>(SB), Y8, Y8 \
	VPCMPGTD Y, Y8, Y
#define GREATER_U32(AT, Y) \
	VPXOR    sign32<>(SB), Y, Y  \
	VMOVDQU  AT(SI), Y8          \
	VPXOR    sign32<>(SB), Y8, Y8 \
	VPCMPGTD Y8, Y, Y
#define LESS_U64(AT, Y) \
	UNSIGNED(AT, Y)  \
	VPCMPGTQ Y10, Y9, Y
#define GREATER_U64(AT, Y) \
	UNSIGNED(AT, Y)  \
	VPCMPGTQ Y9, Y10, Y
#define EQUAL_32(AT, Y) VPCMPEQD AT(SI), Y, Y
#define EQUAL_64(AT, Y) VPCMPEQQ AT(SI), Y, Y

TILES(tileAdd32, tileAdd32Half, ADD_32)
TILES(tileSub32, tileSub32Half, SUB_32)
TILES(tileSubFrom32, tileSubFrom32Half, SUB_FROM_32)
TILES(tileMul32, tileMul32Half, MUL_32)
TILES(tileNeg32, tileNeg32Half, NEG_32)
TILES(tileAbsI32, tileAbsI32Half, ABS_I32)
TILES(tileMinI32, tileMinI32Half, MIN_I32)
TILES(tileMinU32, tileMinU32Half, MIN_U32)
TILES(tileMaxI32, tileMaxI32Half, MAX_I32)
TILES(tileMaxU32, tileMaxU32Half, MAX_U32)
TILES(tileShl32, tileShl32Half, SHL_32)
TILES(tileShrI32, tileShrI32Half, SHR_I32)
TILES(tileShrU32, tileShrU32Half, SHR_U32)
TILES(tileLessI32, tileLessI32Half, LESS_I32)
TILES(tileLessU32, tileLessU32Half, LESS_U32)
TILES(tileGreaterI32, tileGreaterI32Half, GREATER_I32)
TILES(tileGreaterU32, tileGreaterU32Half, GREATER_U32)
TILES(tileEqual32, tileEqual32Half, EQUAL_32)

TILE(tileAdd64, ADD_64)
TILE(tileSub64, SUB_64)
TILE(tileSubFrom64, SUB_FROM_64)
TILE(tileMul64, MUL_64)
TILE(tileNeg64, NEG_64)
TILE(tileAbsI64, ABS_I64)
TILE(tileMinI64, MIN_I64)
TILE(tileMinU64, MIN_U64)
TILE(tileMaxI64, MAX_I64)
TILE(tileMaxU64, MAX_U64)
TILE(tileShl64, SHL_64)
TILE(tileShrI64, SHR_I64)
TILE(tileShrU64, SHR_U64)
TILE(tileLessI64, LESS_I64)
TILE(tileLessU64, LESS_U64)
TILE(tileGreaterI64, GREATER_I64)
TILE(tileGreaterU64, GREATER_U64)
TILE(tileEqual64, EQUAL_64)
