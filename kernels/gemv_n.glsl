// The invocations along x share a row: each adds every LX-th product, then they
// join their sums as a tree.
const uint LX = gl_WorkGroupSize.x, LY = gl_WorkGroupSize.y;

shared REAL part[LY][LX];

void main() {
	uint lane = gl_LocalInvocationID.x, strip = gl_LocalInvocationID.y;
	uint row = tandem_group() * LY + strip;
	uint first = (row + tandem_lo) * lda + a_at;

	REAL sum = REAL(0);
	if (row < tandem_n)
		for (uint k = lane; k < depth; k += LX) sum += a[first + k] * x[k + x_at];
	part[strip][lane] = sum;
	barrier();
	for (uint reach = LX / 2u; reach > 0u; reach /= 2u) {
		if (lane < reach) part[strip][lane] += part[strip][lane + reach];
		barrier();
	}
	if (lane > 0u || row >= tandem_n) return;

	uint at = row + tandem_lo + y_at;
#ifdef READS_Y
	y[at] = alpha * part[strip][0] + beta * y[at];
#else
	y[at] = alpha * part[strip][0];
#endif
}
