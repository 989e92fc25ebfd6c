//go:build openblas && linux && cgo

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "openblas.h"

// Values of the CBLAS interface.
enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112 };

static void (*sgemm)(int order, int ta, int tb, int m, int n, int k, float alpha, const float *a, int lda,
		     const float *b, int ldb, float beta, float *c, int ldc);
static void (*dgemm)(int order, int ta, int tb, int m, int n, int k, double alpha, const double *a, int lda,
		     const double *b, int ldb, double beta, double *c, int ldc);

// quiet_open opens the library without letting it start threads of its own.
static void *quiet_open(const char *name)
{
	static const char variable[] = "OPENBLAS_NUM_THREADS";
	const char *old = getenv(variable);
	char *kept = old ? strdup(old) : NULL;
	setenv(variable, "1", 1);
	void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	if (kept)
		setenv(variable, kept, 1);
	else
		unsetenv(variable);
	free(kept);
	return library;
}

const char *tandem_blas_open(void)
{
	// The last is whatever BLAS the machine prefers: it may be OpenBLAS.
	static const char *const names[] = { "libopenblas.so.0", "libopenblas.so", "libblas.so.3" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		void *library = quiet_open(names[i]);
		if (!library)
			continue;
		void (*set_threads)(int);
		char *(*config)(void);
		*(void **)&set_threads = dlsym(library, "openblas_set_num_threads");
		*(void **)&config = dlsym(library, "openblas_get_config");
		*(void **)&sgemm = dlsym(library, "cblas_sgemm");
		*(void **)&dgemm = dlsym(library, "cblas_dgemm");
		// A library built for 64-bit sizes takes other arguments.
		if (set_threads && config && sgemm && dgemm && !strstr(config(), "USE64BITINT")) {
			set_threads(1);
			return config();
		}
		dlclose(library);
	}
	return NULL;
}

void tandem_sgemm(int ta, int tb, int m, int n, int k, float alpha, const float *a, int lda,
		  const float *b, int ldb, float beta, float *c, int ldc)
{
	sgemm(ROW_MAJOR, ta ? TRANS : NO_TRANS, tb ? TRANS : NO_TRANS, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void tandem_dgemm(int ta, int tb, int m, int n, int k, double alpha, const double *a, int lda,
		  const double *b, int ldb, double beta, double *c, int ldc)
{
	dgemm(ROW_MAJOR, ta ? TRANS : NO_TRANS, tb ? TRANS : NO_TRANS, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
