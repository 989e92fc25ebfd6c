// The threads that share a row of A are a warp or, if there are few rows, the
// block: as many blocks as rows say so. Each thread adds up the products of its
// share of the row, then they join their sums by shuffles.
enum { THREADS = 256, WARPS = THREADS / 32 };

// The part of a dot product that falls to thread `me` of `lanes`.
static __device__ __forceinline__ REAL part(const REAL *row, const REAL *x, unsigned depth, unsigned me, unsigned lanes) {
	REAL sum = 0;
	size_t k = me;
	if (ahead(row) == ahead(x)) {
		const unsigned head = min(depth, (LANES - ahead(row)) % LANES);
		if (me < head) sum = row[me] * x[me];
		const unsigned vectors = (depth - head) / LANES;
#pragma unroll 4
		for (size_t v = me; v < vectors; v += lanes) {
			const Vector p = load(row + head + v * LANES), q = load(x + head + v * LANES);
#pragma unroll
			for (int e = 0; e < LANES; e++) sum = MATH(fma)(p.lane[e], q.lane[e], sum);
		}
		k += head + (size_t)vectors * LANES;
	}
#pragma unroll 8
	for (; k < depth; k += lanes) sum = MATH(fma)(row[k], x[k], sum);
	return sum;
}

TANDEM_KERNEL {
	__shared__ REAL of_warp[WARPS];
	const bool one_row = tandem_groups() >= tandem_n;
	const unsigned lanes = one_row ? THREADS : 32, rows = THREADS / lanes;
	const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
	for (size_t first = (size_t)tandem_group() * rows; first < tandem_n; first += (size_t)tandem_groups() * rows) {
		const size_t row = first + threadIdx.x / lanes;
		REAL sum = 0;
		if (row < tandem_n)
			sum = part(a + (((unsigned)row + tandem_lo) * lda + a_at), x + x_at, depth, threadIdx.x % lanes, lanes);
#pragma unroll
		for (int reach = 16; reach > 0; reach /= 2) sum += __shfl_down_sync(0xffffffffu, sum, reach);
		if (one_row) {
			if (lane == 0) of_warp[warp] = sum;
			__syncthreads();
			if (warp == 0) {
				sum = lane < WARPS ? of_warp[lane] : REAL(0);
#pragma unroll
				for (int reach = WARPS / 2; reach > 0; reach /= 2) sum += __shfl_down_sync(0xffffffffu, sum, reach);
			}
			__syncthreads();
		}
		if (threadIdx.x % lanes > 0 || row >= tandem_n) continue;
		REAL *to = y + ((unsigned)row + tandem_lo + y_at);
#ifdef READS_Y
		*to = MATH(fma)(alpha, sum, beta * *to);
#else
		*to = alpha * sum;
#endif
	}
}
