// The calls of CUDA's driver and of cuBLAS that main.c makes, as pointers that
// open_driver and open_blas fill in. Types and signatures are those of NVIDIA's
// documentation; what a call takes as an enumeration is an int here.

#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>

typedef int CUdevice;
typedef unsigned long long CUdeviceptr;
typedef struct CUctx_st *CUcontext;
typedef struct CUstream_st *CUstream;
typedef struct CUmod_st *CUmodule;
typedef struct CUfunc_st *CUfunction;
typedef struct cublasContext *cublasHandle_t;

#define CUDA_CALLS(X) \
	X(cuInit, (unsigned flags)) \
	X(cuGetErrorString, (int error, const char **text)) \
	X(cuDeviceGet, (CUdevice *device, int ordinal)) \
	X(cuDeviceGetAttribute, (int *value, int attribute, CUdevice device)) \
	X(cuDevicePrimaryCtxRetain, (CUcontext *context, CUdevice device)) \
	X(cuCtxSetCurrent, (CUcontext context)) \
	X(cuCtxSynchronize, (void)) \
	X(cuMemAlloc_v2, (CUdeviceptr *at, size_t nbytes)) \
	X(cuMemFree_v2, (CUdeviceptr at)) \
	X(cuMemHostAlloc, (void **at, size_t nbytes, unsigned flags)) \
	X(cuMemFreeHost, (void *at)) \
	X(cuMemcpyHtoD_v2, (CUdeviceptr to, const void *from, size_t nbytes)) \
	X(cuMemcpyDtoH_v2, (void *to, CUdeviceptr from, size_t nbytes)) \
	X(cuMemcpyHtoDAsync_v2, (CUdeviceptr to, const void *from, size_t nbytes, CUstream stream)) \
	X(cuMemcpyDtoHAsync_v2, (void *to, CUdeviceptr from, size_t nbytes, CUstream stream)) \
	X(cuMemcpyDtoDAsync_v2, (CUdeviceptr to, CUdeviceptr from, size_t nbytes, CUstream stream)) \
	X(cuMemsetD32Async, (CUdeviceptr to, unsigned value, size_t n, CUstream stream)) \
	X(cuStreamCreate, (CUstream *stream, unsigned flags)) \
	X(cuStreamSynchronize, (CUstream stream)) \
	X(cuModuleLoadData, (CUmodule *module, const void *image)) \
	X(cuModuleGetFunction, (CUfunction *function, CUmodule module, const char *name)) \
	X(cuLaunchKernel, \
	  (CUfunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y, \
	   unsigned block_z, unsigned shared, CUstream stream, void **arguments, void **extra))

#define BLAS_CALLS(X) \
	X(cublasCreate_v2, (cublasHandle_t *handle)) \
	X(cublasSetStream_v2, (cublasHandle_t handle, CUstream stream)) \
	X(cublasSaxpy_v2, (cublasHandle_t handle, int n, const float *alpha, CUdeviceptr x, int incx, CUdeviceptr y, int incy)) \
	X(cublasSscal_v2, (cublasHandle_t handle, int n, const float *alpha, CUdeviceptr x, int incx)) \
	X(cublasSasum_v2, (cublasHandle_t handle, int n, CUdeviceptr x, int incx, float *result)) \
	X(cublasSdot_v2, (cublasHandle_t handle, int n, CUdeviceptr x, int incx, CUdeviceptr y, int incy, float *result)) \
	X(cublasSgemv_v2, \
	  (cublasHandle_t handle, int trans, int m, int n, const float *alpha, CUdeviceptr a, int lda, CUdeviceptr x, int incx, \
	   const float *beta, CUdeviceptr y, int incy)) \
	X(cublasSgemm_v2, \
	  (cublasHandle_t handle, int trans_a, int trans_b, int m, int n, int k, const float *alpha, CUdeviceptr a, int lda, \
	   CUdeviceptr b, int ldb, const float *beta, CUdeviceptr c, int ldc))

#define DECLARE(name, arguments) static int (*name) arguments;
CUDA_CALLS(DECLARE)
BLAS_CALLS(DECLARE)
#undef DECLARE

static char lack[256];

#define FIND(name, arguments) \
	if (!(*(void **)&name = dlsym(library, #name))) { \
		snprintf(lack, sizeof lack, "the library has no %s", #name); \
		return lack; \
	}

// open_driver finds the driver's calls, or says why not; open_blas those of cuBLAS.
static const char *open_driver(void)
{
	void *library = dlopen("libcuda.so.1", RTLD_NOW);
	if (!library)
		return "no NVIDIA driver here: there is no libcuda.so.1";
	CUDA_CALLS(FIND)
	return NULL;
}

static const char *open_blas(void)
{
	static const char *const names[] = {
		"libcublas.so.13", "libcublas.so.12", "libcublas.so.11", "libcublas.so", "/usr/local/cuda/lib64/libcublas.so",
	};
	void *library = NULL;
	for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++)
		library = dlopen(names[i], RTLD_NOW);
	if (!library)
		return "no cuBLAS here: there is no libcublas.so.13, .12 or .11";
	BLAS_CALLS(FIND)
	return NULL;
}
#undef FIND
