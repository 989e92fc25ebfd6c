// A block computes ROWS rows of COLS columns. A thread has the elements of its
// column in registers, those above and below them included; its neighbours' are in
// shared memory.
enum { COLS = 256, ROWS = 8 };

TANDEM_KERNEL {
	__shared__ REAL tile[ROWS][COLS + 2];
	const unsigned across = cols / COLS + (cols % COLS != 0);
	const unsigned row0 = tandem_group() / across * ROWS, col0 = tandem_group() % across * COLS;
	const unsigned col = col0 + threadIdx.x, first = row0 + tandem_lo;
	if (row0 >= tandem_n) return;
	const unsigned count = min(tandem_n - row0, (unsigned)ROWS);

	// The row behind the last belongs to the halo, unless the grid ends before.
	REAL column[ROWS + 2];
#pragma unroll
	for (int i = 0; i < ROWS + 2; i++) {
		const unsigned row = first + i - 1;
		const bool inside = col < cols && i <= count + 1 && (i > 0 || first > 0) && row < rows;
		column[i] = inside ? src[row * srcStride + col + src_at] : REAL(0);
	}
#pragma unroll
	for (int i = 0; i < ROWS; i++) tile[i][threadIdx.x + 1] = column[i + 1];
	if (threadIdx.x < 2 * ROWS) {
		const unsigned i = threadIdx.x / 2, right = threadIdx.x % 2;
		const unsigned beside = right ? col0 + COLS : col0 - 1; // below column 0 is above all
		const bool inside = i < count && beside < cols && (right || col0 > 0);
		tile[i][right ? COLS + 1 : 0] = inside ? src[(first + i) * srcStride + beside + src_at] : REAL(0);
	}
	__syncthreads();
	if (col >= cols) return;

#pragma unroll
	for (int i = 0; i < ROWS; i++) {
		if (i >= count) return;
		const unsigned row = first + i;
		REAL value = column[i + 1];
		if (row > 0 && row < rows - 1 && col > 0 && col < cols - 1) {
			const REAL around = (column[i] + column[i + 2]) + (tile[i][threadIdx.x] + tile[i][threadIdx.x + 2]);
			value = value + k * (around - REAL(4) * value);
		}
		dst[row * dstStride + col + dst_at] = value;
	}
}
