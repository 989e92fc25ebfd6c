//go:build !race

#include "textflag.h"

// A machine with one register, the accumulator: a tile of 256 bytes in Y0 to Y7, or of
// 128 bytes in Y0 to Y3 for numbers of 4 bytes among others of 8. An instruction is
// three words: the address of its handler, that of its operand, and how many bytes
// further that is for each element, 0 for what is the same for each tile. Y12 to Y15
// are sums of the whole run.
//
// R8 is the instruction, R9 the first one, AX the tile's first element, CX where the
// tiles end, R10 where the sums go, SI the operand. No handler has a frame: they jump
// to each other, and the last one returns to who called runTiles.

#include "tile_handlers_amd64.h"

// func runTiles(code *tileInstruction, end int, sums *tileSumsOf)
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

// func tileHandlers() *[tileOps]uintptr
TEXT ·tileHandlers(SB), NOSPLIT, $0-8
	LEAQ tileHandlers<>(SB), AX
	MOVQ AX, ret+0(FP)
	RET

// func fence()
TEXT ·fence(SB), NOSPLIT, $0-0
	SFENCE
	RET
