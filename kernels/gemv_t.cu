// The threads along y share a column of A: each adds every STRIPS-th product, then
// they join their sums as a tree. Those along x read neighbouring words.
enum { COLS = 32, STRIPS = 16 };

TANDEM_KERNEL {
	__shared__ REAL part[STRIPS][COLS];
	const unsigned lane = threadIdx.x, strip = threadIdx.y;
	const unsigned col = tandem_group() * COLS + lane;
	const unsigned first = col + tandem_lo + a_at;

	REAL sum = 0;
	if (col < tandem_n) {
#pragma unroll 8
		for (size_t k = strip; k < depth; k += STRIPS)
			sum = MATH(fma)(a[first + (unsigned)k * lda], x[(unsigned)k + x_at], sum);
	}
	part[strip][lane] = sum;
	__syncthreads();
#pragma unroll
	for (unsigned reach = STRIPS / 2; reach > 0; reach /= 2) {
		if (strip < reach) part[strip][lane] += part[strip + reach][lane];
		__syncthreads();
	}
	if (strip > 0 || col >= tandem_n) return;

	REAL *to = y + (col + tandem_lo + y_at);
#ifdef READS_Y
	*to = MATH(fma)(alpha, part[0][lane], beta * *to);
#else
	*to = alpha * part[0][lane];
#endif
}
