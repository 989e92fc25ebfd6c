// A work-group computes TILE elements of y. It goes through the tiles of its rows of
// A, TILE columns each: those that are stored it adds up by rows, of the others the
// mirrored ones by columns. LX invocations lie along the columns of a stored tile, and
// read neighbouring words; LY along its rows.
//
// A tile beside the diagonal is read by two groups, and both do so in the same turn of
// the loop: group i takes tile t - i in turn t, so that tile (i, j) has its turn at i + j.
// One of them finds it in the cache.
const uint TILE = gl_WorkGroupSize.x, STRIPS = gl_WorkGroupSize.y, EACH = TILE / STRIPS;

shared REAL part[TILE][TILE + 1u];

void main() {
	if (tandem_group() >= tandem_n) return;
	uint lane = gl_LocalInvocationID.x, strip = gl_LocalInvocationID.y;
	uint mine = tandem_group() + tandem_lo, tiles = (depth + TILE - 1u) / TILE;

	REAL by_row[EACH];
	for (uint k = 0u; k < EACH; k++) by_row[k] = REAL(0);
	REAL by_col = REAL(0);
	for (uint turn = 0u; turn < tiles; turn++) {
		uint tile = turn >= mine ? turn - mine : turn + tiles - mine;
		bool stored = upper != 0u ? tile >= mine : tile <= mine;
		uint first = (stored ? mine : tile) * TILE + strip;
		uint col = (stored ? tile : mine) * TILE + lane;
		// Where no edge is near, written out for an EACH of 4: llvmpipe takes 0.8 of the
		// loop's time for float64.
		if (tile != mine && (max(tile, mine) + 1u) * TILE <= depth) {
			uint at = first * lda + col + a_at, down = STRIPS * lda;
			REAL v0 = a[at], v1 = a[at + down], v2 = a[at + 2u * down], v3 = a[at + 3u * down];
			if (stored) {
				REAL factor = x[col + x_at];
				by_row[0] += v0 * factor;
				by_row[1] += v1 * factor;
				by_row[2] += v2 * factor;
				by_row[3] += v3 * factor;
			} else {
				uint from = first + x_at;
				by_col += (v0 * x[from] + v1 * x[from + STRIPS]) + (v2 * x[from + 2u * STRIPS] + v3 * x[from + 3u * STRIPS]);
			}
			continue;
		}
		if (col >= depth) continue;
		for (uint k = 0u; k < EACH; k++) {
			uint row = first + k * STRIPS;
			if (row >= depth || tile == mine && (upper != 0u ? col < row : col > row)) continue;
			REAL v = a[row * lda + col + a_at];
			if (stored) by_row[k] += v * x[col + x_at];
			if (!stored || tile == mine && row != col) by_col += v * x[row + x_at];
		}
	}
	for (uint k = 0u; k < EACH; k++) part[strip + k * STRIPS][lane] = by_row[k];
	barrier();
	REAL sum = by_col;
	for (uint k = 0u; k < EACH; k++) sum += part[lane][strip * EACH + k];
	barrier();
	part[strip][lane] = sum;
	barrier();
	for (uint reach = STRIPS / 2u; reach > 0u; reach /= 2u) {
		if (strip < reach) part[strip][lane] += part[strip + reach][lane];
		barrier();
	}
	uint at = mine * TILE + lane;
	if (strip > 0u || at >= order) return;

	REAL result = alpha * part[0][lane];
#ifdef READS_Y
	result += beta * y[at + y_at];
#endif
	y[at + y_at] = result;
}
