#ifdef IS_FLOAT

// The sum and, apart from it, what its rounded additions lost.
struct Compensated { REAL hi, lo; };
#define STATE Compensated

void add(inout STATE c, REAL v) {
	precise REAL s = c.hi + v;
	precise REAL b = s - c.hi;
	precise REAL lo = c.lo + ((c.hi - (s - b)) + (v - b));
	c.hi = s;
	c.lo = lo;
}

STATE nothing() { return STATE(REAL(0), REAL(0)); }
void include(inout STATE s, uint i) { add(s, term(i + tandem_lo)); }
void join(inout STATE s, STATE other) {
	add(s, other.hi);
	s.lo += other.lo;
}

void put(uint at, REAL v) {
#ifdef FLOAT64
	uvec2 w = unpackDouble2x32(v);
	tandem_partial[at] = w.x;
	tandem_partial[at + 1u] = w.y;
#else
	tandem_partial[at] = floatBitsToUint(v);
#endif
}
void store(STATE s, uint group) {
	uint at = group * (2u * WORDS);
	put(at, s.hi);
	put(at + WORDS, s.lo);
}

#else

#define STATE UNSIGNED

STATE nothing() { return STATE(0); }
void include(inout STATE s, uint i) { s += STATE(term(i + tandem_lo)); }
void join(inout STATE s, STATE other) { s += other; }
void store(STATE s, uint group) {
#if WORDS == 2
	uvec2 w = unpackUint2x32(s);
	tandem_partial[group * 2u] = w.x;
	tandem_partial[group * 2u + 1u] = w.y;
#else
	tandem_partial[group] = s;
#endif
}

#endif
