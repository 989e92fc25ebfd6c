// The invocations along y share a column of A: each adds every LY-th product,
// then they join their sums as a tree. Those along x read neighbouring words.
const uint LX = gl_WorkGroupSize.x, LY = gl_WorkGroupSize.y;

shared REAL part[LY][LX];

void main() {
	uint lane = gl_LocalInvocationID.x, strip = gl_LocalInvocationID.y;
	uint col = tandem_group() * LX + lane;
	uint first = col + tandem_lo + a_at;

	REAL sum = REAL(0);
	if (col < tandem_n)
		for (uint k = strip; k < depth; k += LY) sum += a[first + k * lda] * x[k + x_at];
	part[strip][lane] = sum;
	barrier();
	for (uint reach = LY / 2u; reach > 0u; reach /= 2u) {
		if (strip < reach) part[strip][lane] += part[strip + reach][lane];
		barrier();
	}
	if (strip > 0u || col >= tandem_n) return;

	uint at = col + tandem_lo + y_at;
#ifdef READS_Y
	y[at] = alpha * part[0][lane] + beta * y[at];
#else
	y[at] = alpha * part[0][lane];
#endif
}
