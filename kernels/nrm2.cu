// A sum of squares as the State of reduce.cu: 4^scale times a compensated sum,
// where 2^scale is about the greatest element so far. up is 2^-scale, and limit
// the magnitude from which the scale has to grow, NaN where it cannot.
struct State {
	Compensated squares;
	int scale;
	REAL up, limit;
};

// The scale is between LEAST and -LEAST: those suffice for the squares of what is
// beyond.
enum { BIAS = (1 << (EXPONENT_BITS - 1)) - 1, LEAST = 1 - BIAS, MANTISSA_BITS = 8 * sizeof(REAL) - 1 - EXPONENT_BITS };

static __device__ __forceinline__ REAL power2(int e) { return OF_BITS((BITS)(e + BIAS) << MANTISSA_BITS); }

static __device__ __forceinline__ int exponent(REAL v) {
	return (int)(TO_BITS(v) >> MANTISSA_BITS & ((1 << EXPONENT_BITS) - 1)) - BIAS;
}

static __device__ __forceinline__ State nothing() {
	return State{Compensated{0, 0}, LEAST, power2(-LEAST), power2(LEAST + 1)};
}

// rescale makes the scale as great as the given one. What vanishes by that is far
// below the last place.
static __device__ __forceinline__ void rescale(State &n, int scale) {
	if (n.scale >= scale) return;
	const REAL down = power2(max(n.scale - scale, (int)LEAST));
	n.squares.hi = n.squares.hi * down * down;
	n.squares.lo = n.squares.lo * down * down;
	n.scale = scale;
	n.up = power2(-scale);
	n.limit = scale < -LEAST ? power2(scale + 1) : OF_BITS(~(BITS)0);
}

static __device__ __forceinline__ void include(State &n, REAL v, REAL, unsigned) {
	if (MATH(fabs)(v) >= n.limit) rescale(n, min(exponent(v), -(int)LEAST));
	const REAL scaled = v * n.up;
	const REAL square = scaled * scaled;
	add(n.squares, square);
}

static __device__ __forceinline__ void join(State &n, State other) {
	rescale(n, other.scale);
	rescale(other, n.scale);
	add(n.squares, other.squares.hi);
	n.squares.lo += other.squares.lo;
}

static __device__ __forceinline__ State lane_behind(State n, int reach) {
	n.squares = lane_behind(n.squares, reach);
	n.scale = __shfl_down_sync(0xffffffffu, n.scale, reach);
	return n; // join looks at no more
}

static __device__ __forceinline__ void store(State n, unsigned *partial, unsigned group) {
	unsigned *words = partial + group * (2 * REAL_WORDS + 1);
	put(words, n.squares.hi);
	put(words + REAL_WORDS, n.squares.lo);
	words[2 * REAL_WORDS] = (unsigned)n.scale;
}
