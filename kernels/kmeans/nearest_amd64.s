//go:build !race

#include "textflag.h"

DATA infinity64<>+0(SB)/8, $0x7ff0000000000000
GLOBL infinity64<>(SB), RODATA|NOPTR, $8
DATA infinity32<>+0(SB)/4, $0x7f800000
GLOBL infinity32<>(SB), RODATA|NOPTR, $4

// Numbers of centres: none, those of the first block, by how much they grow, and one
// that is above all.
DATA none64<>+0(SB)/8, $(-1.0)
GLOBL none64<>(SB), RODATA|NOPTR, $8
DATA first64<>+0(SB)/8, $0.0
DATA first64<>+8(SB)/8, $1.0
DATA first64<>+16(SB)/8, $2.0
DATA first64<>+24(SB)/8, $3.0
GLOBL first64<>(SB), RODATA|NOPTR, $32
DATA four64<>+0(SB)/8, $4.0
GLOBL four64<>(SB), RODATA|NOPTR, $8

DATA none32<>+0(SB)/4, $-1
GLOBL none32<>(SB), RODATA|NOPTR, $4
DATA first32<>+0(SB)/4, $0
DATA first32<>+4(SB)/4, $1
DATA first32<>+8(SB)/4, $2
DATA first32<>+12(SB)/4, $3
DATA first32<>+16(SB)/4, $4
DATA first32<>+20(SB)/4, $5
DATA first32<>+24(SB)/4, $6
DATA first32<>+28(SB)/4, $7
GLOBL first32<>(SB), RODATA|NOPTR, $32
DATA eight32<>+0(SB)/4, $8
GLOBL eight32<>(SB), RODATA|NOPTR, $4
DATA above32<>+0(SB)/4, $0x7fffffff
GLOBL above32<>(SB), RODATA|NOPTR, $4

// SI is the point, DI the coordinate of a block of centres, Y0 their sums, Y2 each lane's
// best and Y5 its number, Y4 the numbers of the block. Of lanes with the same distance,
// the lowest number is taken.

// func nearest64(points, centers *float64, dims, blocks, n int, labels *int32, distances *float64)
TEXT ·nearest64(SB), NOSPLIT, $0-56
	MOVQ         points+0(FP), SI
	MOVQ         dims+16(FP), R9
	MOVQ         blocks+24(FP), R10
	MOVQ         n+32(FP), R11
	MOVQ         labels+40(FP), R12
	MOVQ         distances+48(FP), R13
	VBROADCASTSD infinity64<>(SB), Y10
	VBROADCASTSD none64<>(SB), Y11
	VMOVUPD      first64<>(SB), Y12
	VBROADCASTSD four64<>(SB), Y13

point64:
	MOVQ    centers+8(FP), DI
	MOVQ    R10, BX
	VMOVAPD Y10, Y2
	VMOVAPD Y11, Y5
	VMOVAPD Y12, Y4

block64:
	VXORPD Y0, Y0, Y0
	XORQ   AX, AX

coordinate64:
	VBROADCASTSD (SI)(AX*8), Y1
	VSUBPD       (DI), Y1, Y1
	VMULPD       Y1, Y1, Y1
	VADDPD       Y1, Y0, Y0
	ADDQ         $32, DI
	INCQ         AX
	CMPQ         AX, R9
	JLT          coordinate64
	VCMPPD       $0x11, Y2, Y0, Y3
	VBLENDVPD    Y3, Y0, Y2, Y2
	VBLENDVPD    Y3, Y4, Y5, Y5
	VADDPD       Y13, Y4, Y4
	DECQ         BX
	JNZ          block64

	VEXTRACTF128 $1, Y2, X6
	VMINPD       X6, X2, X6
	VPERMILPD    $1, X6, X7
	VMINPD       X7, X6, X6
	VMOVSD       X6, (R13)
	VBROADCASTSD X6, Y7
	VCMPPD       $0, Y7, Y2, Y7
	VBLENDVPD    Y7, Y5, Y10, Y5
	VEXTRACTF128 $1, Y5, X6
	VMINPD       X6, X5, X6
	VPERMILPD    $1, X6, X7
	VMINPD       X7, X6, X6
	VCVTTSD2SI   X6, AX
	MOVL         AX, (R12)
	ADDQ         $8, R13
	ADDQ         $4, R12
	LEAQ         (SI)(R9*8), SI
	DECQ         R11
	JNZ          point64
	VZEROUPPER
	RET

// func nearest32(points, centers *float32, dims, blocks, n int, labels *int32, distances *float32)
TEXT ·nearest32(SB), NOSPLIT, $0-56
	MOVQ         points+0(FP), SI
	MOVQ         dims+16(FP), R9
	MOVQ         blocks+24(FP), R10
	MOVQ         n+32(FP), R11
	MOVQ         labels+40(FP), R12
	MOVQ         distances+48(FP), R13
	VBROADCASTSS infinity32<>(SB), Y10
	VPBROADCASTD none32<>(SB), Y11
	VMOVDQU      first32<>(SB), Y12
	VPBROADCASTD eight32<>(SB), Y13
	VPBROADCASTD above32<>(SB), Y14

point32:
	MOVQ    centers+8(FP), DI
	MOVQ    R10, BX
	VMOVAPS Y10, Y2
	VMOVDQA Y11, Y5
	VMOVDQA Y12, Y4

block32:
	VXORPS Y0, Y0, Y0
	XORQ   AX, AX

coordinate32:
	VBROADCASTSS (SI)(AX*4), Y1
	VSUBPS       (DI), Y1, Y1
	VMULPS       Y1, Y1, Y1
	VADDPS       Y1, Y0, Y0
	ADDQ         $32, DI
	INCQ         AX
	CMPQ         AX, R9
	JLT          coordinate32
	VCMPPS       $0x11, Y2, Y0, Y3
	VBLENDVPS    Y3, Y0, Y2, Y2
	VBLENDVPS    Y3, Y4, Y5, Y5
	VPADDD       Y13, Y4, Y4
	DECQ         BX
	JNZ          block32

	VEXTRACTF128 $1, Y2, X6
	VMINPS       X6, X2, X6
	VPERMILPS    $0x4e, X6, X7
	VMINPS       X7, X6, X6
	VPERMILPS    $0xb1, X6, X7
	VMINPS       X7, X6, X6
	VMOVSS       X6, (R13)
	VBROADCASTSS X6, Y7
	VCMPPS       $0, Y7, Y2, Y7
	VBLENDVPS    Y7, Y5, Y14, Y5
	VEXTRACTF128 $1, Y5, X6
	VPMINSD      X6, X5, X6
	VPERMILPS    $0x4e, X6, X7
	VPMINSD      X7, X6, X6
	VPERMILPS    $0xb1, X6, X7
	VPMINSD      X7, X6, X6
	VMOVD        X6, (R12)
	ADDQ         $4, R13
	ADDQ         $4, R12
	LEAQ         (SI)(R9*4), SI
	DECQ         R11
	JNZ          point32
	VZEROUPPER
	RET
