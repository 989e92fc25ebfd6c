#include "textflag.h"

// Y4 to Y15 hold the tile, two vectors a row. SI walks over the panel of A, DI
// over that of B; DX is C and R8 the distance of its rows in bytes.

#define CLEAR \
	VXORPS Y4, Y4, Y4; \
	VXORPS Y5, Y5, Y5; \
	VXORPS Y6, Y6, Y6; \
	VXORPS Y7, Y7, Y7; \
	VXORPS Y8, Y8, Y8; \
	VXORPS Y9, Y9, Y9; \
	VXORPS Y10, Y10, Y10; \
	VXORPS Y11, Y11, Y11; \
	VXORPS Y12, Y12, Y12; \
	VXORPS Y13, Y13, Y13; \
	VXORPS Y14, Y14, Y14; \
	VXORPS Y15, Y15, Y15

// ROW64 and ROW32 add one number of A times the two vectors of B, in Y0 and Y1.

#define ROW64(at, tmp, lo, hi) \
	VBROADCASTSD at(SI), tmp; \
	VFMADD231PD Y0, tmp, lo; \
	VFMADD231PD Y1, tmp, hi

#define ROW32(at, tmp, lo, hi) \
	VBROADCASTSS at(SI), tmp; \
	VFMADD231PS Y0, tmp, lo; \
	VFMADD231PS Y1, tmp, hi

#define STORE64(lo, hi) \
	VADDPD (DX), lo, lo; \
	VADDPD 32(DX), hi, hi; \
	VMOVUPD lo, (DX); \
	VMOVUPD hi, 32(DX); \
	ADDQ R8, DX

#define STORE32(lo, hi) \
	VADDPS (DX), lo, lo; \
	VADDPS 32(DX), hi, hi; \
	VMOVUPS lo, (DX); \
	VMOVUPS hi, 32(DX); \
	ADDQ R8, DX

// func float64AVX2(k int, a, b, c *float64, ldc int)
TEXT ·float64AVX2(SB), NOSPLIT, $0-40
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), DI
	MOVQ c+24(FP), DX
	MOVQ ldc+32(FP), R8
	SHLQ $3, R8
	CLEAR

loop64:
	VMOVUPD (DI), Y0
	VMOVUPD 32(DI), Y1
	ROW64(0, Y2, Y4, Y5)
	ROW64(8, Y3, Y6, Y7)
	ROW64(16, Y2, Y8, Y9)
	ROW64(24, Y3, Y10, Y11)
	ROW64(32, Y2, Y12, Y13)
	ROW64(40, Y3, Y14, Y15)
	ADDQ $48, SI
	ADDQ $64, DI
	DECQ CX
	JNZ  loop64

	STORE64(Y4, Y5)
	STORE64(Y6, Y7)
	STORE64(Y8, Y9)
	STORE64(Y10, Y11)
	STORE64(Y12, Y13)
	STORE64(Y14, Y15)
	VZEROUPPER
	RET

// func float32AVX2(k int, a, b, c *float32, ldc int)
TEXT ·float32AVX2(SB), NOSPLIT, $0-40
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), DI
	MOVQ c+24(FP), DX
	MOVQ ldc+32(FP), R8
	SHLQ $2, R8
	CLEAR

loop32:
	VMOVUPS (DI), Y0
	VMOVUPS 32(DI), Y1
	ROW32(0, Y2, Y4, Y5)
	ROW32(4, Y3, Y6, Y7)
	ROW32(8, Y2, Y8, Y9)
	ROW32(12, Y3, Y10, Y11)
	ROW32(16, Y2, Y12, Y13)
	ROW32(20, Y3, Y14, Y15)
	ADDQ $24, SI
	ADDQ $64, DI
	DECQ CX
	JNZ  loop32

	STORE32(Y4, Y5)
	STORE32(Y6, Y7)
	STORE32(Y8, Y9)
	STORE32(Y10, Y11)
	STORE32(Y12, Y13)
	STORE32(Y14, Y15)
	VZEROUPPER
	RET
