#ifndef TANDEM_CUBLAS_H
#define TANDEM_CUBLAS_H

#include <stddef.h>
#include <stdint.h>

/* 0, or -1 where there is no cuBLAS; then the reason is in words. */
int tandem_cublas_load(void);
const char *tandem_cublas_reason(void);

/* For tests: symbols come from resolve. 0, or -1 when one has been loaded. */
int tandem_cublas_redirect(void *(*resolve)(const char *symbol));

/* The rest may be called after a load that has succeeded. Each first makes the
   context current. They answer a cublasStatus_t, or minus the CUresult with
   which the driver refuses the context. */
struct tandem_cublas {
	void *context, *handle;
};

int tandem_cublas_create(struct tandem_cublas *h);
int tandem_cublas_destroy(const struct tandem_cublas *h);
int tandem_cublas_version(const struct tandem_cublas *h, int *version);
int tandem_cublas_set_stream(const struct tandem_cublas *h, void *stream);
int tandem_cublas_set_math_mode(const struct tandem_cublas *h, int mode);
int tandem_cublas_set_workspace(const struct tandem_cublas *h, uint64_t at, size_t nbytes);

/* A matrix, or the first of a batch of them. */
struct tandem_cublas_matrix {
	uint64_t at;
	int type, ld;
	long long stride;
};

struct tandem_cublas_gemm {
	int op_a, op_b, m, n, k, compute;
	int batch;  /* 0: a single product */
	int arrays; /* the batch's addresses are in arrays on the device */
	struct tandem_cublas_matrix a, b, c;
	double alpha[2], beta[2]; /* bytes of the type that they have for cuBLAS */
};

struct tandem_cublas_trsm {
	int side, fill, op, diag, m, n;
	struct tandem_cublas_matrix a, b;
	double alpha[2];
};

struct tandem_cublas_syrk {
	int fill, op, n, k;
	struct tandem_cublas_matrix a, c;
	double alpha[2], beta[2];
};

int tandem_cublas_gemm(const struct tandem_cublas *h, const struct tandem_cublas_gemm *g);
int tandem_cublas_trsm(const struct tandem_cublas *h, const struct tandem_cublas_trsm *s);
int tandem_cublas_syrk(const struct tandem_cublas *h, const struct tandem_cublas_syrk *s);

#endif
