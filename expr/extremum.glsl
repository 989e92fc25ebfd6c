// The highest rank and its first index. A rank is the bits of a number, made to
// order as unsigned integers, the low word first; NaN has the highest.
struct Best { uvec2 rank; uint index; };
#define STATE Best

uvec2 bits_of(REAL v) {
#if defined FLOAT32
	return uvec2(floatBitsToUint(v), 0u);
#elif defined FLOAT64
	return unpackDouble2x32(v);
#elif WORDS == 2
	return unpackUint2x32(uint64_t(v));
#else
	return uvec2(uint(v), 0u);
#endif
}

uvec2 rank(REAL v) {
	uvec2 b = bits_of(v);
#if defined IS_FLOAT
	if (e_nan(v)) return uvec2(0xffffffffu, WORDS == 2 ? 0xffffffffu : 0u);
#endif
#if WORDS == 2
#if defined IS_FLOAT
	b = b.y >> 31 != 0u ? ~b : uvec2(b.x, b.y | 0x80000000u);
#elif defined IS_SIGNED
	b.y ^= 0x80000000u;
#endif
#ifdef LEAST
	b = ~b;
#endif
#else
#if defined IS_FLOAT
	b.x = b.x >> 31 != 0u ? ~b.x : b.x | 0x80000000u;
#elif defined IS_SIGNED
	b.x ^= 0x80000000u;
#endif
#ifdef LEAST
	b.x = ~b.x;
#endif
#endif
	return b;
}

bool above(uvec2 a, uvec2 b) { return a.y > b.y || a.y == b.y && a.x > b.x; }

STATE nothing() { return STATE(uvec2(0u), 0xffffffffu); }
void join(inout STATE best, STATE other) {
	if (above(other.rank, best.rank) || other.rank == best.rank && other.index < best.index) best = other;
}
void include(inout STATE best, uint i) { join(best, STATE(rank(term(i + tandem_lo)), i)); }
void store(STATE best, uint group) {
	uint at = group * 3u;
	tandem_partial[at] = best.rank.x;
	tandem_partial[at + 1u] = best.rank.y;
	tandem_partial[at + 2u] = best.index;
}
