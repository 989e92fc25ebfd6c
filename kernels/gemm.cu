// A block computes a tile of C: 16 x 16 threads with TM x TN elements each. It
// walks along the depth in steps of DEPTH, each with a piece of op(A) and a piece
// of op(B) in shared memory. While it multiplies one pair, the next is on its way to
// registers; from there it goes to the other half of the shared memory, so that
// one barrier a step suffices.
//
// The elements of a thread come in squares of LANES x LANES: it reads from shared
// memory, and writes to C, 16 bytes at a time. The 32 threads of a warp are 4 x 8
// of the block's, so that a warp reads as few different words as possible.
enum { SIDE = 16, THREADS = SIDE * SIDE, DEPTH = 64 / sizeof(REAL) };
enum { LARGE_M = 8, LARGE_N = 4, SMALL = 4 };

// The elements of A and B are REALs, or numbers of 16 bits that become REALs, which
// float then is, on their way to registers.
#if defined(FLOAT16) || defined(BFLOAT16)
typedef unsigned short Element;

struct __align__(8) Elements { Element lane[LANES]; };

static __device__ __forceinline__ REAL number(Element h) {
#ifdef BFLOAT16
	return __uint_as_float((unsigned)h << 16);
#else
	const unsigned sign = (h & 0x8000u) << 16, exponent = h & 0x7c00u, rest = (h & 0x7fffu) << 13;
	if (exponent == 0) return __uint_as_float(sign | __float_as_uint((h & 0x3ffu) * 5.9604644775390625e-8f)); // 2^-24
	return __uint_as_float(sign | (rest + (exponent == 0x7c00u ? 224u << 23 : 112u << 23)));
#endif
}

static __device__ __forceinline__ bool suits(const Element *p) { return (size_t)p % sizeof(Elements) == 0; }

static __device__ __forceinline__ Vector numbers(const Element *p) {
	const Elements from = *(const Elements *)p;
	Vector v;
#pragma unroll
	for (int e = 0; e < LANES; e++) v.lane[e] = number(from.lane[e]);
	return v;
}
#else
typedef REAL Element;

static __device__ __forceinline__ REAL number(Element x) { return x; }

static __device__ __forceinline__ bool suits(const Element *p) { return ahead(p) == 0; }

static __device__ __forceinline__ Vector numbers(const Element *p) { return load(p); }
#endif

// A tile's rows of op(A) or columns of op(B), called rows here, by depth. LANES
// more elements keep columns apart in the banks, and rows on 16 bytes.
template <int ROWS> struct __align__(16) Tile {
	REAL at[DEPTH][ROWS + LANES];
};

// What a thread moves of a piece. In memory, neighbours in a piece are neighbours
// along the depth, or along the rows.
template <int ROWS, bool ALONG_DEPTH> struct Piece {
	enum {
		VECTORS = ROWS * DEPTH / LANES / THREADS,
		LENGTH = ALONG_DEPTH ? DEPTH / LANES : ROWS / LANES, // vectors between two neighbours in the other direction
	};
	Vector v[VECTORS];

	// The row and the depth, in the piece, of vector i's first element.
	static __device__ __forceinline__ void place(int i, unsigned &row, unsigned &k) {
		const unsigned slot = i * THREADS + threadIdx.x;
		row = ALONG_DEPTH ? slot / LENGTH : slot % LENGTH * LANES;
		k = ALONG_DEPTH ? slot % LENGTH * LANES : slot / LENGTH;
	}

	// fetch takes the piece whose first element is m[at]. Places are modulo 2^32.
	// All of it is there, and suits loads of LANES elements.
	__device__ __forceinline__ void fetch_whole(const Element *m, unsigned at, unsigned stride) {
#pragma unroll
		for (int i = 0; i < VECTORS; i++) {
			unsigned row, k;
			place(i, row, k);
			v[i] = numbers(m + (at + (ALONG_DEPTH ? row * stride + k : k * stride + row)));
		}
	}

	// Of the piece, rows and depth are left; what is beyond is 0.
	__device__ __forceinline__ void fetch_part(const Element *m, unsigned at, unsigned stride, unsigned rows, unsigned depth) {
#pragma unroll
		for (int i = 0; i < VECTORS; i++) {
			unsigned row, k;
			place(i, row, k);
#pragma unroll
			for (int e = 0; e < LANES; e++) {
				const bool inside = ALONG_DEPTH ? row < rows && k + e < depth : row + e < rows && k < depth;
				v[i].lane[e] = inside ? number(m[at + (ALONG_DEPTH ? row * stride + k : k * stride + row) + e]) : REAL(0);
			}
		}
	}

	__device__ __forceinline__ void fetch(bool whole, const Element *m, unsigned at, unsigned stride, unsigned rows, unsigned depth) {
		if (whole && rows >= ROWS && depth >= DEPTH)
			fetch_whole(m, at, stride);
		else
			fetch_part(m, at, stride, rows, depth);
	}

	__device__ __forceinline__ void put(Tile<ROWS> &tile) const {
#pragma unroll
		for (int i = 0; i < VECTORS; i++) {
			unsigned row, k;
			place(i, row, k);
			if (ALONG_DEPTH) {
#pragma unroll
				for (int e = 0; e < LANES; e++) tile.at[k + e][row] = v[i].lane[e];
			} else {
				store(&tile.at[k][row], v[i]);
			}
		}
	}
};

// take reads the N numbers of a thread at one depth of a tile.
template <int N, int ROWS>
static __device__ __forceinline__ void take(REAL (&out)[N], const Tile<ROWS> &tile, int k, unsigned where) {
#pragma unroll
	for (int s = 0; s < N / LANES; s++) {
		const Vector v = load(&tile.at[k][s * SIDE * LANES + where * LANES]);
#pragma unroll
		for (int e = 0; e < LANES; e++) out[s * LANES + e] = v.lane[e];
	}
}

struct Product {
	const Element *a, *b;
	REAL *c;
	unsigned a_at, b_at, c_at; // of row lo of op(A) and C
	unsigned lda, ldb, ldc;
	unsigned rows, cols, depth;
	REAL alpha, beta;

#ifdef READS_C
	__device__ __forceinline__ REAL element(REAL sum, REAL old) const {
#ifdef BATCH
		// C may be read for its padding alone.
		if (beta == 0) return alpha * sum;
#endif
		return MATH(fma)(alpha, sum, beta * old);
	}
#endif
};

#ifdef TRANS_A
enum { A_ALONG_DEPTH = false };
#else
enum { A_ALONG_DEPTH = true };
#endif
#ifdef TRANS_B
enum { B_ALONG_DEPTH = true };
#else
enum { B_ALONG_DEPTH = false };
#endif

static __device__ __forceinline__ unsigned tiles(unsigned n, unsigned size) { return n / size + (n % size != 0); }

template <int TM, int TN> struct Memory {
	Tile<SIDE * TM> a[2];
	Tile<SIDE * TN> b[2];
};

// finish writes the thread's elements to C.
template <int TM, int TN>
static __device__ __forceinline__ void finish(const Product &p, const REAL (&sum)[TM][TN], unsigned row0, unsigned col0) {
#pragma unroll
	for (int i = 0; i < TM; i++) {
		const unsigned row = row0 + i / LANES * SIDE * LANES + i % LANES;
		if (row >= p.rows) continue;
#pragma unroll
		for (int j = 0; j < TN; j += LANES) {
			const unsigned col = col0 + j / LANES * SIDE * LANES;
			REAL *to = p.c + (row * p.ldc + col + p.c_at);
			if (ahead(to) == 0 && p.cols >= LANES && col <= p.cols - LANES) {
				Vector v;
#ifdef READS_C
				v = load(to);
#pragma unroll
				for (int e = 0; e < LANES; e++) v.lane[e] = p.element(sum[i][j + e], v.lane[e]);
#else
#pragma unroll
				for (int e = 0; e < LANES; e++) v.lane[e] = p.alpha * sum[i][j + e];
#endif
				store(to, v);
				continue;
			}
#pragma unroll
			for (int e = 0; e < LANES; e++) {
				if (col + e >= p.cols) continue;
#ifdef READS_C
				to[e] = p.element(sum[i][j + e], to[e]);
#else
				to[e] = p.alpha * sum[i][j + e];
#endif
			}
		}
	}
}

template <int TM, int TN> static __device__ __forceinline__ void multiply(const Product &p, Memory<TM, TN> &memory, unsigned first, unsigned step) {
	enum { BM = SIDE * TM, BN = SIDE * TN };
	const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32;
	const unsigned x = warp % 2 * 8 + lane % 8, y = warp / 2 * 4 + lane / 8;
	const unsigned across = tiles(p.cols, BN), all = tiles(p.rows, BM) * across;
	const bool suits_a = p.lda % LANES == 0 && suits(p.a + p.a_at), suits_b = p.ldb % LANES == 0 && suits(p.b + p.b_at);
	for (unsigned tile = first; tile < all; tile += step) {
		const unsigned row0 = tile / across * BM, col0 = tile % across * BN;
		const unsigned from_a = p.a_at + (A_ALONG_DEPTH ? row0 * p.lda : row0);
		const unsigned from_b = p.b_at + (B_ALONG_DEPTH ? col0 * p.ldb : col0);
		const unsigned step_a = A_ALONG_DEPTH ? 1 : p.lda, step_b = B_ALONG_DEPTH ? 1 : p.ldb; // along the depth
		REAL sum[TM][TN];
#pragma unroll
		for (int i = 0; i < TM; i++)
#pragma unroll
			for (int j = 0; j < TN; j++) sum[i][j] = 0;

		Piece<BM, A_ALONG_DEPTH> a;
		Piece<BN, B_ALONG_DEPTH> b;
		a.fetch(suits_a, p.a, from_a, p.lda, p.rows - row0, p.depth);
		b.fetch(suits_b, p.b, from_b, p.ldb, p.cols - col0, p.depth);
		a.put(memory.a[0]);
		b.put(memory.b[0]);
		__syncthreads();
		unsigned k0 = 0, half = 0;
		for (;;) {
			const bool more = p.depth - k0 > DEPTH;
			if (more) {
				k0 += DEPTH;
				a.fetch(suits_a, p.a, from_a + k0 * step_a, p.lda, p.rows - row0, p.depth - k0);
				b.fetch(suits_b, p.b, from_b + k0 * step_b, p.ldb, p.cols - col0, p.depth - k0);
			}
#pragma unroll
			for (int k = 0; k < DEPTH; k++) {
				REAL left[TM], right[TN];
				take(left, memory.a[half], k, y);
				take(right, memory.b[half], k, x);
#pragma unroll
				for (int i = 0; i < TM; i++)
#pragma unroll
					for (int j = 0; j < TN; j++) sum[i][j] = MATH(fma)(left[i], right[j], sum[i][j]);
			}
			half ^= 1;
			if (more) {
				a.put(memory.a[half]);
				b.put(memory.b[half]);
			}
			__syncthreads();
			if (!more) break;
		}
		finish(p, sum, row0 + y * LANES, col0 + x * LANES);
	}
}

// The tiles that a thread's elements make are large ones, unless there are so few
// of those that multiprocessors would stand idle: more blocks than large tiles say
// so.
#ifdef BATCH
// An index is a product of the batch. The blocks of a product stand beside each other.
TANDEM_KERNEL {
	__shared__ union {
		Memory<LARGE_M, LARGE_N> large;
		Memory<SMALL, SMALL> small;
	} memory;
	const unsigned large = tiles(rows, SIDE * LARGE_M) * tiles(cols, SIDE * LARGE_N);
	const unsigned small = tiles(rows, SIDE * SMALL) * tiles(cols, SIDE * SMALL);
	const bool few = tandem_groups() > tandem_n * large || small == large;
	const unsigned each = few ? small : large;
	for (unsigned at = tandem_group(); at < tandem_n * each; at += tandem_groups()) {
		const unsigned i = tandem_lo + at / each;
		const Product p = {
			a, b, c, i * stride_a + a_at, i * stride_b + b_at, i * stride_c + c_at, lda, ldb, ldc, rows, cols, depth, alpha, beta};
		if (few)
			multiply<SMALL, SMALL>(p, memory.small, at % each, each);
		else
			multiply<LARGE_M, LARGE_N>(p, memory.large, at % each, each);
	}
}
#else
TANDEM_KERNEL {
	__shared__ union {
		Memory<LARGE_M, LARGE_N> large;
		Memory<SMALL, SMALL> small;
	} memory;
	Product p = {a, b, c, a_at, b_at, tandem_lo * ldc + c_at, lda, ldb, ldc, tandem_n, cols, depth, alpha, beta};
	p.a_at += A_ALONG_DEPTH ? tandem_lo * lda : tandem_lo;
	if (tandem_groups() > tiles(tandem_n, SIDE * LARGE_M) * tiles(cols, SIDE * LARGE_N))
		multiply<SMALL, SMALL>(p, memory.small, tandem_group(), tandem_groups());
	else
		multiply<LARGE_M, LARGE_N>(p, memory.large, tandem_group(), tandem_groups());
}
#endif
