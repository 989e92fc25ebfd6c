// The highest rank and its first index. A rank is the bits of a number, made to
// order as unsigned integers; NaN has the highest.
struct State {
	UNSIGNED rank;
	unsigned index;
};

E_FUNCTION UNSIGNED rank(REAL v) {
	const UNSIGNED sign = (UNSIGNED)1 << (32 * WORDS - 1);
#ifdef IS_FLOAT
	UNSIGNED b = e_bits(v);
	if (e_nan(v)) return ~(UNSIGNED)0;
	b = b & sign ? ~b : b | sign;
#else
	UNSIGNED b = (UNSIGNED)v;
#ifdef IS_SIGNED
	b ^= sign;
#endif
#endif
#ifdef LEAST
	b = ~b;
#endif
	return b;
}

E_FUNCTION State nothing() { return State{0, 0xffffffffu}; }
E_FUNCTION void join(State &best, State other) {
	if (other.rank > best.rank || (other.rank == best.rank && other.index < best.index)) best = other;
}
E_FUNCTION void include(State &best, REAL v, unsigned i) { join(best, State{rank(v), i}); }
E_FUNCTION State behind(State s, int reach) {
	return State{__shfl_down_sync(0xffffffffu, s.rank, reach), __shfl_down_sync(0xffffffffu, s.index, reach)};
}
E_FUNCTION void store(State best, unsigned *partial, unsigned group) {
	const unsigned long long r = best.rank;
	unsigned *words = partial + group * 3;
	words[0] = (unsigned)r;
	words[1] = (unsigned)(r >> 32);
	words[2] = best.index;
}
