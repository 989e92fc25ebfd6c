#ifdef REAL_IS_DOUBLE
const uint REAL_WORDS = 2u;
void put(uint at, REAL v) {
	uvec2 w = unpackDouble2x32(v);
	tandem_partial[at] = w.x;
	tandem_partial[at + 1u] = w.y;
}
#else
const uint REAL_WORDS = 1u;
void put(uint at, REAL v) { tandem_partial[at] = floatBitsToUint(v); }
#endif

// The sum and, apart from it, what its rounded additions lost.
struct Compensated { REAL hi, lo; };

void add(inout Compensated c, REAL v) {
	precise REAL s = c.hi + v;
	precise REAL b = s - c.hi;
	precise REAL lo = c.lo + ((c.hi - (s - b)) + (v - b));
	c.hi = s;
	c.lo = lo;
}
