// As symv.glsl: a block computes TILE elements of y, from its rows of A where they are
// stored and from the mirrored tiles elsewhere. The tile of column t - i in turn t of
// block i is also that of block t - i, which reads it in the same turn if the two run at
// once: each element of A comes from memory once, and from the cache once.
enum { TILE = 32, STRIPS = 8, EACH = TILE / STRIPS };

TANDEM_KERNEL {
	__shared__ REAL part[TILE][TILE + 1];
	const unsigned lane = threadIdx.x, strip = threadIdx.y;
	const unsigned tiles = (depth + TILE - 1) / TILE;
	for (unsigned block = tandem_group(); block < tandem_n; block += tandem_groups()) {
		const unsigned mine = block + tandem_lo;
		REAL by_row[EACH] = {}, by_col = 0;
#pragma unroll 2
		for (unsigned turn = 0; turn < tiles; turn++) {
			const unsigned tile = turn >= mine ? turn - mine : turn + tiles - mine;
			const bool stored = upper ? tile >= mine : tile <= mine;
			const unsigned first = (stored ? mine : tile) * TILE + strip;
			const unsigned col = (stored ? tile : mine) * TILE + lane;
			bool has[EACH];
			REAL v[EACH];
#pragma unroll
			for (int k = 0; k < EACH; k++) {
				const unsigned row = first + k * STRIPS;
				has[k] = row < depth && col < depth && (tile != mine || (upper ? col >= row : col <= row));
				v[k] = has[k] ? a[row * lda + col + a_at] : REAL(0);
			}
			if (stored) {
				const REAL factor = col < depth ? x[col + x_at] : REAL(0);
#pragma unroll
				for (int k = 0; k < EACH; k++)
					if (has[k]) by_row[k] = MATH(fma)(v[k], factor, by_row[k]);
			}
			if (!stored || tile == mine) {
#pragma unroll
				for (int k = 0; k < EACH; k++) {
					const unsigned row = first + k * STRIPS;
					if (has[k] && row != col) by_col = MATH(fma)(v[k], x[row + x_at], by_col);
				}
			}
		}
#pragma unroll
		for (int k = 0; k < EACH; k++) part[strip + k * STRIPS][lane] = by_row[k];
		__syncthreads();
		REAL sum = by_col;
#pragma unroll
		for (int k = 0; k < EACH; k++) sum += part[lane][strip * EACH + k];
		__syncthreads();
		part[strip][lane] = sum;
		__syncthreads();
#pragma unroll
		for (unsigned reach = STRIPS / 2; reach > 0; reach /= 2) {
			if (strip < reach) part[strip][lane] += part[strip + reach][lane];
			__syncthreads();
		}
		const unsigned at = mine * TILE + lane;
		if (strip == 0 && at < order) {
			REAL *to = y + (at + y_at);
#ifdef READS_Y
			*to = MATH(fma)(alpha, part[0][lane], beta * *to);
#else
			*to = alpha * part[0][lane];
#endif
		}
		__syncthreads();
	}
}
