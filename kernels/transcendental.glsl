// exp, log and tanh for REAL, which is float or double.

#ifdef REAL_IS_DOUBLE
#define LN2_HI 0.693147180369123816490LF // 32 bits, so that its products with exponents are exact
#define LN2_LO 1.90821492927058770002e-10LF
#define INV_LN2 1.44269504088896340736LF
#define SQRT2 1.41421356237309504880LF
#define OVERFLOW 709.782712893384LF
#define UNDERFLOW -745.2LF
#define TERMS 14
#define LOG_TERMS 12
#define EXPM1_TERMS 22
#define ONE 1.0LF
#define SMALLEST_NORMAL 2.2250738585072014e-308LF
// 2^k for a normal result.
double tandem_pow2(int k) { return packDouble2x32(uvec2(0u, uint(k + 1023) << 20)); }
int tandem_exponent(double x) { return int((unpackDouble2x32(x).y >> 20) & 0x7ffu) - 1023; }
double tandem_mantissa(double x) {
	uvec2 w = unpackDouble2x32(x);
	return packDouble2x32(uvec2(w.x, (w.y & 0x000fffffu) | 0x3ff00000u));
}
#define DENORMAL_SHIFT 54
#define INFINITY packDouble2x32(uvec2(0u, 0x7ff00000u))
#define NAN packDouble2x32(uvec2(0u, 0x7ff80000u))
#else
#define LN2_HI 0.693145751953125 // 15 bits
#define LN2_LO 1.42860682030941723212e-6
#define INV_LN2 1.44269504
#define SQRT2 1.41421356
#define OVERFLOW 88.72284
#define UNDERFLOW -104.0
#define TERMS 8
#define LOG_TERMS 6
#define EXPM1_TERMS 13
#define ONE 1.0
#define SMALLEST_NORMAL 1.17549435e-38
float tandem_pow2(int k) { return uintBitsToFloat(uint(k + 127) << 23); }
int tandem_exponent(float x) { return int((floatBitsToUint(x) >> 23) & 0xffu) - 127; }
float tandem_mantissa(float x) { return uintBitsToFloat((floatBitsToUint(x) & 0x007fffffu) | 0x3f800000u); }
#define DENORMAL_SHIFT 25
#define INFINITY uintBitsToFloat(0x7f800000u)
#define NAN uintBitsToFloat(0x7fc00000u)
#endif

// The series of e^r - 1, for small r, by Horner's rule from the last term on.
REAL tandem_expm1(REAL r, int terms) {
	precise REAL sum = ONE;
	for (int n = terms; n > 1; n--) {
		sum = ONE + sum * r / REAL(n);
	}
	precise REAL result = sum * r;
	return result;
}

REAL tandem_exp(REAL x) {
	if (x != x) return x;
	if (x > REAL(OVERFLOW)) return INFINITY;
	if (x < REAL(UNDERFLOW)) return REAL(0);
	int k = int(floor(x * REAL(INV_LN2) + REAL(0.5)));
	precise REAL r = (x - REAL(k) * REAL(LN2_HI)) - REAL(k) * REAL(LN2_LO);
	precise REAL y = ONE + tandem_expm1(r, TERMS);
	// In two steps, so that neither factor leaves the range of normal numbers.
	int half_k = k / 2;
	precise REAL result = y * tandem_pow2(half_k) * tandem_pow2(k - half_k);
	return result;
}

REAL tandem_log(REAL x) {
	if (x != x || x < REAL(0)) return NAN;
	if (x == REAL(0)) return -INFINITY;
	if (x == INFINITY) return x;
	int k = 0;
	if (x < REAL(SMALLEST_NORMAL)) {
		x *= tandem_pow2(DENORMAL_SHIFT);
		k = -DENORMAL_SHIFT;
	}
	k += tandem_exponent(x);
	REAL m = tandem_mantissa(x);
	if (m > REAL(SQRT2)) {
		m *= REAL(0.5);
		k++;
	}
	// ln m = 2 artanh s = 2s (1 + s^2/3 + s^4/5 + ...) with s = (m-1)/(m+1). To
	// keep the last bits, 2s is written as (m-1) - s (m-1).
	precise REAL f = m - ONE;
	precise REAL s = f / (m + ONE);
	precise REAL s2 = s * s;
	precise REAL sum = REAL(0);
	for (int n = LOG_TERMS; n >= 1; n--) {
		sum = (sum + REAL(2) / REAL(2 * n + 1)) * s2;
	}
	precise REAL small = s * (sum - f) + REAL(k) * REAL(LN2_LO);
	precise REAL result = REAL(k) * REAL(LN2_HI) + (f + small);
	return result;
}

REAL tandem_tanh(REAL x) {
	REAL a = abs(x);
	if (x != x || a == REAL(0)) return x;
	precise REAL t;
	if (a > REAL(22)) {
		t = ONE;
	} else if (a < REAL(0.55)) {
		precise REAL e = tandem_expm1(a + a, EXPM1_TERMS);
		t = e / (e + REAL(2));
	} else {
		precise REAL d = tandem_exp(a + a) + ONE;
		t = ONE - REAL(2) / d;
	}
	return x < REAL(0) ? -t : t;
}
