// exp, log and tanh of a REAL. The two halves differ in the degrees and the
// coefficients of their polynomials, and in where the exponent stands.

#ifdef REAL_IS_DOUBLE

const double INFINITY = packDouble2x32(uvec2(0u, 0x7ff00000u));
const double NAN = packDouble2x32(uvec2(0u, 0x7ff80000u));
const double LN2_HI = 6.93147180369123816490e-01LF; // 32 bits: its products with exponents are exact
const double LN2_LO = 1.90821492927058770002e-10LF;
const double INV_LN2 = 1.44269504088896338700LF;
// All results are 0 below the one and infinite above the other.
const double UNDERFLOW = -746.0LF, OVERFLOW = 710.0LF;
const double SMALLEST_NORMAL = 2.2250738585072014e-308LF;

double power2(int k) { return packDouble2x32(uvec2(0u, uint(k + 1023) << 20)); }

// (e^r - 1 - r) / r is r/2 + ... for |r| <= ln(2)/2, by way of the odd function
// r (e^r + 1) / (e^r - 1), whose polynomial in r^2 is short.
double expm1_tail(double r) {
	precise double t = r * r;
	precise double c = r - t * (1.66666666666666019037e-01LF + t * (-2.77777777770155933842e-03LF +
		t * (6.61375632143793436117e-05LF + t * (-1.65339022054652515390e-06LF + t * 4.13813679705723846039e-08LF))));
	precise double tail = r * c / (2.0LF - c);
	return tail;
}

// log1p_series is ln((1+s)/(1-s)) - 2s, over s, for |s| < 0.1716.
double log1p_series(double s) {
	precise double z = s * s;
	precise double w = z * z;
	precise double even = w * (3.999999999940941908e-01LF + w * (2.222219843214978396e-01LF + w * 1.531383769920937332e-01LF));
	precise double odd = z * (6.666666666666735130e-01LF + w * (2.857142874366239149e-01LF +
		w * (1.818357216161805012e-01LF + w * 1.479819860511658591e-01LF)));
	return even + odd;
}

// reduce makes x > 0 a number from sqrt(1/2) to sqrt(2) and returns the power of
// 2 that it was multiplied with.
int reduce(inout double x) {
	uvec2 w = unpackDouble2x32(x);
	w.y += 0x3ff00000u - 0x3fe6a09eu;
	int k = int(w.y >> 20) - 1023;
	w.y = (w.y & 0x000fffffu) + 0x3fe6a09eu;
	x = packDouble2x32(w);
	return k;
}

// tanh(a)/a - 1 for 0 <= a < 0.625, with s = a^2.
double tanh_tail(double s) {
	precise double p = (-9.64399179425052238628e-1LF * s - 9.92877231001918586564e1LF) * s - 1.61468768441708447952e3LF;
	precise double q = ((s + 1.12811678491632931402e2LF) * s + 2.23548839060100448583e3LF) * s + 4.84406305325125486048e3LF;
	precise double tail = s * p / q;
	return tail;
}

#else

const float INFINITY = uintBitsToFloat(0x7f800000u);
const float NAN = uintBitsToFloat(0x7fc00000u);
const float LN2_HI = 6.93145751953125e-1; // 15 bits
const float LN2_LO = 1.42860682030941723212e-6;
const float INV_LN2 = 1.44269504;
const float UNDERFLOW = -105.0, OVERFLOW = 90.0;
const float SMALLEST_NORMAL = 1.17549435e-38;

float power2(int k) { return uintBitsToFloat(uint(k + 127) << 23); }

float expm1_tail(float r) {
	precise float p = 1.9875691500e-4;
	p = p * r + 1.3981999507e-3;
	p = p * r + 8.3334519073e-3;
	p = p * r + 4.1665795894e-2;
	p = p * r + 1.6666665459e-1;
	p = p * r + 5.0000001201e-1;
	precise float tail = p * r * r;
	return tail;
}

float log1p_series(float s) {
	precise float z = s * s;
	precise float w = z * z;
	precise float series = z * (0.66666662693 + w * 0.28498786688) + w * (0.40000972152 + w * 0.24279078841);
	return series;
}

int reduce(inout float x) {
	uint w = floatBitsToUint(x) + (0x3f800000u - 0x3f3504f3u);
	x = uintBitsToFloat((w & 0x007fffffu) + 0x3f3504f3u);
	return int(w >> 23) - 127;
}

float tanh_tail(float s) {
	precise float p = -5.70498872745e-3;
	p = p * s + 2.06390887954e-2;
	p = p * s - 5.37397155531e-2;
	p = p * s + 1.33314422036e-1;
	p = p * s - 3.33332819422e-1;
	precise float tail = p * s;
	return tail;
}

#endif

REAL tandem_exp(REAL x) {
	if (x != x) return x;
	x = clamp(x, UNDERFLOW, OVERFLOW);
	int k = int(floor(x * INV_LN2 + REAL(0.5)));
	// r is hi - lo: it has rounded what lo knows better.
	precise REAL hi = x - REAL(k) * LN2_HI;
	precise REAL lo = REAL(k) * LN2_LO;
	precise REAL r = hi - lo;
	precise REAL lost = (hi - r) - lo;
	precise REAL y = REAL(1) + (r + (expm1_tail(r) + lost));
	// In two steps, so that neither factor leaves the range of normal numbers.
	int half_k = k / 2;
	precise REAL result = y * power2(half_k) * power2(k - half_k);
	return result;
}

REAL tandem_log(REAL x) {
	if (x != x || x == INFINITY) return x;
	if (x < REAL(0)) return NAN;
	if (x == REAL(0)) return -INFINITY;
	int k = 0;
	if (x < SMALLEST_NORMAL) {
		x *= power2(60);
		k = -60;
	}
	k += reduce(x);
	// ln x = f - f^2/2 + s (f^2/2 + series) with s = f/(2+f).
	precise REAL f = x - REAL(1);
	precise REAL s = f / (REAL(2) + f);
	precise REAL half_square = REAL(0.5) * f * f;
	precise REAL small = s * (half_square + log1p_series(s)) + REAL(k) * LN2_LO;
	precise REAL result = REAL(k) * LN2_HI + (f - (half_square - small));
	return result;
}

REAL tandem_tanh(REAL x) {
	REAL a = abs(x);
	if (x != x || a == REAL(0)) return x;
	precise REAL t;
	if (a > REAL(22)) {
		t = REAL(1);
	} else if (a < REAL(0.625)) {
		t = a + a * tanh_tail(a * a);
	} else {
		t = REAL(1) - REAL(2) / (tandem_exp(a + a) + REAL(1));
	}
	return x < REAL(0) ? -t : t;
}
