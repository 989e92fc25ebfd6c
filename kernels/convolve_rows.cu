// A block computes SPAN elements of a row, OWN of them in each thread, THREADS
// apart. Of the filter and of what it covers, TAPS weights' worth at a time are in
// shared memory; where pixels have so many channels that this would not fit, they
// are read from memory.
enum { THREADS = 256, OWN = 4, SPAN = THREADS * OWN, TAPS = 64, MOST_CHANNELS = 4 };

// The element of a row that stands for element `at` of a row without end: that of
// the same channel in the first or the last pixel, if there is none.
static __device__ __forceinline__ unsigned clamped(long long at, unsigned channel, unsigned cols, unsigned channels) {
	return at < 0 ? channel : at < cols ? (unsigned)at : cols - channels + channel;
}

TANDEM_KERNEL {
	__shared__ REAL line[SPAN + (TAPS - 1) * MOST_CHANNELS];
	__shared__ REAL weight[TAPS];
	// Signed, as they come, these would not leave registers enough for sm_70.
	const unsigned width = cols, pixel = channels, reach = radius;
	const unsigned across = width / SPAN + (width % SPAN != 0);
	const unsigned row = tandem_group() / across, col0 = tandem_group() % across * SPAN;
	if (row >= tandem_n) return;
	const REAL *in = src + ((row + tandem_lo) * unsigned(srcStride) + src_at);

	REAL sum[OWN];
#pragma unroll
	for (int o = 0; o < OWN; o++) sum[o] = 0;
	const size_t taps = 2 * (size_t)reach + 1;
	for (size_t t0 = 0; t0 < taps; t0 += TAPS) {
		const int count = (int)min((unsigned long long)TAPS, (unsigned long long)(taps - t0));
		if (threadIdx.x < count) weight[threadIdx.x] = weights[(unsigned)t0 + threadIdx.x + weights_at];
		const long long first = (long long)col0 + ((long long)t0 - reach) * pixel;
		if (pixel <= MOST_CHANNELS) {
			const int length = SPAN + (count - 1) * (int)pixel;
			for (int s = threadIdx.x; s < length; s += THREADS) line[s] = in[clamped(first + s, (col0 % pixel + s) % pixel, width, pixel)];
		}
		__syncthreads();
		if (pixel <= MOST_CHANNELS) {
#pragma unroll 4
			for (int t = 0; t < count; t++)
#pragma unroll
				for (int o = 0; o < OWN; o++)
					sum[o] = MATH(fma)(weight[t], line[o * THREADS + threadIdx.x + t * pixel], sum[o]);
		} else {
#pragma unroll 1
			for (int t = 0; t < count; t++)
#pragma unroll
				for (int o = 0; o < OWN; o++) {
					const unsigned mine = o * THREADS + threadIdx.x, channel = (col0 + mine) % pixel;
					const long long at = first + mine + (long long)t * pixel;
					sum[o] = MATH(fma)(weight[t], in[clamped(at, channel, width, pixel)], sum[o]);
				}
		}
		__syncthreads();
	}
#pragma unroll
	for (int o = 0; o < OWN; o++) {
		const unsigned col = col0 + o * THREADS + threadIdx.x;
		if (col < width) dst[(row + tandem_lo) * unsigned(dstStride) + col + dst_at] = sum[o];
	}
}
