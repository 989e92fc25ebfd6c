// dst[i] = MAP(x[i]).
//
// A block computes TILEs: elements between two 16-byte boundaries of dst. Each
// thread has VECTORS loads on their way before it needs the first. Tiles at the
// ends, and all tiles if x lies otherwise, are computed element by element;
// neighbouring threads have neighbouring elements there too.
enum { THREADS = 256, VECTORS = 2, TILE = THREADS * VECTORS * LANES };

TANDEM_KERNEL {
	REAL *to = dst + (tandem_lo + dst_at);
	const unsigned skip = ahead(to);
	to -= skip;
	const REAL *from = x + (tandem_lo + x_at) - skip;
	const bool alike = ahead(from) == 0;

	const size_t end = (size_t)tandem_n + skip;
	for (size_t tile = tandem_group(); tile * TILE < end; tile += tandem_groups()) {
		const size_t first = tile * TILE;
		if (alike && first >= skip && first + TILE <= end) {
			const size_t mine = first + threadIdx.x * LANES;
			Vector u[VECTORS];
#pragma unroll
			for (int k = 0; k < VECTORS; k++) u[k] = load(from + mine + k * THREADS * LANES);
#pragma unroll
			for (int k = 0; k < VECTORS; k++) {
				Vector result;
#pragma unroll
				for (int e = 0; e < LANES; e++) result.lane[e] = MAP(u[k].lane[e]);
				store(to + mine + k * THREADS * LANES, result);
			}
		} else {
			const unsigned low = first < skip ? skip - (unsigned)first : 0;
			const unsigned high = first + TILE <= end ? (unsigned)TILE : (unsigned)(end - first);
			const REAL *tile_from = from + first;
			REAL *tile_to = to + first;
			REAL u[VECTORS * LANES];
#pragma unroll
			for (int k = 0; k < VECTORS * LANES; k++) {
				const unsigned at = k * THREADS + threadIdx.x;
				if (at < low || at >= high) continue;
				u[k] = tile_from[at];
			}
#pragma unroll
			for (int k = 0; k < VECTORS * LANES; k++) {
				const unsigned at = k * THREADS + threadIdx.x;
				if (at >= low && at < high) tile_to[at] = MAP(u[k]);
			}
		}
	}
}
