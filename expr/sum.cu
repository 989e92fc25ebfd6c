#ifdef IS_FLOAT

// The sum and, apart from it, what its rounded additions lost.
struct State { REAL hi, lo; };

E_FUNCTION void add(State &c, REAL v) {
	const REAL s = c.hi + v;
	const REAL b = s - c.hi;
	c.lo = c.lo + ((c.hi - (s - b)) + (v - b));
	c.hi = s;
}

E_FUNCTION State nothing() { return State{0, 0}; }
E_FUNCTION void include(State &s, REAL v, unsigned) { add(s, v); }
E_FUNCTION void join(State &s, State other) {
	add(s, other.hi);
	s.lo += other.lo;
}
E_FUNCTION State behind(State s, int reach) {
	return State{__shfl_down_sync(0xffffffffu, s.hi, reach), __shfl_down_sync(0xffffffffu, s.lo, reach)};
}

E_FUNCTION void put(unsigned *words, REAL v) {
	const unsigned long long bits = e_bits(v);
	words[0] = (unsigned)bits;
	if (WORDS == 2) words[WORDS - 1] = (unsigned)(bits >> 32);
}
E_FUNCTION void store(State s, unsigned *partial, unsigned group) {
	put(partial + group * (2 * WORDS), s.hi);
	put(partial + group * (2 * WORDS) + WORDS, s.lo);
}

#else

typedef UNSIGNED State;

E_FUNCTION State nothing() { return 0; }
E_FUNCTION void include(State &s, REAL v, unsigned) { s += (UNSIGNED)v; }
E_FUNCTION void join(State &s, State other) { s += other; }
E_FUNCTION State behind(State s, int reach) { return __shfl_down_sync(0xffffffffu, s, reach); }
E_FUNCTION void store(State s, unsigned *partial, unsigned group) {
	const unsigned long long bits = s;
	partial[group * WORDS] = (unsigned)bits;
	if (WORDS == 2) partial[group * WORDS + WORDS - 1] = (unsigned)(bits >> 32);
}

#endif
