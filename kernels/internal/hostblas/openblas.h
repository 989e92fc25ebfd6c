// The parts of the CBLAS interface that Tandem calls, under its own names.

#ifndef TANDEM_OPENBLAS_H
#define TANDEM_OPENBLAS_H

// tandem_blas_open loads OpenBLAS and sets it to one thread. It returns what
// the library says of itself, or NULL where there is none. It is called once,
// before the functions below.
const char *tandem_blas_open(void);

// The products of matrices stored by rows; ta and tb are 1 for a transposed
// matrix.
void tandem_sgemm(int ta, int tb, int m, int n, int k, float alpha, const float *a, int lda,
		  const float *b, int ldb, float beta, float *c, int ldc);
void tandem_dgemm(int ta, int tb, int m, int n, int k, double alpha, const double *a, int lda,
		  const double *b, int ldb, double beta, double *c, int ldc);

#endif
