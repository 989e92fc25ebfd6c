// A thread computes ROWS elements of one column of A, whose loads it has under way at
// once.
enum { ROWS = 8, COLS = 256 };

TANDEM_KERNEL {
	const unsigned across = (ncol + COLS - 1) / COLS;
	const unsigned first = tandem_group() / across * ROWS, col = tandem_group() % across * COLS + threadIdx.x;
	if (col >= (unsigned)ncol) return;
	const REAL factor = y[col + y_at];
	REAL *to = a + ((first + tandem_lo) * stride + col + a_at), old[ROWS];
#pragma unroll
	for (unsigned k = 0; k < ROWS; k++)
		if (first + k < tandem_n) old[k] = to[(size_t)k * stride];
#pragma unroll
	for (unsigned k = 0; k < ROWS; k++)
		if (first + k < tandem_n) to[(size_t)k * stride] = old[k] + alpha * x[first + k + tandem_lo + x_at] * factor;
}
