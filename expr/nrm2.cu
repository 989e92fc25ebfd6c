// 4^scale times a compensated sum of squares, where 2^scale is about the greatest
// element so far; see kernels.Nrm2.
struct State {
	REAL hi, lo;
	int scale;
};

enum { EXPONENT = WORDS == 2 ? 11 : 8, BIAS = (1 << (EXPONENT - 1)) - 1, MANTISSA = 32 * WORDS - 1 - EXPONENT, SMALLEST = 1 - BIAS };

E_FUNCTION REAL power2(int e) { return e_of((UNSIGNED)(e + BIAS) << MANTISSA); }
E_FUNCTION int exponent(REAL v) { return (int)(e_bits(v) >> MANTISSA & ((1 << EXPONENT) - 1)) - BIAS; }

E_FUNCTION void add(State &c, REAL v) {
	const REAL s = c.hi + v;
	const REAL b = s - c.hi;
	c.lo = c.lo + ((c.hi - (s - b)) + (v - b));
	c.hi = s;
}

// rescale makes n's scale as great as the given one. What vanishes by that is far
// below the last place.
E_FUNCTION void rescale(State &n, int scale) {
	if (n.scale >= scale) return;
	const int by = n.scale - scale;
	const REAL down = power2(by < (int)SMALLEST ? (int)SMALLEST : by);
	n.hi = n.hi * down * down;
	n.lo = n.lo * down * down;
	n.scale = scale;
}

E_FUNCTION State nothing() { return State{0, 0, (int)SMALLEST}; }
E_FUNCTION void include(State &n, REAL v, unsigned) {
	const int e = exponent(v);
	rescale(n, e > -(int)SMALLEST ? -(int)SMALLEST : e);
	const REAL scaled = v * power2(-n.scale);
	const REAL square = scaled * scaled;
	add(n, square);
}
E_FUNCTION void join(State &n, State other) {
	rescale(n, other.scale);
	rescale(other, n.scale);
	add(n, other.hi);
	n.lo += other.lo;
}
E_FUNCTION State behind(State n, int reach) {
	return State{__shfl_down_sync(0xffffffffu, n.hi, reach), __shfl_down_sync(0xffffffffu, n.lo, reach),
		__shfl_down_sync(0xffffffffu, n.scale, reach)};
}

E_FUNCTION void put(unsigned *words, REAL v) {
	const unsigned long long bits = e_bits(v);
	words[0] = (unsigned)bits;
	if (WORDS == 2) words[WORDS - 1] = (unsigned)(bits >> 32);
}
E_FUNCTION void store(State n, unsigned *partial, unsigned group) {
	unsigned *words = partial + group * (2 * WORDS + 1);
	put(words, n.hi);
	put(words + WORDS, n.lo);
	words[2 * WORDS] = (unsigned)n.scale;
}
