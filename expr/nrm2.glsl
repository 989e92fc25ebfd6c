// 4^scale times a compensated sum of squares, where 2^scale is about the greatest
// element so far; see kernels.Nrm2.
struct Norm { REAL hi, lo; int scale; };
#define STATE Norm

// What is greater than 2^-LEAST or less than 2^LEAST is scaled by those, which
// suffices for its square.
#ifdef FLOAT64
const int LEAST = -1022;
int exponent(double v) { return int(unpackDouble2x32(v).y >> 20 & 0x7ffu) - 1023; }
double power2(int e) { return packDouble2x32(uvec2(0u, uint(e + 1023) << 20)); }
void put(uint at, REAL v) {
	uvec2 w = unpackDouble2x32(v);
	tandem_partial[at] = w.x;
	tandem_partial[at + 1u] = w.y;
}
#else
const int LEAST = -126;
int exponent(float v) { return int(floatBitsToUint(v) >> 23 & 0xffu) - 127; }
float power2(int e) { return uintBitsToFloat(uint(e + 127) << 23); }
void put(uint at, REAL v) { tandem_partial[at] = floatBitsToUint(v); }
#endif

void add(inout STATE c, REAL v) {
	precise REAL s = c.hi + v;
	precise REAL b = s - c.hi;
	precise REAL lo = c.lo + ((c.hi - (s - b)) + (v - b));
	c.hi = s;
	c.lo = lo;
}

// rescale makes n's scale as great as the given one. What vanishes by that is far
// below the last place.
void rescale(inout STATE n, int scale) {
	if (n.scale >= scale) return;
	REAL down = power2(max(n.scale - scale, LEAST));
	precise REAL hi = n.hi * down * down, lo = n.lo * down * down;
	n.hi = hi;
	n.lo = lo;
	n.scale = scale;
}

STATE nothing() { return STATE(REAL(0), REAL(0), LEAST); }
void include(inout STATE n, uint i) {
	precise REAL v = term(i + tandem_lo);
	rescale(n, clamp(exponent(v), LEAST, -LEAST));
	precise REAL scaled = v * power2(-n.scale);
	precise REAL square = scaled * scaled;
	add(n, square);
}
void join(inout STATE n, STATE other) {
	rescale(n, other.scale);
	rescale(other, n.scale);
	add(n, other.hi);
	n.lo += other.lo;
}
void store(STATE n, uint group) {
	uint at = group * (2u * WORDS + 1u);
	put(at, n.hi);
	put(at + WORDS, n.lo);
	tandem_partial[at + 2u * WORDS] = uint(n.scale);
}
