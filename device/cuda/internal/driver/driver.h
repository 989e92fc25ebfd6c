#ifndef TANDEM_CUDA_DRIVER_H
#define TANDEM_CUDA_DRIVER_H

#ifdef __cplusplus
extern "C" {
#endif

/* Why there is no driver. */
enum tandem_cuda_lack {
	TANDEM_CUDA_PRESENT,
	TANDEM_CUDA_NO_LIBRARY, /* libcuda.so.1 cannot be loaded */
	TANDEM_CUDA_NO_GPU,     /* it can, and finds no GPU */
	TANDEM_CUDA_TOO_OLD,    /* it is older than TANDEM_CUDA_VERSION */
	TANDEM_CUDA_FAILED,     /* cuInit fails otherwise */
};

/* The oldest driver that will do, as cuDriverGetVersion counts: CUDA 11.8,
   whose interface include/cuda.h describes (NVIDIA's driver 520). */
enum { TANDEM_CUDA_VERSION = 11080 };

/* Loads the driver and initialises it, once; the first driver call does it too.
   Answers 0, or the CUresult that every driver call answers from then on. */
int tandem_cuda_load(void);

/* What is missing, as a kind and in words: "" where nothing is. They load. */
enum tandem_cuda_lack tandem_cuda_lacks(void);
const char *tandem_cuda_reason(void);

/* What the driver says of its version; 0 where there is none. It loads. */
int tandem_cuda_version(void);

/* For tests: symbols come from resolve instead of libcuda.so.1, which is not
   loaded. It must know cuInit and cuDriverGetVersion; for others it may answer
   NULL. Answers 0, or -1 when the driver has been loaded already. */
int tandem_cuda_redirect(void *(*resolve)(const char *symbol));

#ifdef __cplusplus
}
#endif

#endif
