//go:build !race

#include "textflag.h"

// Each function works on n elements, n a multiple of 16 and not 0, in steps of 64
// bytes of its inputs. Products are never fused with sums.

#define INPUTS(SHIFT) \
	MOVQ dst+0(FP), DI  \
	MOVQ a+8(FP), SI    \
	MOVQ b+16(FP), DX   \
	MOVQ n+32(FP), CX   \
	SHLQ $SHIFT, CX     \
	XORQ AX, AX

#define INPUT(SHIFT) \
	MOVQ dst+0(FP), DI  \
	MOVQ a+8(FP), SI    \
	MOVQ n+32(FP), CX   \
	SHLQ $SHIFT, CX     \
	XORQ AX, AX

#define STORE_AND_TURN(LABEL) \
	VMOVUPS Y0, (DI)(AX*1)   \
	VMOVUPS Y1, 32(DI)(AX*1) \
	ADDQ    $64, AX          \
	CMPQ    AX, CX           \
	JB      LABEL            \
	VZEROUPPER               \
	RET

// The sum of n elements in float64: sixteen sums, joined as a tree.
#define SUMS \
	MOVQ   a+0(FP), SI  \
	MOVQ   n+8(FP), CX  \
	VXORPD Y0, Y0, Y0   \
	VXORPD Y1, Y1, Y1   \
	VXORPD Y2, Y2, Y2   \
	VXORPD Y3, Y3, Y3

#define JOIN_SUMS \
	VADDPD Y1, Y0, Y0   \
	VADDPD Y3, Y2, Y2   \
	VADDPD Y2, Y0, Y0   \
	VEXTRACTF128 $1, Y0, X1 \
	VADDPD X1, X0, X0   \
	VUNPCKHPD X0, X0, X1 \
	VADDSD X1, X0, X0   \
	VZEROUPPER          \
	MOVSD X0, ret+16(FP) \
	RET

// dst = a OP b
#define BINARY(NAME, SHIFT, OP) \
TEXT NAME(SB), NOSPLIT, $0-40     \
	INPUTS(SHIFT)              \
turn:                              \
	VMOVUPS (SI)(AX*1), Y0     \
	VMOVUPS 32(SI)(AX*1), Y1   \
	OP      (DX)(AX*1), Y0, Y0 \
	OP      32(DX)(AX*1), Y1, Y1 \
	STORE_AND_TURN(turn)

// dst = b OP a
#define SWAPPED(NAME, SHIFT, OP) \
TEXT NAME(SB), NOSPLIT, $0-40     \
	INPUTS(SHIFT)              \
turn:                              \
	VMOVUPS (DX)(AX*1), Y0     \
	VMOVUPS 32(DX)(AX*1), Y1   \
	OP      (SI)(AX*1), Y0, Y0 \
	OP      32(SI)(AX*1), Y1, Y1 \
	STORE_AND_TURN(turn)

// dst = all ones where a and b compare so
#define COMPARE(NAME, SHIFT, OP, PREDICATE) \
TEXT NAME(SB), NOSPLIT, $0-40     \
	INPUTS(SHIFT)              \
turn:                              \
	VMOVUPS (SI)(AX*1), Y0     \
	VMOVUPS 32(SI)(AX*1), Y1   \
	OP      $PREDICATE, (DX)(AX*1), Y0, Y0 \
	OP      $PREDICATE, 32(DX)(AX*1), Y1, Y1 \
	STORE_AND_TURN(turn)

// dst = OP a
#define UNARY(NAME, SHIFT, OP) \
TEXT NAME(SB), NOSPLIT, $0-40     \
	INPUT(SHIFT)               \
turn:                              \
	OP      (SI)(AX*1), Y0     \
	OP      32(SI)(AX*1), Y1   \
	STORE_AND_TURN(turn)

// dst = a rounded so
#define ROUND(NAME, SHIFT, OP, MODE) \
TEXT NAME(SB), NOSPLIT, $0-40     \
	INPUT(SHIFT)               \
turn:                              \
	OP      $MODE, (SI)(AX*1), Y0 \
	OP      $MODE, 32(SI)(AX*1), Y1 \
	STORE_AND_TURN(turn)

// The lesser: whichever operand comes second is the result where one is NaN or both
// are zeros, so each comes second once. The bits of both results together are a
// NaN, and -0 if one of two zeros is.
#define LESSER(NAME, SHIFT, OP, OR) \
TEXT NAME(SB), NOSPLIT, $0-40     \
	INPUTS(SHIFT)              \
turn:                              \
	VMOVUPS (SI)(AX*1), Y2     \
	VMOVUPS 32(SI)(AX*1), Y3   \
	VMOVUPS (DX)(AX*1), Y4     \
	VMOVUPS 32(DX)(AX*1), Y5   \
	OP      Y2, Y4, Y0         \
	OP      Y3, Y5, Y1         \
	OP      Y4, Y2, Y2         \
	OP      Y5, Y3, Y3         \
	OR      Y2, Y0, Y0         \
	OR      Y3, Y1, Y1         \
	STORE_AND_TURN(turn)

// The greater: the bits that both results have, and all bits where one operand is
// NaN.
#define GREATER(NAME, SHIFT, OP, AND, OR, COMPARED) \
TEXT NAME(SB), NOSPLIT, $0-40     \
	INPUTS(SHIFT)              \
turn:                              \
	VMOVUPS  (SI)(AX*1), Y2    \
	VMOVUPS  32(SI)(AX*1), Y3  \
	VMOVUPS  (DX)(AX*1), Y4    \
	VMOVUPS  32(DX)(AX*1), Y5  \
	COMPARED $3, Y2, Y4, Y6    \
	COMPARED $3, Y3, Y5, Y7    \
	OP       Y2, Y4, Y0        \
	OP       Y3, Y5, Y1        \
	OP       Y4, Y2, Y2        \
	OP       Y5, Y3, Y3        \
	AND      Y2, Y0, Y0        \
	AND      Y3, Y1, Y1        \
	OR       Y6, Y0, Y0        \
	OR       Y7, Y1, Y1        \
	STORE_AND_TURN(turn)

// dst = a OP the 64 bits of MASK, again and again
#define WITH_BITS(NAME, SHIFT, MASK, OP) \
TEXT NAME(SB), NOSPLIT, $0-40     \
	INPUT(SHIFT)               \
	MOVQ    $MASK, BX          \
	MOVQ    BX, X2             \
	VPBROADCASTQ X2, Y2        \
turn:                              \
	OP      (SI)(AX*1), Y2, Y0 \
	OP      32(SI)(AX*1), Y2, Y1 \
	STORE_AND_TURN(turn)

BINARY(·vectorAddF32, 2, VADDPS)
BINARY(·vectorAddF64, 3, VADDPD)
BINARY(·vectorSubF32, 2, VSUBPS)
BINARY(·vectorSubF64, 3, VSUBPD)
BINARY(·vectorMulF32, 2, VMULPS)
BINARY(·vectorMulF64, 3, VMULPD)
BINARY(·vectorDivF32, 2, VDIVPS)
BINARY(·vectorDivF64, 3, VDIVPD)
LESSER(·vectorMinF32, 2, VMINPS, VORPS)
LESSER(·vectorMinF64, 3, VMINPD, VORPD)
GREATER(·vectorMaxF32, 2, VMAXPS, VANDPS, VORPS, VCMPPS)
GREATER(·vectorMaxF64, 3, VMAXPD, VANDPD, VORPD, VCMPPD)
UNARY(·vectorSqrtF32, 2, VSQRTPS)
UNARY(·vectorSqrtF64, 3, VSQRTPD)
ROUND(·vectorRoundF32, 2, VROUNDPS, 8)
ROUND(·vectorRoundF64, 3, VROUNDPD, 8)
ROUND(·vectorFloorF32, 2, VROUNDPS, 9)
ROUND(·vectorFloorF64, 3, VROUNDPD, 9)
ROUND(·vectorCeilF32, 2, VROUNDPS, 10)
ROUND(·vectorCeilF64, 3, VROUNDPD, 10)
ROUND(·vectorTruncF32, 2, VROUNDPS, 11)
ROUND(·vectorTruncF64, 3, VROUNDPD, 11)
WITH_BITS(·vectorAbsF32, 2, 0x7fffffff7fffffff, VPAND)
WITH_BITS(·vectorAbsF64, 3, 0x7fffffffffffffff, VPAND)
WITH_BITS(·vectorNegF32, 2, 0x8000000080000000, VPXOR)
WITH_BITS(·vectorNegF64, 3, 0x8000000000000000, VPXOR)
COMPARE(·vectorLessF32, 2, VCMPPS, 17)
COMPARE(·vectorLessF64, 3, VCMPPD, 17)
COMPARE(·vectorLessEqualF32, 2, VCMPPS, 18)
COMPARE(·vectorLessEqualF64, 3, VCMPPD, 18)
COMPARE(·vectorEqualF32, 2, VCMPPS, 0)
COMPARE(·vectorEqualF64, 3, VCMPPD, 0)
COMPARE(·vectorNotEqualF32, 2, VCMPPS, 4)
COMPARE(·vectorNotEqualF64, 3, VCMPPD, 4)

BINARY(·vectorAdd32, 2, VPADDD)
BINARY(·vectorAdd64, 3, VPADDQ)
BINARY(·vectorSub32, 2, VPSUBD)
BINARY(·vectorSub64, 3, VPSUBQ)
BINARY(·vectorMul32, 2, VPMULLD)
BINARY(·vectorMinI32, 2, VPMINSD)
BINARY(·vectorMinU32, 2, VPMINUD)
BINARY(·vectorMaxI32, 2, VPMAXSD)
BINARY(·vectorMaxU32, 2, VPMAXUD)
SWAPPED(·vectorLessI32, 2, VPCMPGTD)
SWAPPED(·vectorLessI64, 3, VPCMPGTQ)
BINARY(·vectorEqual32, 2, VPCMPEQD)
BINARY(·vectorEqual64, 3, VPCMPEQQ)

BINARY(·vectorAnd32, 2, VPAND)
BINARY(·vectorAnd64, 3, VPAND)
BINARY(·vectorOr32, 2, VPOR)
BINARY(·vectorOr64, 3, VPOR)
BINARY(·vectorXor32, 2, VPXOR)
BINARY(·vectorXor64, 3, VPXOR)
WITH_BITS(·vectorNot32, 2, -1, VPXOR)
WITH_BITS(·vectorNot64, 3, -1, VPXOR)

// dst = b where a is all ones, c where it is all zeros
#define WHERE(NAME, SHIFT) \
TEXT NAME(SB), NOSPLIT, $0-40     \
	INPUTS(SHIFT)              \
	MOVQ    c+24(FP), R8       \
turn:                              \
	VMOVUPS (SI)(AX*1), Y2     \
	VMOVUPS 32(SI)(AX*1), Y3   \
	VMOVUPS (R8)(AX*1), Y0     \
	VMOVUPS 32(R8)(AX*1), Y1   \
	VBLENDVPS Y2, (DX)(AX*1), Y0, Y0 \
	VBLENDVPS Y3, 32(DX)(AX*1), Y1, Y1 \
	STORE_AND_TURN(turn)

WHERE(·vectorWhere32, 2)
WHERE(·vectorWhere64, 3)

// dst = a as a type of 8 bytes, from one of 4
#define WIDEN(NAME, OP) \
TEXT NAME(SB), NOSPLIT, $0-40     \
	MOVQ dst+0(FP), DI         \
	MOVQ a+8(FP), SI           \
	MOVQ n+32(FP), CX          \
	SHLQ $2, CX                \
	XORQ AX, AX                \
turn:                              \
	OP      (SI)(AX*1), Y0     \
	OP      16(SI)(AX*1), Y1   \
	VMOVUPS Y0, (DI)(AX*2)     \
	VMOVUPS Y1, 32(DI)(AX*2)   \
	ADDQ    $32, AX            \
	CMPQ    AX, CX             \
	JB      turn               \
	VZEROUPPER                 \
	RET

WIDEN(·vectorF32ToF64, VCVTPS2PD)
WIDEN(·vectorI32ToF64, VCVTDQ2PD)
WIDEN(·vectorI32ToI64, VPMOVSXDQ)
UNARY(·vectorI32ToF32, 2, VCVTDQ2PS)

TEXT ·vectorF64ToF32(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ n+32(FP), CX
	SHLQ $2, CX
	XORQ AX, AX

turn:
	VCVTPD2PSY (SI)(AX*2), X0
	VCVTPD2PSY 32(SI)(AX*2), X1
	VMOVUPS    X0, (DI)(AX*1)
	VMOVUPS    X1, 16(DI)(AX*1)
	ADDQ       $32, AX
	CMPQ       AX, CX
	JB         turn
	VZEROUPPER
	RET

TEXT ·vectorSumF32(SB), NOSPLIT, $0-24
	SUMS

turn:
	VCVTPS2PD (SI), Y4
	VCVTPS2PD 16(SI), Y5
	VCVTPS2PD 32(SI), Y6
	VCVTPS2PD 48(SI), Y7
	VADDPD    Y4, Y0, Y0
	VADDPD    Y5, Y1, Y1
	VADDPD    Y6, Y2, Y2
	VADDPD    Y7, Y3, Y3
	ADDQ      $64, SI
	SUBQ      $16, CX
	JNZ       turn
	JOIN_SUMS

TEXT ·vectorSumF64(SB), NOSPLIT, $0-24
	SUMS

turn:
	VADDPD (SI), Y0, Y0
	VADDPD 32(SI), Y1, Y1
	VADDPD 64(SI), Y2, Y2
	VADDPD 96(SI), Y3, Y3
	ADDQ   $128, SI
	SUBQ   $16, CX
	JNZ    turn
	JOIN_SUMS

TEXT ·vectorSquaresF32(SB), NOSPLIT, $0-24
	SUMS

turn:
	VCVTPS2PD (SI), Y4
	VCVTPS2PD 16(SI), Y5
	VCVTPS2PD 32(SI), Y6
	VCVTPS2PD 48(SI), Y7
	VMULPD    Y4, Y4, Y4
	VMULPD    Y5, Y5, Y5
	VMULPD    Y6, Y6, Y6
	VMULPD    Y7, Y7, Y7
	VADDPD    Y4, Y0, Y0
	VADDPD    Y5, Y1, Y1
	VADDPD    Y6, Y2, Y2
	VADDPD    Y7, Y3, Y3
	ADDQ      $64, SI
	SUBQ      $16, CX
	JNZ       turn
	JOIN_SUMS

TEXT ·vectorSquaresF64(SB), NOSPLIT, $0-24
	SUMS

turn:
	VMOVUPD (SI), Y4
	VMOVUPD 32(SI), Y5
	VMOVUPD 64(SI), Y6
	VMOVUPD 96(SI), Y7
	VMULPD  Y4, Y4, Y4
	VMULPD  Y5, Y5, Y5
	VMULPD  Y6, Y6, Y6
	VMULPD  Y7, Y7, Y7
	VADDPD  Y4, Y0, Y0
	VADDPD  Y5, Y1, Y1
	VADDPD  Y6, Y2, Y2
	VADDPD  Y7, Y3, Y3
	ADDQ    $128, SI
	SUBQ    $16, CX
	JNZ     turn
	JOIN_SUMS
