/* A library that passes for cuBLAS and computes on the host's memory, slowly:
   every element as a double complex. */
#include <complex.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

typedef double complex number;

enum { REAL_32 = 0, REAL_64 = 1, REAL_16 = 2, INT_8 = 3, COMPLEX_32 = 4, COMPLEX_64 = 5, INT_32 = 10, BRAIN_16 = 14 };
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

static number load(const void *at, int type, ptrdiff_t i)
{
	switch (type) {
	case REAL_16: return half(((const uint16_t *)at)[i]);
	case BRAIN_16: return brain(((const uint16_t *)at)[i]);
	case REAL_32: return ((const float *)at)[i];
	case REAL_64: return ((const double *)at)[i];
	case INT_8: return ((const int8_t *)at)[i];
	case INT_32: return ((const int32_t *)at)[i];
	case COMPLEX_32: return ((const float complex *)at)[i];
	default: return ((const double complex *)at)[i];
	}
}

static void store(void *at, int type, ptrdiff_t i, number x)
{
	switch (type) {
	case REAL_32: ((float *)at)[i] = creal(x); break;
	case REAL_64: ((double *)at)[i] = creal(x); break;
	case INT_32: ((int32_t *)at)[i] = creal(x); break;
	case COMPLEX_32: ((float complex *)at)[i] = x; break;
	default: ((double complex *)at)[i] = x;
	}
}

/* Element (i, j) of op(a). */
static number element(const void *a, int type, int ld, int op, int i, int j)
{
	number x = load(a, type, op ? j + (ptrdiff_t)i * ld : i + (ptrdiff_t)j * ld);
	return op == 2 ? conj(x) : x;
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

int cublasGetVersion_v2(void *handle, int *version)
{
	*version = 120400;
	return handle ? 0 : NOT_INITIALIZED;
}

int cublasSetStream_v2(void *handle, void *stream)
{
	return handle && (!stream || getenv("STANDIN_ANY_STREAM")) ? 0 : NOT_INITIALIZED;
}

int cublasSetMathMode(void *handle, int mode) { return mode == 3 && handle ? 0 : INVALID_VALUE; }

int cublasSetWorkspace_v2(void *handle, void *at, size_t nbytes)
{
	return handle && (uintptr_t)at == 256 && nbytes == 1 << 20 ? 0 : INVALID_VALUE;
}

int cublasGemmEx(void *handle, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *a, int type_a,
		 int lda, const void *b, int type_b, int ldb, const void *beta, void *c, int type_c, int ldc, int compute,
		 int algorithm)
{
	int factor = compute == 70 ? (type_c == COMPLEX_64 ? COMPLEX_64 : REAL_64)
		     : compute == 72 ? INT_32
				     : (type_c == COMPLEX_32 ? COMPLEX_32 : REAL_32);
	int widens = (type_a == INT_8 && type_c == INT_32) ||
		     ((type_a == REAL_16 || type_a == BRAIN_16) && type_c == REAL_32 && compute == 68);
	if (type_a != type_b || (type_a != type_c && !widens))
		return NOT_SUPPORTED;
	if (!handle || algorithm != -1)
		return INVALID_VALUE;
	if (getenv("STANDIN_GEMM"))
		return atoi(getenv("STANDIN_GEMM"));
	for (int i = 0; i < m; i++)
		for (int j = 0; j < n; j++) {
			number sum = 0, scale = load(beta, factor, 0);
			for (int l = 0; l < k; l++) {
				number x = element(a, type_a, lda, op_a, i, l), y = element(b, type_b, ldb, op_b, l, j);
				sum += compute == 77 && type_a == REAL_32 ? tf32(creal(x)) * tf32(creal(y)) : x * y;
			}
			sum *= load(alpha, factor, 0);
			if (scale != 0)
				sum += scale * load(c, type_c, i + (ptrdiff_t)j * ldc);
			store(c, type_c, i + (ptrdiff_t)j * ldc, sum);
		}
	return 0;
}

static ptrdiff_t size_of(int type) { return type == COMPLEX_64 ? 16 : type == REAL_64 || type == COMPLEX_32 ? 8 : type == INT_8 ? 1 : type == REAL_16 || type == BRAIN_16 ? 2 : 4; }

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

int cublasGemmBatchedEx(void *handle, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *const *a,
			int type_a, int lda, const void *const *b, int type_b, int ldb, const void *beta, void *const *c,
			int type_c, int ldc, int batch, int compute, int algorithm)
{
	for (int i = 0; i < batch; i++) {
		int status = cublasGemmEx(handle, op_a, op_b, m, n, k, alpha, a[i], type_a, lda, b[i], type_b, ldb, beta, c[i],
					  type_c, ldc, compute, algorithm);
		if (status)
			return status;
	}
	return 0;
}

/* Solves for one column of op(A)·X = alpha·B after the other; Left only. */
static int trsm(int type, void *handle, int side, int fill, int op, int diag, int m, int n, const void *alpha, const void *a,
		int lda, void *b, int ldb)
{
	int lower = (fill == 0) != (op != 0);
	if (!handle || side)
		return INVALID_VALUE;
	for (int j = 0; j < n; j++)
		for (int step = 0; step < m; step++) {
			int i = lower ? step : m - 1 - step;
			number x = load(alpha, type, 0) * load(b, type, i + (ptrdiff_t)j * ldb);
			for (int l = lower ? 0 : i + 1; l < (lower ? i : m); l++)
				x -= element(a, type, lda, op, i, l) * load(b, type, l + (ptrdiff_t)j * ldb);
			store(b, type, i + (ptrdiff_t)j * ldb, diag ? x : x / element(a, type, lda, op, i, i));
		}
	return 0;
}

static int syrk(int type, void *handle, int fill, int op, int n, int k, const void *alpha, const void *a, int lda,
		const void *beta, void *c, int ldc)
{
	if (!handle)
		return INVALID_VALUE;
	for (int j = 0; j < n; j++)
		for (int i = fill ? 0 : j; i < (fill ? j + 1 : n); i++) {
			number sum = load(beta, type, 0) * load(c, type, i + (ptrdiff_t)j * ldc);
			for (int l = 0; l < k; l++)
				sum += load(alpha, type, 0) * element(a, type, lda, op, i, l) * element(a, type, lda, op, j, l);
			store(c, type, i + (ptrdiff_t)j * ldc, sum);
		}
	return 0;
}

#define ROUTINES(letter, type)                                                                               \
	int cublas##letter##trsm_v2(void *h, int side, int fill, int op, int diag, int m, int n,             \
				    const void *alpha, const void *a, int lda, void *b, int ldb)             \
	{                                                                                                    \
		return trsm(type, h, side, fill, op, diag, m, n, alpha, a, lda, b, ldb);                     \
	}                                                                                                    \
	int cublas##letter##syrk_v2(void *h, int fill, int op, int n, int k, const void *alpha,              \
				    const void *a, int lda, const void *beta, void *c, int ldc)              \
	{                                                                                                    \
		return syrk(type, h, fill, op, n, k, alpha, a, lda, beta, c, ldc);                           \
	}

ROUTINES(S, REAL_32)
ROUTINES(D, REAL_64)
ROUTINES(C, COMPLEX_32)
ROUTINES(Z, COMPLEX_64)
