// A library that passes for CUDA's driver and for cuBLAS, and computes on the
// host's memory at once: the program beside it runs where no GPU is. A kernel
// that is launched does nothing.
#include <stdlib.h>
#include <string.h>

typedef unsigned long long address;

static float *at(address a) { return (float *)(size_t)a; }

int cuInit(unsigned flags) { return flags != 0; }

int cuGetErrorString(int error, const char **text)
{
	*text = error == 2 ? "out of memory" : "invalid value";
	return 0;
}

int cuDeviceGet(int *device, int ordinal)
{
	*device = ordinal;
	return 0;
}

int cuDeviceGetAttribute(int *value, int attribute, int device)
{
	(void)device;
	*value = attribute == 16;
	return 0;
}

int cuDevicePrimaryCtxRetain(void **context, int device)
{
	(void)device;
	*context = context;
	return 0;
}

int cuCtxSetCurrent(void *context) { return context == NULL; }

int cuCtxSynchronize(void) { return 0; }

int cuMemAlloc_v2(address *a, size_t nbytes)
{
	void *memory = nbytes > (size_t)1 << 40 ? NULL : malloc(nbytes);
	*a = (address)(size_t)memory;
	return memory ? 0 : 2;
}

int cuMemFree_v2(address a)
{
	free(at(a));
	return 0;
}

int cuMemHostAlloc(void **a, size_t nbytes, unsigned flags)
{
	(void)flags;
	*a = malloc(nbytes);
	return *a ? 0 : 2;
}

int cuMemFreeHost(void *a)
{
	free(a);
	return 0;
}

int cuMemcpyHtoD_v2(address to, const void *from, size_t nbytes)
{
	memcpy(at(to), from, nbytes);
	return 0;
}

int cuMemcpyDtoH_v2(void *to, address from, size_t nbytes)
{
	memcpy(to, at(from), nbytes);
	return 0;
}

int cuMemcpyHtoDAsync_v2(address to, const void *from, size_t nbytes, void *stream)
{
	return stream ? cuMemcpyHtoD_v2(to, from, nbytes) : 1;
}

int cuMemcpyDtoHAsync_v2(void *to, address from, size_t nbytes, void *stream)
{
	return stream ? cuMemcpyDtoH_v2(to, from, nbytes) : 1;
}

int cuMemcpyDtoDAsync_v2(address to, address from, size_t nbytes, void *stream)
{
	return stream ? cuMemcpyDtoH_v2(at(to), from, nbytes) : 1;
}

int cuMemsetD32Async(address to, unsigned value, size_t n, void *stream)
{
	for (size_t i = 0; i < n; i++)
		memcpy(at(to) + i, &value, sizeof value);
	return stream == NULL;
}

int cuStreamCreate(void **stream, unsigned flags)
{
	*stream = stream;
	return flags != 1;
}

int cuStreamSynchronize(void *stream) { return stream == NULL; }

int cuModuleLoadData(void **module, const void *image)
{
	*module = module;
	return strstr(image, ".visible .entry peak") == NULL;
}

int cuModuleGetFunction(void **function, void *module, const char *name)
{
	*function = module;
	return strcmp(name, "peak") != 0;
}

int cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
		   unsigned shared, void *stream, void **arguments, void **extra)
{
	(void)extra;
	return !function || !stream || !arguments || gx < 8 || gy != 1 || gz != 1 || bx != 256 || by != 1 || bz != 1 || shared;
}

int cublasCreate_v2(void **handle)
{
	*handle = handle;
	return 0;
}

int cublasSetStream_v2(void *handle, void *stream) { return !handle || !stream; }

int cublasSaxpy_v2(void *handle, int n, const float *alpha, address x, int incx, address y, int incy)
{
	(void)handle;
	for (int i = 0; i < n; i++)
		at(y)[i * incy] += *alpha * at(x)[i * incx];
	return 0;
}

int cublasSscal_v2(void *handle, int n, const float *alpha, address x, int incx)
{
	(void)handle;
	for (int i = 0; i < n; i++)
		at(x)[i * incx] *= *alpha;
	return 0;
}

int cublasSasum_v2(void *handle, int n, address x, int incx, float *result)
{
	double s = 0;
	(void)handle;
	for (int i = 0; i < n; i++)
		s += at(x)[i * incx] < 0 ? -at(x)[i * incx] : at(x)[i * incx];
	*result = (float)s;
	return 0;
}

int cublasSdot_v2(void *handle, int n, address x, int incx, address y, int incy, float *result)
{
	double s = 0;
	(void)handle;
	for (int i = 0; i < n; i++)
		s += (double)at(x)[i * incx] * at(y)[i * incy];
	*result = (float)s;
	return 0;
}

// Matrices by columns, as cuBLAS has them.
int cublasSgemv_v2(void *handle, int trans, int m, int n, const float *alpha, address a, int lda, address x, int incx,
		   const float *beta, address y, int incy)
{
	(void)handle;
	for (int i = 0; i < (trans ? n : m); i++) {
		double s = 0;
		for (int j = 0; j < (trans ? m : n); j++)
			s += (double)at(a)[trans ? j + i * lda : i + j * lda] * at(x)[j * incx];
		at(y)[i * incy] = (float)(*alpha * s) + (*beta ? *beta * at(y)[i * incy] : 0);
	}
	return 0;
}

int cublasSgemm_v2(void *handle, int ta, int tb, int m, int n, int k, const float *alpha, address a, int lda, address b,
		   int ldb, const float *beta, address c, int ldc)
{
	(void)handle;
	for (int i = 0; i < m; i++)
		for (int j = 0; j < n; j++) {
			double s = 0;
			for (int p = 0; p < k; p++)
				s += (double)at(a)[ta ? p + i * lda : i + p * lda] * at(b)[tb ? j + p * ldb : p + j * ldb];
			at(c)[i + j * ldc] = (float)(*alpha * s) + (*beta ? *beta * at(c)[i + j * ldc] : 0);
		}
	return 0;
}
