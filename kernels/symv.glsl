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
