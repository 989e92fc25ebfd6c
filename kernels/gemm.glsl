// A work-group computes BM x BN elements of C: it walks along the depth in
// steps of BK, each step loading a BM x BK piece of op(A) and a BK x BN piece
// of op(B) into shared memory. An invocation computes TM x TN elements that lie
// LY rows and LX columns apart, so that neighbours read neighbouring words. The
// odd length of the tiles' rows spreads columns over the banks of the memory.
const uint LX = gl_WorkGroupSize.x, LY = gl_WorkGroupSize.y;
const uint TM = 8u, TN = 8u, BK = 16u;
const uint BM = LY * TM, BN = LX * TN;

shared REAL tile_a[BK][BM + 1u], tile_b[BK][BN + 1u];

// STEP adds one product of a column of op(A) and a row of op(B).
#define STEP(k) { \
	REAL left[TM], right[TN]; \
	for (uint i = 0u; i < TM; i++) left[i] = tile_a[k][y + i * LY]; \
	for (uint j = 0u; j < TN; j++) right[j] = tile_b[k][x + j * LX]; \
	for (uint i = 0u; i < TM; i++) \
		for (uint j = 0u; j < TN; j++) sum[i][j] += left[i] * right[j]; \
}

void main() {
	uint across = (cols + BN - 1u) / BN;
	uint group = tandem_group();
	uint row0 = group / across * BM, col0 = group % across * BN;
	uint x = gl_LocalInvocationID.x, y = gl_LocalInvocationID.y;
	uint me = gl_LocalInvocationIndex;

	REAL sum[TM][TN];
	for (uint i = 0u; i < TM; i++)
		for (uint j = 0u; j < TN; j++) sum[i][j] = REAL(0);

	uint first = row0 + tandem_lo;
	for (uint k0 = 0u; k0 < depth; k0 += BK) {
		for (uint e = 0u; e < BM * BK / (LX * LY); e++) {
			uint at = e * LX * LY + me;
#ifdef TRANS_A
			uint r = at % BM, k = at / BM;
			uint from = (k0 + k) * lda + first + r;
#else
			uint r = at / BK, k = at % BK;
			uint from = (first + r) * lda + k0 + k;
#endif
			bool inside = row0 + r < tandem_n && k0 + k < depth;
			tile_a[k][r] = inside ? a[from + a_at] : REAL(0);
		}
		for (uint e = 0u; e < BN * BK / (LX * LY); e++) {
			uint at = e * LX * LY + me;
#ifdef TRANS_B
			uint c = at / BK, k = at % BK;
			uint from = (col0 + c) * ldb + k0 + k;
#else
			uint c = at % BN, k = at / BN;
			uint from = (k0 + k) * ldb + col0 + c;
#endif
			bool inside = col0 + c < cols && k0 + k < depth;
			tile_b[k][c] = inside ? b[from + b_at] : REAL(0);
		}
		barrier();
		for (uint k = 0u; k < BK; k += 4u) {
			STEP(k)
			STEP(k + 1u)
			STEP(k + 2u)
			STEP(k + 3u)
		}
		barrier();
	}

	for (uint i = 0u; i < TM; i++) {
		uint r = row0 + y + i * LY;
		for (uint j = 0u; j < TN; j++) {
			uint col = col0 + x + j * LX;
			if (r >= tandem_n || col >= cols) continue;
			uint at = (r + tandem_lo) * ldc + col + c_at;
#ifdef READS_C
			c[at] = alpha * sum[i][j] + beta * c[at];
#else
			c[at] = alpha * sum[i][j];
#endif
		}
	}
}
