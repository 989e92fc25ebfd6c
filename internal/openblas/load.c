//go:build openblas && linux && cgo

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cblas.h"
#include "load.h"

// What openblas_get_parallel answers for a library whose threads are OpenMP's:
// their number is then one of each calling thread.
enum { OPENMP = 2 };

static void (*set_threads)(int);
static int (*get_threads)(void);
static int (*processors)(void);
static int (*parallel)(void);
static int by_openmp;

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

// bind finds all functions. It returns what is missing, or NULL.
static const char *bind(void *library, char *(**config)(void))
{
	const struct {
		const char *name;
		void **at;
	} symbols[] = {
		{ "openblas_set_num_threads", (void **)&set_threads },
		{ "openblas_get_num_threads", (void **)&get_threads },
		{ "openblas_get_num_procs", (void **)&processors },
		{ "openblas_get_parallel", (void **)&parallel },
		{ "openblas_get_config", (void **)config },
	};
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
		*symbols[i].at = dlsym(library, symbols[i].name);
		if (!*symbols[i].at)
			return symbols[i].name;
	}
	return tandem_cblas_bind(library);
}

static void say(char **why, const char *format, const char *name, const char *what)
{
	free(*why);
	if (asprintf(why, format, name, what) < 0)
		*why = NULL;
}

const char *tandem_openblas_open(char **why)
{
	// The last is whatever BLAS the machine prefers: it may be OpenBLAS.
	static const char *const names[] = { "libblas.so.3", "libopenblas.so", "libopenblas.so.0" };
	*why = NULL;
	for (size_t i = sizeof names / sizeof *names; i-- > 0;) {
		char *(*config)(void) = NULL;
		void *library = quiet_open(names[i]);
		if (!library) {
			say(why, "%s%s", "", dlerror());
			continue;
		}
		const char *missing = bind(library, &config);
		// A library built for 64-bit sizes takes other arguments.
		if (!missing && !strstr(config(), "USE64BITINT")) {
			by_openmp = parallel() == OPENMP;
			set_threads(1);
			free(*why);
			*why = NULL;
			return config();
		}
		if (missing)
			say(why, "%s has no %s", names[i], missing);
		else
			say(why, "%s has sizes of 64 bits%s", names[i], "");
		dlclose(library);
	}
	return NULL;
}

int tandem_openblas_processors(void) { return processors(); }

void tandem_openblas_use(int threads)
{
	// Written only to be changed: every call of every thread reads it.
	if (by_openmp || get_threads() != threads)
		set_threads(threads);
}
