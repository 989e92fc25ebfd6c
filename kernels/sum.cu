// The compensated sum of TERM(u, v), as the State of reduce.cu.
typedef Compensated State;

static __device__ __forceinline__ State nothing() { return Compensated{0, 0}; }

static __device__ __forceinline__ void include(State &s, REAL u, REAL v, unsigned) {
	const REAL term = TERM(u, v);
	add(s, term);
}

static __device__ __forceinline__ void join(State &s, State other) {
	add(s, other.hi);
	s.lo += other.lo;
}

static __device__ __forceinline__ void store(State s, unsigned *partial, unsigned group) {
	put(partial + group * (2 * REAL_WORDS), s.hi);
	put(partial + group * (2 * REAL_WORDS) + REAL_WORDS, s.lo);
}
