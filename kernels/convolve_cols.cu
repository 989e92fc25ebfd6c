// A block computes ROWS rows of COLS columns, OWN neighbours of a column in each
// thread. Of the filter and of what it covers, TAPS weights' worth at a time are in
// shared memory. Of STEP weights, a thread reads what they cover once, and uses it
// for all its elements.
enum { COLS = 32, STRIPS = 8, OWN = 8, ROWS = STRIPS * OWN, TAPS = 32, STEP = 8 };

TANDEM_KERNEL {
	__shared__ REAL tile[ROWS + TAPS - 1][COLS];
	__shared__ REAL weight[TAPS];
	const unsigned across = cols / COLS + (cols % COLS != 0);
	const unsigned row0 = tandem_group() / across * ROWS, col = tandem_group() % across * COLS + threadIdx.x;
	if (row0 >= tandem_n) return;
	const unsigned mine = threadIdx.y * OWN;

	REAL sum[OWN];
#pragma unroll
	for (int o = 0; o < OWN; o++) sum[o] = 0;
	// The last row that the dispatch may read.
	const long long end = min((long long)rows, (long long)tandem_lo + tandem_n + radius) - 1;
	const size_t taps = 2 * (size_t)radius + 1;
	for (size_t t0 = 0; t0 < taps; t0 += TAPS) {
		const int count = (int)min((unsigned long long)TAPS, (unsigned long long)(taps - t0));
		if (threadIdx.y == 0 && threadIdx.x < count) weight[threadIdx.x] = weights[(unsigned)t0 + threadIdx.x + weights_at];
		const long long first = (long long)row0 + tandem_lo + (long long)t0 - radius;
		if (col < cols) {
			for (int r = threadIdx.y; r < ROWS + count - 1; r += STRIPS) {
				const unsigned row = (unsigned)max(0ll, min(first + r, end));
				tile[r][threadIdx.x] = src[row * srcStride + col + src_at];
			}
		}
		__syncthreads();
		int t = 0;
#pragma unroll 1
		for (; t + STEP <= count; t += STEP) {
			REAL covered[OWN + STEP - 1];
#pragma unroll
			for (int i = 0; i < OWN + STEP - 1; i++) covered[i] = tile[mine + t + i][threadIdx.x];
#pragma unroll
			for (int j = 0; j < STEP; j++)
#pragma unroll
				for (int o = 0; o < OWN; o++) sum[o] = MATH(fma)(weight[t + j], covered[o + j], sum[o]);
		}
#pragma unroll 1
		for (; t < count; t++)
#pragma unroll
			for (int o = 0; o < OWN; o++) sum[o] = MATH(fma)(weight[t], tile[mine + t + o][threadIdx.x], sum[o]);
		__syncthreads();
	}
	if (col >= cols) return;
#pragma unroll
	for (int o = 0; o < OWN; o++) {
		const unsigned row = row0 + mine + o;
		if (row < tandem_n) dst[(row + tandem_lo) * dstStride + col + dst_at] = sum[o];
	}
}
