// RESULT[i] = MAP(OPERAND_1[i], OPERAND_2[i]) for the operands that are defined.
//
// A block computes TILEs: elements between two 16-byte boundaries of RESULT. Each
// thread has VECTORS loads of an operand on their way before it needs the first.
// Tiles at the ends, and all tiles if an operand lies otherwise, are computed
// element by element; neighbouring threads have neighbouring elements there too.
enum { THREADS = 256, VECTORS = 2, TILE = THREADS * VECTORS * LANES };

#ifdef OPERAND_1
#define WITH_1(x) x
#else
#define WITH_1(x)
#endif
#ifdef OPERAND_2
#define WITH_2(x) x
#else
#define WITH_2(x)
#endif

TANDEM_KERNEL {
#ifdef UNCHANGED
	if (UNCHANGED) return;
#endif
	REAL *to = RESULT + (tandem_lo + AT(RESULT));
	const unsigned skip = ahead(to);
	to -= skip;
	bool alike = true;
	WITH_1(const REAL *from_1 = OPERAND_1 + (tandem_lo + AT(OPERAND_1)) - skip; alike = alike && ahead(from_1) == 0;)
	WITH_2(const REAL *from_2 = OPERAND_2 + (tandem_lo + AT(OPERAND_2)) - skip; alike = alike && ahead(from_2) == 0;)

	const size_t end = (size_t)tandem_n + skip;
	for (size_t tile = tandem_group(); tile * TILE < end; tile += tandem_groups()) {
		const size_t first = tile * TILE;
		if (alike && first >= skip && first + TILE <= end) {
			const size_t mine = first + threadIdx.x * LANES;
			WITH_1(Vector u[VECTORS];)
			WITH_2(Vector v[VECTORS];)
#pragma unroll
			for (int k = 0; k < VECTORS; k++) {
				WITH_1(u[k] = load(from_1 + mine + k * THREADS * LANES);)
				WITH_2(v[k] = load(from_2 + mine + k * THREADS * LANES);)
			}
#pragma unroll
			for (int k = 0; k < VECTORS; k++) {
				Vector result;
#pragma unroll
				for (int e = 0; e < LANES; e++) result.lane[e] = MAP(u[k].lane[e], v[k].lane[e]);
				store(to + mine + k * THREADS * LANES, result);
			}
		} else {
			const unsigned low = first < skip ? skip - (unsigned)first : 0;
			const unsigned high = first + TILE <= end ? (unsigned)TILE : (unsigned)(end - first);
			WITH_1(const REAL *tile_1 = from_1 + first; REAL u[VECTORS * LANES];)
			WITH_2(const REAL *tile_2 = from_2 + first; REAL v[VECTORS * LANES];)
			REAL *tile_to = to + first;
#pragma unroll
			for (int k = 0; k < VECTORS * LANES; k++) {
				const unsigned at = k * THREADS + threadIdx.x;
				if (at < low || at >= high) continue;
				WITH_1(u[k] = tile_1[at];)
				WITH_2(v[k] = tile_2[at];)
			}
#pragma unroll
			for (int k = 0; k < VECTORS * LANES; k++) {
				const unsigned at = k * THREADS + threadIdx.x;
				if (at >= low && at < high) tile_to[at] = MAP(u[k], v[k]);
			}
		}
	}
}
