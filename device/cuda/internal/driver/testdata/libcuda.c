/* A library that passes for a driver: it prints the calls whose arguments a
   trampoline could spoil, and answers as the environment says. */
#include <stdio.h>
#include <stdlib.h>

static int setting(const char *name, int otherwise)
{
	const char *text = getenv(name);
	return text ? atoi(text) : otherwise;
}

int cuInit(unsigned int flags) { return setting("STANDIN_INIT", 0) + (int)flags; }

int cuDriverGetVersion(int *version)
{
	*version = setting("STANDIN_VERSION", 12040);
	return 0;
}

int cuDeviceGetCount(int *n)
{
	*n = 2;
	return 0;
}

int cuGetErrorName(int code, const char **name)
{
	*name = "CUDA_ERROR_OF_THE_STANDIN";
	return code == 0;
}

/* A context is a pointer to what making it current shall answer. */
int cuCtxSetCurrent(const int *context) { return context ? *context : 0; }

/* As the real one of CUDA 11.8; six arguments in registers, five on the stack. */
int cuLaunchKernel(void *func, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
		   unsigned shared, void *stream, void **params, void **extra)
{
	printf("launch %p %u %u %u %u %u %u %u %p %llu %p\n", func, gx, gy, gz, bx, by, bz, shared, stream,
	       *(unsigned long long *)params[0], (void *)extra);
	fflush(stdout);
	return 0;
}

int cuTexRefSetMipmapLevelClamp(void *ref, float min, float max)
{
	printf("clamp %p %g %g\n", ref, (double)min, (double)max);
	fflush(stdout);
	return 0;
}
