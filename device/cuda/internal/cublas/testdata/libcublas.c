/* A library that passes for cuBLAS and computes on the host's memory, slowly:
   every element as a double. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { REAL_32 = 0, REAL_64 = 1, REAL_16 = 2, BRAIN_16 = 14 };
enum { NOT_INITIALIZED = 1, ALLOC_FAILED = 3, INVALID_VALUE = 7, NOT_SUPPORTED = 15 };

/* The number that the bits of IEEE 754's 16-bit format are. */
static double half(uint16_t h)
{
	int exponent = h >> 10 & 31, rest = h & 1023;
	double x = exponent == 31 ? (rest ? NAN : INFINITY) : exponent ? ldexp(1024 + rest, exponent - 25) : ldexp(rest, -24);
	return h >> 15 ? -x : x;
}

static double brain(uint16_t h)
{
	union { uint32_t bits; float x; } u = {.bits = (uint32_t)h << 16};
	return u.x;
}

static double load(const void *at, int type, ptrdiff_t i)
{
	switch (type) {
	case REAL_16: return half(((const uint16_t *)at)[i]);
	case BRAIN_16: return brain(((const uint16_t *)at)[i]);
	case REAL_32: return ((const float *)at)[i];
	default: return ((const double *)at)[i];
	}
}

static void store(void *at, int type, ptrdiff_t i, double x)
{
	if (type == REAL_32)
		((float *)at)[i] = (float)x;
	else
		((double *)at)[i] = x;
}

/* Element (i, j) of op(a). */
static double element(const void *a, int type, int ld, int op, int i, int j)
{
	return load(a, type, op ? j + (ptrdiff_t)i * ld : i + (ptrdiff_t)j * ld);
}

/* What of a float TF32 has. */
static double tf32(double x)
{
	union { float x; uint32_t bits; } u = {.x = x};
	u.bits &= ~UINT32_C(0x1fff);
	return u.x;
}

int cublasCreate_v2(void **handle)
{
	if (getenv("STANDIN_NO_MEMORY"))
		return ALLOC_FAILED;
	*handle = calloc(1, 1);
	return 0;
}

int cublasDestroy_v2(void *handle)
{
	free(handle);
	return 0;
}

int cublasSetStream_v2(void *handle, void *stream)
{
	return handle && (!stream || getenv("STANDIN_ANY_STREAM")) ? 0 : NOT_INITIALIZED;
}

int cublasGemmEx(void *handle, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *a, int type_a,
		 int lda, const void *b, int type_b, int ldb, const void *beta, void *c, int type_c, int ldc, int compute,
		 int algorithm)
{
	int factor = compute == 70 ? REAL_64 : REAL_32;
	int widens = (type_a == REAL_16 || type_a == BRAIN_16) && type_c == REAL_32 && compute == 68;
	if (type_a != type_b || (type_a != type_c && !widens))
		return NOT_SUPPORTED;
	if (!handle || algorithm != -1)
		return INVALID_VALUE;
	if (getenv("STANDIN_GEMM"))
		return atoi(getenv("STANDIN_GEMM"));
	for (int i = 0; i < m; i++)
		for (int j = 0; j < n; j++) {
			double sum = 0, scale = load(beta, factor, 0);
			for (int l = 0; l < k; l++) {
				double x = element(a, type_a, lda, op_a, i, l), y = element(b, type_b, ldb, op_b, l, j);
				sum += compute == 77 && type_a == REAL_32 ? tf32(x) * tf32(y) : x * y;
			}
			sum *= load(alpha, factor, 0);
			if (scale != 0)
				sum += scale * load(c, type_c, i + (ptrdiff_t)j * ldc);
			store(c, type_c, i + (ptrdiff_t)j * ldc, sum);
		}
	return 0;
}

static ptrdiff_t size_of(int type) { return type == REAL_64 ? 8 : type == REAL_32 ? 4 : 2; }

int cublasGemmStridedBatchedEx(void *handle, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *a,
			       int type_a, int lda, long long stride_a, const void *b, int type_b, int ldb,
			       long long stride_b, const void *beta, void *c, int type_c, int ldc, long long stride_c,
			       int batch, int compute, int algorithm)
{
	for (int i = 0; i < batch; i++) {
		int status = cublasGemmEx(handle, op_a, op_b, m, n, k, alpha, (char *)a + i * stride_a * size_of(type_a), type_a,
					  lda, (char *)b + i * stride_b * size_of(type_b), type_b, ldb, beta,
					  (char *)c + i * stride_c * size_of(type_c), type_c, ldc, compute, algorithm);
		if (status)
			return status;
	}
	return 0;
}
