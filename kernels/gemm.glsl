// A work-group computes BM x BN elements of C: it walks along the depth in
// steps of BK, each step loading a BM x BK piece of op(A) and a BK x BN piece
// of op(B) into shared memory. An invocation computes TM x TN elements that lie
// LY rows and LX columns apart, so that neighbours read neighbouring words. The
// odd length of the tiles' rows spreads columns over the banks of the memory.
const uint LX = gl_WorkGroupSize.x, LY = gl_WorkGroupSize.y;
const uint TM = 8u, TN = 8u, BK = 16u;
const uint BM = LY * TM, BN = LX * TN;

shared REAL tile_a[BK][BM + 1u], tile_b[BK][BN + 1u];

// A_ELEMENT and B_ELEMENT are elements of A and B: REALs, or numbers of 16 bits, two to
// a word, which are written as floats.
#if defined(FLOAT16) || defined(BFLOAT16)
float number(uint word, uint place) {
	uint h = word >> (place & 1u) * 16u & 0xffffu;
#ifdef BFLOAT16
	return uintBitsToFloat(h << 16);
#else
	uint sign = (h & 0x8000u) << 16, exponent = h & 0x7c00u, rest = (h & 0x7fffu) << 13;
	if (exponent == 0u) return uintBitsToFloat(sign | floatBitsToUint(float(h & 0x3ffu) * 5.9604644775390625e-8)); // 2^-24
	return uintBitsToFloat(sign | rest + (exponent == 0x7c00u ? 224u << 23 : 112u << 23));
#endif
}
#define A_ELEMENT(place) number(a[(place) >> 1], place)
#define B_ELEMENT(place) number(b[(place) >> 1], place)
#else
#define A_ELEMENT(place) a[place]
#define B_ELEMENT(place) b[place]
#endif

#ifndef BATCH
#define rows tandem_n
#endif

// The distance between neighbours of op(A)'s rows.
#ifdef TRANS_A
#define LINE_OF_A 1u
#else
#define LINE_OF_A lda
#endif

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
#ifdef BATCH
	// An index is a product of the batch; its groups stand beside each other.
	uint each = (rows + BM - 1u) / BM * across;
	uint product = tandem_group() / each + tandem_lo, group = tandem_group() % each;
	if (product - tandem_lo >= tandem_n) return;
	uint from_a = product * stride_a + a_at, from_b = product * stride_b + b_at, from_c = product * stride_c + c_at;
#else
	uint group = tandem_group();
	uint from_a = a_at + tandem_lo * (LINE_OF_A), from_b = b_at, from_c = c_at + tandem_lo * ldc;
#endif
	uint row0 = group / across * BM, col0 = group % across * BN;
	uint x = gl_LocalInvocationID.x, y = gl_LocalInvocationID.y;
	uint me = gl_LocalInvocationIndex;

	REAL sum[TM][TN];
	for (uint i = 0u; i < TM; i++)
		for (uint j = 0u; j < TN; j++) sum[i][j] = REAL(0);

	for (uint k0 = 0u; k0 < depth; k0 += BK) {
		for (uint e = 0u; e < BM * BK / (LX * LY); e++) {
			uint at = e * LX * LY + me;
#ifdef TRANS_A
			uint r = at % BM, k = at / BM;
			uint from = (k0 + k) * lda + row0 + r;
#else
			uint r = at / BK, k = at % BK;
			uint from = (row0 + r) * lda + k0 + k;
#endif
			bool inside = row0 + r < rows && k0 + k < depth;
			tile_a[k][r] = inside ? A_ELEMENT(from + from_a) : REAL(0);
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
			tile_b[k][c] = inside ? B_ELEMENT(from + from_b) : REAL(0);
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
			if (r >= rows || col >= cols) continue;
			uint at = r * ldc + col + from_c;
#if defined(READS_C) && defined(BATCH) // of which the padding alone may be wanted
			c[at] = beta == REAL(0) ? alpha * sum[i][j] : alpha * sum[i][j] + beta * c[at];
#elif defined(READS_C)
			c[at] = alpha * sum[i][j] + beta * c[at];
#else
			c[at] = alpha * sum[i][j];
#endif
		}
	}
}
