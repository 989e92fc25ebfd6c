#ifndef TANDEM_CUBLAS_H
#define TANDEM_CUBLAS_H

#include <stddef.h>
#include <stdint.h>

/* 0, or -1 where there is no cuBLAS; then the reason is in words. */
int tandem_cublas_load(void);
const char *tandem_cublas_reason(void);

/* The rest may be called after a load that has succeeded. Each first makes the
   context current. They answer a cublasStatus_t, or minus the CUresult with
   which the driver refuses the context. */
struct tandem_cublas {
	void *context, *handle;
};

int tandem_cublas_create(struct tandem_cublas *h);
int tandem_cublas_destroy(const struct tandem_cublas *h);
int tandem_cublas_set_stream(const struct tandem_cublas *h, void *stream);

/* A matrix, or the first of a batch of them. */
struct tandem_cublas_matrix {
	uint64_t at;
	int type, ld;
	long long stride;
};

struct tandem_cublas_gemm {
	int op_a, op_b, m, n, k, compute;
	int batch; /* 0: a single product */
	struct tandem_cublas_matrix a, b, c;
	double alpha, beta; /* bytes of the type that they have for cuBLAS */
};

int tandem_cublas_gemm(const struct tandem_cublas *h, const struct tandem_cublas_gemm *g);

#endif
