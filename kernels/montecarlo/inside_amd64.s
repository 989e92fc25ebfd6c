#include "textflag.h"

DATA multipliers<>+0(SB)/8, $0xd2511f53
DATA multipliers<>+8(SB)/8, $0xcd9e8d57
GLOBL multipliers<>(SB), RODATA|NOPTR, $16

// The second coordinates of the first counters, and by how much they grow.
DATA evens<>+0(SB)/8, $0
DATA evens<>+8(SB)/8, $2
DATA evens<>+16(SB)/8, $4
DATA evens<>+24(SB)/8, $6
GLOBL evens<>(SB), RODATA|NOPTR, $32

DATA eight<>+0(SB)/8, $8
GLOBL eight<>(SB), RODATA|NOPTR, $8

DATA sign<>+0(SB)/8, $0x8000000000000000
GLOBL sign<>(SB), RODATA|NOPTR, $8

// Y0 to Y3 are the words of four counters, in the low halves of 64-bit lanes, and Y4 to
// Y7 those of four others; what is in the high halves is never looked at, since VPMULUDQ
// doesn't. Y8 and Y9 are the multipliers, Y10 and Y11 the keys of a round, Y14 the second
// words of the next counters and Y15 how many points were beyond.

#define HALF(a0, a1, a2, a3) \
	VPMULUDQ Y8, a0, Y12; \
	VPMULUDQ Y9, a2, Y13; \
	VPXOR Y10, a1, a0; \
	VPXOR Y11, a3, a2; \
	VMOVDQA Y13, a1; \
	VMOVDQA Y12, a3; \
	VPSRLQ $32, Y13, Y13; \
	VPSRLQ $32, Y12, Y12; \
	VPXOR Y13, a0, a0; \
	VPXOR Y12, a2, a2

#define ROUND(at) \
	VPBROADCASTQ at(SI), Y10; \
	VPBROADCASTQ at+8(SI), Y11; \
	HALF(Y0, Y1, Y2, Y3); \
	HALF(Y4, Y5, Y6, Y7)

// COUNT adds up where x*x + y*y carries, which is where the sum is below x*x. There is
// no unsigned comparison: Y10 is the sign bit that both have inverted.

#define COUNT(x, y) \
	VPMULUDQ x, x, Y12; \
	VPMULUDQ y, y, Y13; \
	VPADDQ Y12, Y13, Y13; \
	VPXOR Y10, Y12, Y12; \
	VPXOR Y10, Y13, Y13; \
	VPCMPGTQ Y13, Y12, Y12; \
	VPSUBQ Y12, Y15, Y15

// func beyondAVX2(keys *[rounds][2]uint64, i, batch uint64, n int) uint64
TEXT ·beyondAVX2(SB), NOSPLIT, $0-40
	MOVQ keys+0(FP), SI
	MOVQ n+24(FP), CX
	VPBROADCASTQ multipliers<>+0(SB), Y8
	VPBROADCASTQ multipliers<>+8(SB), Y9
	VMOVDQU evens<>(SB), Y14
	VPXOR Y15, Y15, Y15

loop:
	SUBQ $16, CX
	JLT done
	VPBROADCASTQ eight<>(SB), Y10
	VPBROADCASTQ i+8(FP), Y0
	VPBROADCASTQ batch+16(FP), Y2
	VMOVDQA Y0, Y4
	VMOVDQA Y2, Y6
	VMOVDQA Y14, Y1
	VPADDQ Y10, Y14, Y5
	VPADDQ Y10, Y5, Y14
	VPXOR Y3, Y3, Y3
	VPXOR Y7, Y7, Y7
	ROUND(0)
	ROUND(16)
	ROUND(32)
	ROUND(48)
	ROUND(64)
	ROUND(80)
	ROUND(96)
	ROUND(112)
	ROUND(128)
	ROUND(144)
	VPBROADCASTQ sign<>(SB), Y10
	COUNT(Y0, Y1)
	COUNT(Y2, Y3)
	COUNT(Y4, Y5)
	COUNT(Y6, Y7)
	JMP loop

done:
	VEXTRACTI128 $1, Y15, X0
	VPADDQ X0, X15, X15
	VPSRLDQ $8, X15, X0
	VPADDQ X0, X15, X15
	VMOVQ X15, AX
	VZEROUPPER
	MOVQ AX, ret+32(FP)
	RET
