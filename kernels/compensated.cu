// The sum and, apart from it, what its rounded additions lost.
struct Compensated { REAL hi, lo; };

static __device__ __forceinline__ void add(Compensated &c, REAL v) {
	const REAL s = c.hi + v;
	const REAL b = s - c.hi;
	c.lo = c.lo + ((c.hi - (s - b)) + (v - b));
	c.hi = s;
}

static __device__ __forceinline__ Compensated lane_behind(Compensated c, int reach) {
	return Compensated{__shfl_down_sync(0xffffffffu, c.hi, reach), __shfl_down_sync(0xffffffffu, c.lo, reach)};
}

enum { REAL_WORDS = sizeof(REAL) / 4 };

static __device__ __forceinline__ void put(unsigned *words, REAL v) {
	const BITS bits = TO_BITS(v);
	words[0] = (unsigned)bits;
	if (REAL_WORDS == 2) words[REAL_WORDS - 1] = (unsigned)(bits >> (32 * (REAL_WORDS - 1)));
}
