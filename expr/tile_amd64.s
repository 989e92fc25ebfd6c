//go:build !race

#include "textflag.h"

// A machine with one register, the accumulator: a tile of 256 bytes in Y0 to Y7. An
// instruction is three words: the address of its handler, that of its operand, and
// what the offset of the tile counts for in that, all ones for an array and 0 for
// what is the same for each tile. Y12 to Y15 are sums of the whole run.
//
// R8 is the instruction, R9 the first one, AX the tile's offset, CX where the tiles
// end, R10 where the sums go, SI the operand. No handler has a frame: they jump to
// each other, and the last one returns to who called runTiles.

#define DISPATCH \
	MOVQ 8(R8), SI  \
	MOVQ 16(R8), DX \
	ANDQ AX, DX     \
	ADDQ DX, SI     \
	MOVQ (R8), BX   \
	JMP  BX

#define NEXT \
	ADDQ $24, R8 \
	DISPATCH

// func runTiles(code *tileInstruction, end int, sums *[16]float64)
TEXT ·runTiles(SB), NOSPLIT, $0-24
	MOVQ   code+0(FP), R9
	MOVQ   end+8(FP), CX
	MOVQ   sums+16(FP), R10
	VXORPD Y12, Y12, Y12
	VXORPD Y13, Y13, Y13
	VXORPD Y14, Y14, Y14
	VXORPD Y15, Y15, Y15
	XORQ   AX, AX
	MOVQ   R9, R8
	DISPATCH

TEXT tileTurn<>(SB), NOSPLIT, $0-0
	ADDQ $256, AX
	CMPQ AX, CX
	JAE  done
	MOVQ R9, R8
	DISPATCH

done:
	VMOVUPD Y12, (R10)
	VMOVUPD Y13, 32(R10)
	VMOVUPD Y14, 64(R10)
	VMOVUPD Y15, 96(R10)
	VZEROUPPER
	RET

TEXT tileLoad<>(SB), NOSPLIT, $0-0
	VMOVUPS (SI), Y0
	VMOVUPS 32(SI), Y1
	VMOVUPS 64(SI), Y2
	VMOVUPS 96(SI), Y3
	VMOVUPS 128(SI), Y4
	VMOVUPS 160(SI), Y5
	VMOVUPS 192(SI), Y6
	VMOVUPS 224(SI), Y7
	NEXT

TEXT tileStore<>(SB), NOSPLIT, $0-0
	VMOVUPS Y0, (SI)
	VMOVUPS Y1, 32(SI)
	VMOVUPS Y2, 64(SI)
	VMOVUPS Y3, 96(SI)
	VMOVUPS Y4, 128(SI)
	VMOVUPS Y5, 160(SI)
	VMOVUPS Y6, 192(SI)
	VMOVUPS Y7, 224(SI)
	NEXT

// accumulator OP operand
#define FORWARD(NAME, OP) \
TEXT NAME<>(SB), NOSPLIT, $0-0 \
	OP (SI), Y0, Y0     \
	OP 32(SI), Y1, Y1   \
	OP 64(SI), Y2, Y2   \
	OP 96(SI), Y3, Y3   \
	OP 128(SI), Y4, Y4  \
	OP 160(SI), Y5, Y5  \
	OP 192(SI), Y6, Y6  \
	OP 224(SI), Y7, Y7  \
	NEXT

// operand OP accumulator
#define BACKWARD(NAME, OP) \
TEXT NAME<>(SB), NOSPLIT, $0-0 \
	VMOVUPS (SI), Y8    \
	VMOVUPS 32(SI), Y9  \
	VMOVUPS 64(SI), Y10 \
	VMOVUPS 96(SI), Y11 \
	OP Y0, Y8, Y0       \
	OP Y1, Y9, Y1       \
	OP Y2, Y10, Y2      \
	OP Y3, Y11, Y3      \
	VMOVUPS 128(SI), Y8 \
	VMOVUPS 160(SI), Y9 \
	VMOVUPS 192(SI), Y10 \
	VMOVUPS 224(SI), Y11 \
	OP Y4, Y8, Y4       \
	OP Y5, Y9, Y5       \
	OP Y6, Y10, Y6      \
	OP Y7, Y11, Y7      \
	NEXT

// accumulator OP accumulator
#define ITSELF(NAME, OP) \
TEXT NAME<>(SB), NOSPLIT, $0-0 \
	OP Y0, Y0, Y0 \
	OP Y1, Y1, Y1 \
	OP Y2, Y2, Y2 \
	OP Y3, Y3, Y3 \
	OP Y4, Y4, Y4 \
	OP Y5, Y5, Y5 \
	OP Y6, Y6, Y6 \
	OP Y7, Y7, Y7 \
	NEXT

#define ALONE(NAME, OP) \
TEXT NAME<>(SB), NOSPLIT, $0-0 \
	OP Y0, Y0 \
	OP Y1, Y1 \
	OP Y2, Y2 \
	OP Y3, Y3 \
	OP Y4, Y4 \
	OP Y5, Y5 \
	OP Y6, Y6 \
	OP Y7, Y7 \
	NEXT

// accumulator OP the 64 bits of MASK, again and again
#define WITH_BITS(NAME, MASK, OP) \
TEXT NAME<>(SB), NOSPLIT, $0-0 \
	MOVQ $MASK, BX     \
	MOVQ BX, X8        \
	VPBROADCASTQ X8, Y8 \
	OP Y8, Y0, Y0      \
	OP Y8, Y1, Y1      \
	OP Y8, Y2, Y2      \
	OP Y8, Y3, Y3      \
	OP Y8, Y4, Y4      \
	OP Y8, Y5, Y5      \
	OP Y8, Y6, Y6      \
	OP Y8, Y7, Y7      \
	NEXT

// Go's min and max: see vector_amd64.s.
#define LESSER_OF(AT, Y, OP, OR) \
	VMOVUPS AT(SI), Y8 \
	OP Y, Y8, Y9       \
	OP Y8, Y, Y        \
	OR Y9, Y, Y

#define LESSER(NAME, OP, OR) \
TEXT NAME<>(SB), NOSPLIT, $0-0    \
	LESSER_OF(0, Y0, OP, OR)   \
	LESSER_OF(32, Y1, OP, OR)  \
	LESSER_OF(64, Y2, OP, OR)  \
	LESSER_OF(96, Y3, OP, OR)  \
	LESSER_OF(128, Y4, OP, OR) \
	LESSER_OF(160, Y5, OP, OR) \
	LESSER_OF(192, Y6, OP, OR) \
	LESSER_OF(224, Y7, OP, OR) \
	NEXT

#define GREATER_OF(AT, Y, OP, AND, OR, COMPARED) \
	VMOVUPS AT(SI), Y8     \
	COMPARED $3, Y, Y8, Y10 \
	OP Y, Y8, Y9           \
	OP Y8, Y, Y            \
	AND Y9, Y, Y           \
	OR Y10, Y, Y

#define GREATER(NAME, OP, AND, OR, COMPARED) \
TEXT NAME<>(SB), NOSPLIT, $0-0                   \
	GREATER_OF(0, Y0, OP, AND, OR, COMPARED)  \
	GREATER_OF(32, Y1, OP, AND, OR, COMPARED) \
	GREATER_OF(64, Y2, OP, AND, OR, COMPARED) \
	GREATER_OF(96, Y3, OP, AND, OR, COMPARED) \
	GREATER_OF(128, Y4, OP, AND, OR, COMPARED) \
	GREATER_OF(160, Y5, OP, AND, OR, COMPARED) \
	GREATER_OF(192, Y6, OP, AND, OR, COMPARED) \
	GREATER_OF(224, Y7, OP, AND, OR, COMPARED) \
	NEXT

FORWARD(tileAddF32, VADDPS)
FORWARD(tileAddF64, VADDPD)
FORWARD(tileSubF32, VSUBPS)
FORWARD(tileSubF64, VSUBPD)
FORWARD(tileMulF32, VMULPS)
FORWARD(tileMulF64, VMULPD)
FORWARD(tileDivF32, VDIVPS)
FORWARD(tileDivF64, VDIVPD)
BACKWARD(tileSubFromF32, VSUBPS)
BACKWARD(tileSubFromF64, VSUBPD)
BACKWARD(tileDivFromF32, VDIVPS)
BACKWARD(tileDivFromF64, VDIVPD)
ITSELF(tileSquareF32, VMULPS)
ITSELF(tileSquareF64, VMULPD)
LESSER(tileMinF32, VMINPS, VORPS)
LESSER(tileMinF64, VMINPD, VORPD)
GREATER(tileMaxF32, VMAXPS, VANDPS, VORPS, VCMPPS)
GREATER(tileMaxF64, VMAXPD, VANDPD, VORPD, VCMPPD)
WITH_BITS(tileNegF32, 0x8000000080000000, VPXOR)
WITH_BITS(tileNegF64, 0x8000000000000000, VPXOR)
WITH_BITS(tileAbsF32, 0x7fffffff7fffffff, VPAND)
WITH_BITS(tileAbsF64, 0x7fffffffffffffff, VPAND)
ALONE(tileSqrtF32, VSQRTPS)
ALONE(tileSqrtF64, VSQRTPD)

#define SUM_OF(X, Y, TO, AND_TO) \
	VCVTPS2PD    X, Y8      \
	VEXTRACTF128 $1, Y, X9  \
	VCVTPS2PD    X9, Y9     \
	VADDPD       Y8, TO, TO \
	VADDPD       Y9, AND_TO, AND_TO

TEXT tileSumF32<>(SB), NOSPLIT, $0-0
	SUM_OF(X0, Y0, Y12, Y13)
	SUM_OF(X1, Y1, Y14, Y15)
	SUM_OF(X2, Y2, Y12, Y13)
	SUM_OF(X3, Y3, Y14, Y15)
	SUM_OF(X4, Y4, Y12, Y13)
	SUM_OF(X5, Y5, Y14, Y15)
	SUM_OF(X6, Y6, Y12, Y13)
	SUM_OF(X7, Y7, Y14, Y15)
	NEXT

TEXT tileSumF64<>(SB), NOSPLIT, $0-0
	VADDPD Y0, Y12, Y12
	VADDPD Y1, Y13, Y13
	VADDPD Y2, Y14, Y14
	VADDPD Y3, Y15, Y15
	VADDPD Y4, Y12, Y12
	VADDPD Y5, Y13, Y13
	VADDPD Y6, Y14, Y14
	VADDPD Y7, Y15, Y15
	NEXT

// The order is that of the constants in tile_amd64.go.
#define HANDLER(AT, NAME) DATA tileHandlers<>+AT(SB)/8, $NAME<>(SB)

HANDLER(0, tileTurn)
HANDLER(8, tileLoad)
HANDLER(16, tileStore)
HANDLER(24, tileAddF32)
HANDLER(32, tileAddF64)
HANDLER(40, tileSubF32)
HANDLER(48, tileSubF64)
HANDLER(56, tileSubFromF32)
HANDLER(64, tileSubFromF64)
HANDLER(72, tileMulF32)
HANDLER(80, tileMulF64)
HANDLER(88, tileSquareF32)
HANDLER(96, tileSquareF64)
HANDLER(104, tileDivF32)
HANDLER(112, tileDivF64)
HANDLER(120, tileDivFromF32)
HANDLER(128, tileDivFromF64)
HANDLER(136, tileMinF32)
HANDLER(144, tileMinF64)
HANDLER(152, tileMaxF32)
HANDLER(160, tileMaxF64)
HANDLER(168, tileNegF32)
HANDLER(176, tileNegF64)
HANDLER(184, tileAbsF32)
HANDLER(192, tileAbsF64)
HANDLER(200, tileSqrtF32)
HANDLER(208, tileSqrtF64)
HANDLER(216, tileSumF32)
HANDLER(224, tileSumF64)
GLOBL tileHandlers<>(SB), RODATA, $232

// func tileHandlers() *[tileOps]uintptr
TEXT ·tileHandlers(SB), NOSPLIT, $0-8
	LEAQ tileHandlers<>(SB), AX
	MOVQ AX, ret+0(FP)
	RET
