// The fold of all indices into one State by include(State &, u, v, i), where u and
// v are the operands' elements of index i, and join(State &, State) for the value
// of a part behind.
//
// Tiles are as in map.cu. A thread meets its indices in ascending order. Then the
// warps join what their threads have by shuffles, and the first warp what the
// warps have. The order is fixed by the number of indices and the arrays' places.
enum { THREADS = 256, WARPS = THREADS / 32, VECTORS = 2, TILE = THREADS * VECTORS * LANES };

#ifdef OPERAND_2
#define WITH_2(x) x
#else
#define WITH_2(x)
#endif

TANDEM_KERNEL {
	const REAL *from_1 = OPERAND_1 + (tandem_lo + AT(OPERAND_1));
	const unsigned skip = ahead(from_1);
	from_1 -= skip;
	bool alike = true;
	WITH_2(const REAL *from_2 = OPERAND_2 + (tandem_lo + AT(OPERAND_2)) - skip; alike = ahead(from_2) == 0;)

	State mine = nothing();
	const size_t end = (size_t)tandem_n + skip;
	for (size_t tile = tandem_group(); tile * TILE < end; tile += tandem_groups()) {
		const size_t first = tile * TILE;
		if (alike && first >= skip && first + TILE <= end) {
			const size_t at = first + threadIdx.x * LANES;
			Vector u[VECTORS], v[VECTORS];
#pragma unroll
			for (int k = 0; k < VECTORS; k++) {
				u[k] = v[k] = load(from_1 + at + k * THREADS * LANES);
				WITH_2(v[k] = load(from_2 + at + k * THREADS * LANES);)
			}
#pragma unroll
			for (int k = 0; k < VECTORS; k++)
#pragma unroll
				for (int e = 0; e < LANES; e++)
					include(mine, u[k].lane[e], v[k].lane[e], (unsigned)(at + k * THREADS * LANES + e - skip));
		} else {
#pragma unroll 1
			for (int k = 0; k < VECTORS * LANES; k++) {
				const size_t at = first + k * THREADS + threadIdx.x;
				if (at < skip || at >= end) continue;
				REAL u = from_1[at], v = u;
				WITH_2(v = from_2[at];)
				include(mine, u, v, (unsigned)(at - skip));
			}
		}
	}

#pragma unroll
	for (int reach = 16; reach > 0; reach /= 2) join(mine, lane_behind(mine, reach));
	__shared__ State of_warp[WARPS];
	const unsigned lane = threadIdx.x % 32;
	if (lane == 0) of_warp[threadIdx.x / 32] = mine;
	__syncthreads();
	if (threadIdx.x >= 32) return;
	if (lane < WARPS) mine = of_warp[lane];
#pragma unroll
	for (int reach = WARPS / 2; reach > 0; reach /= 2) join(mine, lane_behind(mine, reach));
	if (lane == 0) store(mine, tandem_partial, tandem_group());
}
