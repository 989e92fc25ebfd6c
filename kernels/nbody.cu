// A block reads the bodies in tiles of THREADS through shared memory. Each of its
// threads sums the field at OWN bodies, THREADS apart, so that what it reads is
// used OWN times.
enum { THREADS = 128 };

struct __align__(16) Body { REAL x, y, z, mass; };

// Body i of an array, whose place in memory need not suit a Body.
static __device__ __forceinline__ Body body(const REAL *bodies, size_t i) {
	const REAL *p = bodies + 4 * i;
	if (ahead(bodies) == 0) return *(const Body *)p;
	return Body{p[0], p[1], p[2], p[3]};
}

// What a thread knows of one of its own bodies.
struct Own {
	REAL x, y, z, ax, ay, az, potential;
};

// pull adds what a body does. The careful way leaves out a body at the same place,
// and if it is the thread's own.
template <bool CAREFUL> static __device__ __forceinline__ void pull(Own &own, const Body &b, REAL soft, bool itself) {
	const REAL dx = b.x - own.x, dy = b.y - own.y, dz = b.z - own.z;
	const REAL d2 = MATH(fma)(dx, dx, MATH(fma)(dy, dy, MATH(fma)(dz, dz, soft)));
	REAL inv = MATH(rsqrt)(d2);
	if (CAREFUL && (itself || d2 == REAL(0))) inv = 0;
	const REAL p = b.mass * inv;
	const REAL f = p * (inv * inv);
	own.ax = MATH(fma)(f, dx, own.ax);
	own.ay = MATH(fma)(f, dy, own.ay);
	own.az = MATH(fma)(f, dz, own.az);
	own.potential += p;
}

// pull_all does so for n bodies of the tile that begins with body base; me is the
// first of the thread's own.
template <bool CAREFUL, int OWN>
static __device__ __forceinline__ void pull_all(Own (&own)[OWN], const Body *tile, unsigned n, unsigned base, unsigned me, REAL soft) {
#pragma unroll 8
	for (unsigned k = 0; k < n; k++) {
		const Body b = tile[k];
#pragma unroll
		for (int i = 0; i < OWN; i++) pull<CAREFUL>(own[i], b, soft, base + k == me + i * THREADS);
	}
}

template <int OWN>
static __device__ __forceinline__ void sum_field(const REAL *bodies, REAL *field, unsigned group, unsigned lo, unsigned n,
	unsigned count, REAL gravity, REAL soft, Body *tile)
{
	const unsigned first = group * (THREADS * OWN), mine = first + threadIdx.x, me = mine + lo;
	if (first >= n) return;
	Own own[OWN];
#pragma unroll
	for (int i = 0; i < OWN; i++) {
		const Body b = body(bodies, min(me + i * THREADS, count - 1));
		own[i] = Own{b.x, b.y, b.z, 0, 0, 0, 0};
	}
	for (unsigned base = 0; base < count; base += THREADS) {
		const unsigned some = min((unsigned)THREADS, count - base);
		if (threadIdx.x < some) tile[threadIdx.x] = body(bodies, base + threadIdx.x);
		__syncthreads();
		// The tiles with the block's own bodies, and all if bodies may be at one
		// place without a softening.
		const bool meets = base + THREADS > first + lo && base < first + lo + THREADS * OWN;
		if (meets || soft == REAL(0))
			pull_all<true>(own, tile, some, base, me, soft);
		else if (some == THREADS)
			pull_all<false>(own, tile, THREADS, base, me, soft);
		else
			pull_all<false>(own, tile, some, base, me, soft);
		__syncthreads();
	}
#pragma unroll
	for (int i = 0; i < OWN; i++) {
		if (mine + i * THREADS >= n) return;
		const Body result = {gravity * own[i].ax, gravity * own[i].ay, gravity * own[i].az, -(gravity * own[i].potential)};
		REAL *to = field + 4 * (size_t)(mine + i * THREADS);
		if (ahead(to) == 0) {
			*(Body *)to = result;
			continue;
		}
		to[0] = result.x;
		to[1] = result.y;
		to[2] = result.z;
		to[3] = result.mass;
	}
}

// One body a thread, unless there are so few blocks that each has to take several
// times that.
TANDEM_KERNEL {
	__shared__ Body tile[THREADS];
	const REAL *from = bodies + bodies_at;
	REAL *to = field + (4 * tandem_lo + field_at);
	if (tandem_groups() >= tandem_n / THREADS + (tandem_n % THREADS != 0))
		sum_field<1>(from, to, tandem_group(), tandem_lo, tandem_n, count, gravity, soft, tile);
	else
		sum_field<4>(from, to, tandem_group(), tandem_lo, tandem_n, count, gravity, soft, tile);
}
