//go:build cuda && linux && cgo

#include "cublas.h"

#include "library.h"

#include <cuda.h>
#include <pthread.h>

/* The part of cuBLAS that is used: where it goes, its name, its arguments. */
#define CUBLAS(F)                                                                                            \
	F(create, cublasCreate_v2, (void **handle))                                                          \
	F(destroy, cublasDestroy_v2, (void *handle))                                                         \
	F(set_stream, cublasSetStream_v2, (void *handle, void *stream))                                      \
	F(gemm, cublasGemmEx,                                                                                \
	  (void *handle, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *a,          \
	   int type_a, int lda, const void *b, int type_b, int ldb, const void *beta, void *c, int type_c,   \
	   int ldc, int compute, int algorithm))                                                             \
	F(gemm_strided, cublasGemmStridedBatchedEx,                                                          \
	  (void *handle, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *a,          \
	   int type_a, int lda, long long stride_a, const void *b, int type_b, int ldb, long long stride_b,  \
	   const void *beta, void *c, int type_c, int ldc, long long stride_c, int batch, int compute,       \
	   int algorithm))

#define FIELD(field, name, arguments) int(*field) arguments;
#define NAME(field, name, arguments) #name,

static struct {
	CUBLAS(FIELD)
} api; /* written by load, read after it */

static const char *const symbols[] = {CUBLAS(NAME) NULL};
static const char *const versions[] = {"13", "12", "11", NULL};
static const struct tandem_library library = {"libcublas.so", "TANDEM_CUBLAS", versions, symbols};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int status; /* written by load, as reason is */
static char reason[512];

enum { ALGORITHM = -1 }; /* CUBLAS_GEMM_DEFAULT: the library chooses */

static void load(void) { status = tandem_library_open(&library, (void **)&api, reason, sizeof reason); }

int tandem_cublas_load(void)
{
	pthread_once(&once, load);
	return status;
}

const char *tandem_cublas_reason(void)
{
	tandem_cublas_load();
	return reason;
}

/* Makes the context current and answers what follows, or the driver's refusal. */
#define IN_CONTEXT(h, call)                                                                                  \
	do {                                                                                                 \
		CUresult refused = cuCtxSetCurrent((CUcontext)(h)->context);                                 \
		return refused ? -(int)refused : (call);                                                     \
	} while (0)

int tandem_cublas_create(struct tandem_cublas *h) { IN_CONTEXT(h, api.create(&h->handle)); }
int tandem_cublas_destroy(const struct tandem_cublas *h) { IN_CONTEXT(h, api.destroy(h->handle)); }

int tandem_cublas_set_stream(const struct tandem_cublas *h, void *stream)
{
	IN_CONTEXT(h, api.set_stream(h->handle, stream));
}

static int gemm(void *handle, const struct tandem_cublas_gemm *g)
{
	const struct tandem_cublas_matrix *a = &g->a, *b = &g->b, *c = &g->c;
	if (!g->batch)
		return api.gemm(handle, g->op_a, g->op_b, g->m, g->n, g->k, &g->alpha, (void *)a->at, a->type, a->ld,
				(void *)b->at, b->type, b->ld, &g->beta, (void *)c->at, c->type, c->ld, g->compute,
				ALGORITHM);
	return api.gemm_strided(handle, g->op_a, g->op_b, g->m, g->n, g->k, &g->alpha, (void *)a->at, a->type, a->ld,
				a->stride, (void *)b->at, b->type, b->ld, b->stride, &g->beta, (void *)c->at, c->type,
				c->ld, c->stride, g->batch, g->compute, ALGORITHM);
}

int tandem_cublas_gemm(const struct tandem_cublas *h, const struct tandem_cublas_gemm *g)
{
	IN_CONTEXT(h, gemm(h->handle, g));
}
