// Conversions. Those to a type as wide as the own are by register.
CONSTANT(lower16, 0x0000ffff0000ffff)
CONSTANT(two16F32, 0x4780000047800000)
CONSTANT(two31F32, 0x4f0000004f000000)
CONSTANT(two52, 0x4330000000000000)
CONSTANT(two84, 0x4530000000000000)
CONSTANT(two84And52, 0x4530000000100000)
CONSTANT(two84And63, 0x4530000080000000)
CONSTANT(two84And63And52, 0x4530000080100000)
CONSTANT(two52AndHalf, 0x4338000000000000)
CONSTANT(two32F64, 0x41f0000000000000)
CONSTANT(part32F64, 0x3df0000000000000)

#define I32_TO_F32(AT, Y) VCVTDQ2PS Y, Y
#define F32_TO_I32(AT, Y) VCVTTPS2DQ Y, Y

// The upper 16 bits and the lower are floats; only their sum is rounded.
#define U32_TO_F32(AT, Y) \
	VPAND     lower16<>(SB), Y, Y8    \
	VPSRLD    $16, Y, Y               \
	VCVTDQ2PS Y8, Y8                  \
	VCVTDQ2PS Y, Y                    \
	VMULPS    two16F32<>(SB), Y, Y    \
	VADDPS    Y8, Y, Y

// From 2^31 on it is that and what is above.
#define F32_TO_U32(AT, Y) \
	VCMPPS     $0x1d, two31F32<>(SB), Y, Y8 \
	VANDPS     two31F32<>(SB), Y8, Y9       \
	VSUBPS     Y9, Y, Y                     \
	VCVTTPS2DQ Y, Y                         \
	VPSLLD     $31, Y8, Y8                  \
	VPXOR      Y8, Y, Y

// The lower 32 bits are the last places of 2^52, the upper those of 2^84, with another
// 2^31 of them where there is a sign. What is too much of both goes off the latter,
// exactly, and only the sum is rounded.
#define I64_TO_F64(AT, Y) \
	VPBLENDD $0xaa, two52<>(SB), Y, Y8      \
	VPSRLQ   $32, Y, Y                      \
	VPXOR    two84And63<>(SB), Y, Y         \
	VSUBPD   two84And63And52<>(SB), Y, Y    \
	VADDPD   Y8, Y, Y
#define U64_TO_F64(AT, Y) \
	VPBLENDD $0xaa, two52<>(SB), Y, Y8 \
	VPSRLQ   $32, Y, Y                 \
	VPXOR    two84<>(SB), Y, Y         \
	VSUBPD   two84And52<>(SB), Y, Y    \
	VADDPD   Y8, Y, Y

// The whole number in units of 2^32, and the rest, which is not negative, both as last
// places of a number that has units there. Signed and unsigned are the same.
#define F64_TO_64(AT, Y) \
	VROUNDPD $3, Y, Y                   \
	VMULPD   part32F64<>(SB), Y, Y8     \
	VROUNDPD $1, Y8, Y8                 \
	VMULPD   two32F64<>(SB), Y8, Y9     \
	VSUBPD   Y9, Y, Y                   \
	VADDPD   two52AndHalf<>(SB), Y8, Y8 \
	VPSLLQ   $32, Y8, Y8                \
	VADDPD   two52<>(SB), Y, Y          \
	VPXOR    two52<>(SB), Y, Y          \
	VPADDQ   Y8, Y, Y

TILES(tileI32ToF32, tileI32ToF32Half, I32_TO_F32)
TILES(tileU32ToF32, tileU32ToF32Half, U32_TO_F32)
TILES(tileF32ToI32, tileF32ToI32Half, F32_TO_I32)
TILES(tileF32ToU32, tileF32ToU32Half, F32_TO_U32)
TILE(tileI64ToF64, I64_TO_F64)
TILE(tileU64ToF64, U64_TO_F64)
TILE(tileF64To64, F64_TO_64)

// From half a tile to a whole one, the last register first.
#define WIDER(OP, X, Y, TO, UPPER_TO) \
	VEXTRACTF128 $1, Y, X8    \
	OP           X8, UPPER_TO \
	OP           X, TO

#define WIDEN(NAME, OP) \
TEXT NAME<>(SB), NOSPLIT, $0-0     \
	WIDER(OP, X3, Y3, Y6, Y7)  \
	WIDER(OP, X2, Y2, Y4, Y5)  \
	WIDER(OP, X1, Y1, Y2, Y3)  \
	WIDER(OP, X0, Y0, Y0, Y1)  \
	NEXT

WIDEN(tileF32ToF64, VCVTPS2PD)
WIDEN(tileI32ToF64, VCVTDQ2PD)
WIDEN(tileI32To64, VPMOVSXDQ)
WIDEN(tileU32To64, VPMOVZXDQ)

#define NARROWER(A, B, TO) \
	VSHUFPS $0x88, B, A, TO \
	VPERMQ  $0xd8, TO, TO

TEXT tile64To32<>(SB), NOSPLIT, $0-0
	NARROWER(Y0, Y1, Y0)
	NARROWER(Y2, Y3, Y1)
	NARROWER(Y4, Y5, Y2)
	NARROWER(Y6, Y7, Y3)
	NEXT

#define NARROWER_FLOAT(A, B, X, TO) \
	VCVTPD2PSY   B, X8         \
	VCVTPD2PSY   A, X          \
	VINSERTF128  $1, X8, TO, TO

TEXT tileF64ToF32<>(SB), NOSPLIT, $0-0
	NARROWER_FLOAT(Y0, Y1, X0, Y0)
	NARROWER_FLOAT(Y2, Y3, X1, Y1)
	NARROWER_FLOAT(Y4, Y5, X2, Y2)
	NARROWER_FLOAT(Y6, Y7, X3, Y3)
	NEXT
