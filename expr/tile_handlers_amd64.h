// The handlers of the machine of tile_amd64.s and, by tileOp, the table of their
// addresses. Their names are those of one file, so each that includes this one has
// handlers of its own.

#define DISPATCH \
	MOVQ  16(R8), DX \
	IMULQ AX, DX     \
	ADDQ  8(R8), DX  \
	MOVQ  DX, SI     \
	MOVQ  (R8), BX   \
	JMP   BX

#define NEXT \
	ADDQ $24, R8 \
	DISPATCH

#define TURN(NAME, ELEMENTS) \
TEXT NAME<>(SB), NOSPLIT, $0-0 \
	ADDQ $ELEMENTS, AX     \
	CMPQ AX, CX            \
	JAE  done              \
	MOVQ R9, R8            \
	DISPATCH               \
done:                          \
	VMOVUPD Y12, (R10)     \
	VMOVUPD Y13, 32(R10)   \
	VMOVUPD Y14, 64(R10)   \
	VMOVUPD Y15, 96(R10)   \
	VZEROUPPER             \
	RET

TURN(tileTurn, 64)
TURN(tileTurnHalf, 32)

// DO is a macro of the place in the operand and the register.
#define LOWER(DO) \
	DO(0, Y0)  \
	DO(32, Y1) \
	DO(64, Y2) \
	DO(96, Y3)

#define UPPER(DO) \
	DO(128, Y4) \
	DO(160, Y5) \
	DO(192, Y6) \
	DO(224, Y7)

#define TILE(NAME, DO) \
TEXT NAME<>(SB), NOSPLIT, $0-0 \
	LOWER(DO) \
	UPPER(DO) \
	NEXT

#define TILES(NAME, HALF, DO) \
TILE(NAME, DO)                 \
TEXT HALF<>(SB), NOSPLIT, $0-0 \
	LOWER(DO)              \
	NEXT

#define CONSTANT(NAME, BITS) \
DATA NAME<>+0(SB)/8, $BITS  \
DATA NAME<>+8(SB)/8, $BITS  \
DATA NAME<>+16(SB)/8, $BITS \
DATA NAME<>+24(SB)/8, $BITS \
GLOBL NAME<>(SB), RODATA|NOPTR, $32

CONSTANT(ones, 0xffffffffffffffff)
CONSTANT(sign32, 0x8000000080000000)
CONSTANT(sign64, 0x8000000000000000)
CONSTANT(rest32, 0x7fffffff7fffffff)
CONSTANT(rest64, 0x7fffffffffffffff)

// Operations that no type matters to but its size.
#define LOAD(AT, Y) VMOVUPS AT(SI), Y
#define STORE(AT, Y) VMOVUPS Y, AT(SI)
#define STREAM(AT, Y) VMOVNTPS Y, AT(SI)
#define AND(AT, Y) VPAND AT(SI), Y, Y
#define OR(AT, Y) VPOR AT(SI), Y, Y
#define XOR(AT, Y) VPXOR AT(SI), Y, Y
#define NOT(AT, Y) VPXOR ones<>(SB), Y, Y

TILES(tileLoad, tileLoadHalf, LOAD)
TILES(tileStore, tileStoreHalf, STORE)
TILES(tileStream, tileStreamHalf, STREAM)
TILES(tileAnd, tileAndHalf, AND)
TILES(tileOr, tileOrHalf, OR)
TILES(tileXor, tileXorHalf, XOR)
TILES(tileNot, tileNotHalf, NOT)

// A selection has another operand, in DI, which is that of a second instruction.
#define SECOND \
	MOVQ  40(R8), DI \
	IMULQ AX, DI     \
	ADDQ  32(R8), DI \
	ADDQ  $24, R8

#define SELECTIONS(NAME, HALF, DO) \
TEXT NAME<>(SB), NOSPLIT, $0-0 \
	SECOND                 \
	LOWER(DO)              \
	UPPER(DO)              \
	NEXT                   \
TEXT HALF<>(SB), NOSPLIT, $0-0 \
	SECOND                 \
	LOWER(DO)              \
	NEXT

// The accumulator is the condition, what is taken where it holds, or the other.
#define SELECT(AT, Y) \
	VMOVUPS   AT(DI), Y8        \
	VBLENDVPS Y, AT(SI), Y8, Y
#define SELECT_THEN(AT, Y) \
	VMOVUPS   AT(SI), Y8  \
	VMOVUPS   AT(DI), Y9  \
	VBLENDVPS Y8, Y, Y9, Y
#define SELECT_ELSE(AT, Y) \
	VMOVUPS   AT(SI), Y8      \
	VBLENDVPS Y8, AT(DI), Y, Y

SELECTIONS(tileSelect, tileSelectHalf, SELECT)
SELECTIONS(tileSelectThen, tileSelectThenHalf, SELECT_THEN)
SELECTIONS(tileSelectElse, tileSelectElseHalf, SELECT_ELSE)

#include "tile_float_amd64.h"
#include "tile_integer_amd64.h"
#include "tile_convert_amd64.h"

// The order is that of the constants in tileop.go.
#define HANDLER(AT, NAME) DATA tileHandlers<>+AT(SB)/8, $NAME<>(SB)
#define HANDLERS(AT, NAME, AT_HALF, HALF) \
	HANDLER(AT, NAME) \
	HANDLER(AT_HALF, HALF)

HANDLERS(0, tileTurn, 8, tileTurnHalf)
HANDLERS(16, tileLoad, 24, tileLoadHalf)
HANDLERS(32, tileStore, 40, tileStoreHalf)
HANDLERS(48, tileStream, 56, tileStreamHalf)
HANDLERS(64, tileAnd, 72, tileAndHalf)
HANDLERS(80, tileOr, 88, tileOrHalf)
HANDLERS(96, tileXor, 104, tileXorHalf)
HANDLERS(112, tileNot, 120, tileNotHalf)
HANDLERS(128, tileSelect, 136, tileSelectHalf)
HANDLERS(144, tileSelectThen, 152, tileSelectThenHalf)
HANDLERS(160, tileSelectElse, 168, tileSelectElseHalf)
HANDLERS(176, tileAddF32, 184, tileAddF32Half)
HANDLERS(192, tileSubF32, 200, tileSubF32Half)
HANDLERS(208, tileSubFromF32, 216, tileSubFromF32Half)
HANDLERS(224, tileMulF32, 232, tileMulF32Half)
HANDLERS(240, tileSquareF32, 248, tileSquareF32Half)
HANDLERS(256, tileDivF32, 264, tileDivF32Half)
HANDLERS(272, tileDivFromF32, 280, tileDivFromF32Half)
HANDLERS(288, tileMinF32, 296, tileMinF32Half)
HANDLERS(304, tileMaxF32, 312, tileMaxF32Half)
HANDLERS(320, tileNegF32, 328, tileNegF32Half)
HANDLERS(336, tileAbsF32, 344, tileAbsF32Half)
HANDLERS(352, tileSqrtF32, 360, tileSqrtF32Half)
HANDLERS(368, tileRoundF32, 376, tileRoundF32Half)
HANDLERS(384, tileFloorF32, 392, tileFloorF32Half)
HANDLERS(400, tileCeilF32, 408, tileCeilF32Half)
HANDLERS(416, tileTruncF32, 424, tileTruncF32Half)
HANDLERS(432, tileLessF32, 440, tileLessF32Half)
HANDLERS(448, tileLessEqualF32, 456, tileLessEqualF32Half)
HANDLERS(464, tileGreaterF32, 472, tileGreaterF32Half)
HANDLERS(480, tileGreaterEqualF32, 488, tileGreaterEqualF32Half)
HANDLERS(496, tileEqualF32, 504, tileEqualF32Half)
HANDLERS(512, tileNotEqualF32, 520, tileNotEqualF32Half)
HANDLERS(528, tileSumF32, 536, tileSumF32Half)
HANDLERS(544, tileAdd32, 552, tileAdd32Half)
HANDLERS(560, tileSub32, 568, tileSub32Half)
HANDLERS(576, tileSubFrom32, 584, tileSubFrom32Half)
HANDLERS(592, tileMul32, 600, tileMul32Half)
HANDLERS(608, tileNeg32, 616, tileNeg32Half)
HANDLERS(624, tileAbsI32, 632, tileAbsI32Half)
HANDLERS(640, tileMinI32, 648, tileMinI32Half)
HANDLERS(656, tileMinU32, 664, tileMinU32Half)
HANDLERS(672, tileMaxI32, 680, tileMaxI32Half)
HANDLERS(688, tileMaxU32, 696, tileMaxU32Half)
HANDLERS(704, tileShl32, 712, tileShl32Half)
HANDLERS(720, tileShrI32, 728, tileShrI32Half)
HANDLERS(736, tileShrU32, 744, tileShrU32Half)
HANDLERS(752, tileLessI32, 760, tileLessI32Half)
HANDLERS(768, tileLessU32, 776, tileLessU32Half)
HANDLERS(784, tileGreaterI32, 792, tileGreaterI32Half)
HANDLERS(800, tileGreaterU32, 808, tileGreaterU32Half)
HANDLERS(816, tileEqual32, 824, tileEqual32Half)
HANDLERS(832, tileSum32, 840, tileSum32Half)
HANDLERS(848, tileCount32, 856, tileCount32Half)
HANDLERS(864, tileI32ToF32, 872, tileI32ToF32Half)
HANDLERS(880, tileU32ToF32, 888, tileU32ToF32Half)
HANDLERS(896, tileF32ToI32, 904, tileF32ToI32Half)
HANDLERS(912, tileF32ToU32, 920, tileF32ToU32Half)
HANDLER(928, tileAddF64)
HANDLER(936, tileSubF64)
HANDLER(944, tileSubFromF64)
HANDLER(952, tileMulF64)
HANDLER(960, tileSquareF64)
HANDLER(968, tileDivF64)
HANDLER(976, tileDivFromF64)
HANDLER(984, tileMinF64)
HANDLER(992, tileMaxF64)
HANDLER(1000, tileNegF64)
HANDLER(1008, tileAbsF64)
HANDLER(1016, tileSqrtF64)
HANDLER(1024, tileRoundF64)
HANDLER(1032, tileFloorF64)
HANDLER(1040, tileCeilF64)
HANDLER(1048, tileTruncF64)
HANDLER(1056, tileLessF64)
HANDLER(1064, tileLessEqualF64)
HANDLER(1072, tileGreaterF64)
HANDLER(1080, tileGreaterEqualF64)
HANDLER(1088, tileEqualF64)
HANDLER(1096, tileNotEqualF64)
HANDLER(1104, tileSumF64)
HANDLER(1112, tileAdd64)
HANDLER(1120, tileSub64)
HANDLER(1128, tileSubFrom64)
HANDLER(1136, tileMul64)
HANDLER(1144, tileNeg64)
HANDLER(1152, tileAbsI64)
HANDLER(1160, tileMinI64)
HANDLER(1168, tileMinU64)
HANDLER(1176, tileMaxI64)
HANDLER(1184, tileMaxU64)
HANDLER(1192, tileShl64)
HANDLER(1200, tileShrI64)
HANDLER(1208, tileShrU64)
HANDLER(1216, tileLessI64)
HANDLER(1224, tileLessU64)
HANDLER(1232, tileGreaterI64)
HANDLER(1240, tileGreaterU64)
HANDLER(1248, tileEqual64)
HANDLER(1256, tileSum64)
HANDLER(1264, tileCount64)
HANDLER(1272, tileI64ToF64)
HANDLER(1280, tileU64ToF64)
HANDLER(1288, tileF64To64)
HANDLER(1296, tileF32ToF64)
HANDLER(1304, tileI32ToF64)
HANDLER(1312, tileI32To64)
HANDLER(1320, tileU32To64)
HANDLER(1328, tile64To32)
HANDLER(1336, tileF64ToF32)
GLOBL tileHandlers<>(SB), RODATA, $1344
