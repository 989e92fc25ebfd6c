//go:build cuda && linux && cgo

#include "cublas.h"

#include "library.h"

#include <cuda.h>
#include <pthread.h>
#include <stdatomic.h>

#define TRSM                                                                                                 \
	(void *handle, int side, int fill, int op, int diag, int m, int n, const void *alpha, const void *a, \
	 int lda, void *b, int ldb)
#define SYRK                                                                                                 \
	(void *handle, int fill, int op, int n, int k, const void *alpha, const void *a, int lda,            \
	 const void *beta, void *c, int ldc)

/* The part of cuBLAS that is used: where it goes, its name, its arguments. */
#define CUBLAS(F)                                                                                            \
	F(create, cublasCreate_v2, (void **handle))                                                          \
	F(destroy, cublasDestroy_v2, (void *handle))                                                         \
	F(version, cublasGetVersion_v2, (void *handle, int *version))                                        \
	F(set_stream, cublasSetStream_v2, (void *handle, void *stream))                                      \
	F(set_math_mode, cublasSetMathMode, (void *handle, int mode))                                        \
	F(set_workspace, cublasSetWorkspace_v2, (void *handle, void *at, size_t nbytes))                     \
	F(gemm, cublasGemmEx,                                                                                \
	  (void *handle, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *a,          \
	   int type_a, int lda, const void *b, int type_b, int ldb, const void *beta, void *c, int type_c,   \
	   int ldc, int compute, int algorithm))                                                             \
	F(gemm_strided, cublasGemmStridedBatchedEx,                                                          \
	  (void *handle, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *a,          \
	   int type_a, int lda, long long stride_a, const void *b, int type_b, int ldb, long long stride_b,  \
	   const void *beta, void *c, int type_c, int ldc, long long stride_c, int batch, int compute,       \
	   int algorithm))                                                                                   \
	F(gemm_arrays, cublasGemmBatchedEx,                                                                  \
	  (void *handle, int op_a, int op_b, int m, int n, int k, const void *alpha,                         \
	   const void *const *a, int type_a, int lda, const void *const *b, int type_b, int ldb,             \
	   const void *beta, void *const *c, int type_c, int ldc, int batch, int compute, int algorithm))    \
	F(strsm, cublasStrsm_v2, TRSM)                                                                       \
	F(dtrsm, cublasDtrsm_v2, TRSM)                                                                       \
	F(ctrsm, cublasCtrsm_v2, TRSM)                                                                       \
	F(ztrsm, cublasZtrsm_v2, TRSM)                                                                       \
	F(ssyrk, cublasSsyrk_v2, SYRK)                                                                       \
	F(dsyrk, cublasDsyrk_v2, SYRK)                                                                       \
	F(csyrk, cublasCsyrk_v2, SYRK)                                                                       \
	F(zsyrk, cublasZsyrk_v2, SYRK)

#define FIELD(field, name, arguments) int(*field) arguments;
#define NAME(field, name, arguments) #name,

static struct {
	CUBLAS(FIELD)
} api; /* written by load, read after it */

static const char *const symbols[] = {CUBLAS(NAME) NULL};
static const char *const versions[] = {"13", "12", "11", NULL};
static const struct tandem_library library = {"libcublas.so", "TANDEM_CUBLAS", versions, symbols};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Atomic(void *(*)(const char *)) redirected;
static atomic_int loaded;
static int status; /* written by load, as reason is */
static char reason[512];

enum {
	ALGORITHM = -1, /* CUBLAS_GEMM_DEFAULT: the library chooses */
	NOT_SUPPORTED = 15,
	/* cudaDataType */
	REAL_32 = 0,
	REAL_64 = 1,
	COMPLEX_32 = 4,
	COMPLEX_64 = 5,
};

static void load(void)
{
	status = tandem_library_open(&library, atomic_load(&redirected), (void **)&api, reason, sizeof reason);
	atomic_store(&loaded, 1);
}

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

int tandem_cublas_redirect(void *(*resolve)(const char *symbol))
{
	if (atomic_load(&loaded))
		return -1;
	atomic_store(&redirected, resolve);
	return 0;
}

/* Makes the context current and answers what follows, or the driver's refusal. */
#define IN_CONTEXT(h, call)                                                                                  \
	do {                                                                                                 \
		CUresult refused = cuCtxSetCurrent((CUcontext)(h)->context);                                 \
		return refused ? -(int)refused : (call);                                                     \
	} while (0)

int tandem_cublas_create(struct tandem_cublas *h) { IN_CONTEXT(h, api.create(&h->handle)); }
int tandem_cublas_destroy(const struct tandem_cublas *h) { IN_CONTEXT(h, api.destroy(h->handle)); }

int tandem_cublas_version(const struct tandem_cublas *h, int *version)
{
	IN_CONTEXT(h, api.version(h->handle, version));
}

int tandem_cublas_set_stream(const struct tandem_cublas *h, void *stream)
{
	IN_CONTEXT(h, api.set_stream(h->handle, stream));
}

int tandem_cublas_set_math_mode(const struct tandem_cublas *h, int mode)
{
	IN_CONTEXT(h, api.set_math_mode(h->handle, mode));
}

int tandem_cublas_set_workspace(const struct tandem_cublas *h, uint64_t at, size_t nbytes)
{
	IN_CONTEXT(h, api.set_workspace(h->handle, (void *)at, nbytes));
}

static int gemm(void *handle, const struct tandem_cublas_gemm *g)
{
	const struct tandem_cublas_matrix *a = &g->a, *b = &g->b, *c = &g->c;
	if (!g->batch)
		return api.gemm(handle, g->op_a, g->op_b, g->m, g->n, g->k, g->alpha, (void *)a->at, a->type, a->ld,
				(void *)b->at, b->type, b->ld, g->beta, (void *)c->at, c->type, c->ld, g->compute,
				ALGORITHM);
	if (g->arrays)
		return api.gemm_arrays(handle, g->op_a, g->op_b, g->m, g->n, g->k, g->alpha, (const void **)a->at,
				       a->type, a->ld, (const void **)b->at, b->type, b->ld, g->beta, (void **)c->at,
				       c->type, c->ld, g->batch, g->compute, ALGORITHM);
	return api.gemm_strided(handle, g->op_a, g->op_b, g->m, g->n, g->k, g->alpha, (void *)a->at, a->type, a->ld,
				a->stride, (void *)b->at, b->type, b->ld, b->stride, g->beta, (void *)c->at, c->type,
				c->ld, c->stride, g->batch, g->compute, ALGORITHM);
}

int tandem_cublas_gemm(const struct tandem_cublas *h, const struct tandem_cublas_gemm *g)
{
	IN_CONTEXT(h, gemm(h->handle, g));
}

int tandem_cublas_trsm(const struct tandem_cublas *h, const struct tandem_cublas_trsm *s)
{
	int (*trsm) TRSM = s->b.type == REAL_32      ? api.strsm
			   : s->b.type == REAL_64    ? api.dtrsm
			   : s->b.type == COMPLEX_32 ? api.ctrsm
			   : s->b.type == COMPLEX_64 ? api.ztrsm
						     : NULL;
	if (!trsm)
		return NOT_SUPPORTED;
	IN_CONTEXT(h, trsm(h->handle, s->side, s->fill, s->op, s->diag, s->m, s->n, s->alpha, (void *)s->a.at,
			   s->a.ld, (void *)s->b.at, s->b.ld));
}

int tandem_cublas_syrk(const struct tandem_cublas *h, const struct tandem_cublas_syrk *s)
{
	int (*syrk) SYRK = s->c.type == REAL_32      ? api.ssyrk
			   : s->c.type == REAL_64    ? api.dsyrk
			   : s->c.type == COMPLEX_32 ? api.csyrk
			   : s->c.type == COMPLEX_64 ? api.zsyrk
						     : NULL;
	if (!syrk)
		return NOT_SUPPORTED;
	IN_CONTEXT(h, syrk(h->handle, s->fill, s->op, s->n, s->k, s->alpha, (void *)s->a.at, s->a.ld, s->beta,
			   (void *)s->c.at, s->c.ld));
}
