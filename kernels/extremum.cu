// The element of the highest rank and its index, as the State of reduce.cu. Ranks
// are the bits of a number, made to order as unsigned integers, above 0, which is
// the rank of nothing. For the least number, LEAST, they are those of its
// opposite; for magnitudes, MAGNITUDE, those without the sign. All NaN have the highest rank; of equal ranks the lowest index wins.
struct State {
	BITS rank;
	unsigned index;
};

enum { BITS_IN_REAL = 8 * sizeof(REAL) };

// Infinities and NaN have all bits of the exponent. The bits of the lowest
// infinity, made to order, are LOWEST: below them are NaN with a sign. With LOWEST
// at 1, those come round to the top, where the other NaN are.
#define SIGN ((BITS)1 << (BITS_IN_REAL - 1))
#define LOWEST (~(BITS)0 >> (EXPONENT_BITS + 1))
#define RANK_NAN (~LOWEST - LOWEST + 2) // that of the other infinity, and 1

static __device__ __forceinline__ BITS rank(REAL v) {
	BITS b = TO_BITS(v);
	if (MAGNITUDE) b &= ~SIGN;
	if (LEAST) b ^= SIGN;
	b ^= b >> (BITS_IN_REAL - 1) ? ~(BITS)0 : SIGN;
	return min(b - LOWEST + 1, RANK_NAN);
}

static __device__ __forceinline__ State nothing() { return State{0, 0xffffffffu}; }

static __device__ __forceinline__ void include(State &best, REAL v, REAL, unsigned i) {
	const BITS r = rank(v);
	if (r > best.rank) best = State{r, i}; // the earlier index was met earlier
}

static __device__ __forceinline__ void join(State &best, State other) {
	if (other.rank > best.rank || (other.rank == best.rank && other.index < best.index)) best = other;
}

static __device__ __forceinline__ State lane_behind(State s, int reach) {
	return State{__shfl_down_sync(0xffffffffu, s.rank, reach), __shfl_down_sync(0xffffffffu, s.index, reach)};
}

// store writes the ranks of the GLSL variant: LOWEST for the lowest infinity, all
// bits for NaN.
static __device__ __forceinline__ void store(State best, unsigned *partial, unsigned group) {
	enum { RANK_WORDS = sizeof(REAL) / 4 };
	const BITS r = best.rank == RANK_NAN ? ~(BITS)0 : best.rank + LOWEST - 1;
	unsigned *words = partial + group * (RANK_WORDS + 1);
	words[0] = (unsigned)r;
	if (RANK_WORDS == 2) words[RANK_WORDS - 1] = (unsigned)(r >> (32 * (RANK_WORDS - 1)));
	words[RANK_WORDS] = best.index;
}
