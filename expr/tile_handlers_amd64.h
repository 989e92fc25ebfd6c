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
#define AND(AT, Y) VPAND AT(SI), Y, Y
#define OR(AT, Y) VPOR AT(SI), Y, Y
#define XOR(AT, Y) VPXOR AT(SI), Y, Y
#define NOT(AT, Y) VPXOR ones<>(SB), Y, Y

TILES(tileLoad, tileLoadHalf, LOAD)
TILES(tileStore, tileStoreHalf, STORE)
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
HANDLERS(48, tileAnd, 56, tileAndHalf)
HANDLERS(64, tileOr, 72, tileOrHalf)
HANDLERS(80, tileXor, 88, tileXorHalf)
HANDLERS(96, tileNot, 104, tileNotHalf)
HANDLERS(112, tileSelect, 120, tileSelectHalf)
HANDLERS(128, tileSelectThen, 136, tileSelectThenHalf)
HANDLERS(144, tileSelectElse, 152, tileSelectElseHalf)
HANDLERS(160, tileAddF32, 168, tileAddF32Half)
HANDLERS(176, tileSubF32, 184, tileSubF32Half)
HANDLERS(192, tileSubFromF32, 200, tileSubFromF32Half)
HANDLERS(208, tileMulF32, 216, tileMulF32Half)
HANDLERS(224, tileSquareF32, 232, tileSquareF32Half)
HANDLERS(240, tileDivF32, 248, tileDivF32Half)
HANDLERS(256, tileDivFromF32, 264, tileDivFromF32Half)
HANDLERS(272, tileMinF32, 280, tileMinF32Half)
HANDLERS(288, tileMaxF32, 296, tileMaxF32Half)
HANDLERS(304, tileNegF32, 312, tileNegF32Half)
HANDLERS(320, tileAbsF32, 328, tileAbsF32Half)
HANDLERS(336, tileSqrtF32, 344, tileSqrtF32Half)
HANDLERS(352, tileRoundF32, 360, tileRoundF32Half)
HANDLERS(368, tileFloorF32, 376, tileFloorF32Half)
HANDLERS(384, tileCeilF32, 392, tileCeilF32Half)
HANDLERS(400, tileTruncF32, 408, tileTruncF32Half)
HANDLERS(416, tileLessF32, 424, tileLessF32Half)
HANDLERS(432, tileLessEqualF32, 440, tileLessEqualF32Half)
HANDLERS(448, tileGreaterF32, 456, tileGreaterF32Half)
HANDLERS(464, tileGreaterEqualF32, 472, tileGreaterEqualF32Half)
HANDLERS(480, tileEqualF32, 488, tileEqualF32Half)
HANDLERS(496, tileNotEqualF32, 504, tileNotEqualF32Half)
HANDLERS(512, tileSumF32, 520, tileSumF32Half)
HANDLERS(528, tileAdd32, 536, tileAdd32Half)
HANDLERS(544, tileSub32, 552, tileSub32Half)
HANDLERS(560, tileSubFrom32, 568, tileSubFrom32Half)
HANDLERS(576, tileMul32, 584, tileMul32Half)
HANDLERS(592, tileNeg32, 600, tileNeg32Half)
HANDLERS(608, tileAbsI32, 616, tileAbsI32Half)
HANDLERS(624, tileMinI32, 632, tileMinI32Half)
HANDLERS(640, tileMinU32, 648, tileMinU32Half)
HANDLERS(656, tileMaxI32, 664, tileMaxI32Half)
HANDLERS(672, tileMaxU32, 680, tileMaxU32Half)
HANDLERS(688, tileShl32, 696, tileShl32Half)
HANDLERS(704, tileShrI32, 712, tileShrI32Half)
HANDLERS(720, tileShrU32, 728, tileShrU32Half)
HANDLERS(736, tileLessI32, 744, tileLessI32Half)
HANDLERS(752, tileLessU32, 760, tileLessU32Half)
HANDLERS(768, tileGreaterI32, 776, tileGreaterI32Half)
HANDLERS(784, tileGreaterU32, 792, tileGreaterU32Half)
HANDLERS(800, tileEqual32, 808, tileEqual32Half)
HANDLERS(816, tileSum32, 824, tileSum32Half)
HANDLERS(832, tileCount32, 840, tileCount32Half)
HANDLERS(848, tileI32ToF32, 856, tileI32ToF32Half)
HANDLERS(864, tileU32ToF32, 872, tileU32ToF32Half)
HANDLERS(880, tileF32ToI32, 888, tileF32ToI32Half)
HANDLERS(896, tileF32ToU32, 904, tileF32ToU32Half)
HANDLER(912, tileAddF64)
HANDLER(920, tileSubF64)
HANDLER(928, tileSubFromF64)
HANDLER(936, tileMulF64)
HANDLER(944, tileSquareF64)
HANDLER(952, tileDivF64)
HANDLER(960, tileDivFromF64)
HANDLER(968, tileMinF64)
HANDLER(976, tileMaxF64)
HANDLER(984, tileNegF64)
HANDLER(992, tileAbsF64)
HANDLER(1000, tileSqrtF64)
HANDLER(1008, tileRoundF64)
HANDLER(1016, tileFloorF64)
HANDLER(1024, tileCeilF64)
HANDLER(1032, tileTruncF64)
HANDLER(1040, tileLessF64)
HANDLER(1048, tileLessEqualF64)
HANDLER(1056, tileGreaterF64)
HANDLER(1064, tileGreaterEqualF64)
HANDLER(1072, tileEqualF64)
HANDLER(1080, tileNotEqualF64)
HANDLER(1088, tileSumF64)
HANDLER(1096, tileAdd64)
HANDLER(1104, tileSub64)
HANDLER(1112, tileSubFrom64)
HANDLER(1120, tileMul64)
HANDLER(1128, tileNeg64)
HANDLER(1136, tileAbsI64)
HANDLER(1144, tileMinI64)
HANDLER(1152, tileMinU64)
HANDLER(1160, tileMaxI64)
HANDLER(1168, tileMaxU64)
HANDLER(1176, tileShl64)
HANDLER(1184, tileShrI64)
HANDLER(1192, tileShrU64)
HANDLER(1200, tileLessI64)
HANDLER(1208, tileLessU64)
HANDLER(1216, tileGreaterI64)
HANDLER(1224, tileGreaterU64)
HANDLER(1232, tileEqual64)
HANDLER(1240, tileSum64)
HANDLER(1248, tileCount64)
HANDLER(1256, tileI64ToF64)
HANDLER(1264, tileU64ToF64)
HANDLER(1272, tileF64To64)
HANDLER(1280, tileF32ToF64)
HANDLER(1288, tileI32ToF64)
HANDLER(1296, tileI32To64)
HANDLER(1304, tileU32To64)
HANDLER(1312, tile64To32)
HANDLER(1320, tileF64ToF32)
GLOBL tileHandlers<>(SB), RODATA, $1328
