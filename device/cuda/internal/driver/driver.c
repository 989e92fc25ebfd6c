//go:build cuda && linux && cgo

#include "driver.h"

#include <cuda.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define SYMBOL(name) #name,
static const char *const names[] = {
#include "symbols.h"
};
#undef SYMBOL

enum { SYMBOLS = sizeof names / sizeof *names };

/* Where the trampolines jump, in the order of names; the .S files define it.
   Written once, by load; a trampoline that finds NULL calls tandem_cuda_load. */
extern _Atomic(void *) tandem_cuda_slots[SYMBOLS];

static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Atomic(void *(*)(const char *)) redirected;

/* Written by load, read after it. */
static enum tandem_cuda_lack lack;
static CUresult status;
static int version;
static char reason[512];
static void *library;

static CUresult absent(void) { return status; }
static CUresult missing(void) { return CUDA_ERROR_NOT_FOUND; }
static CUresult none(int *n)
{
	*n = 0;
	return CUDA_SUCCESS;
}

static void *from_library(const char *symbol) { return dlsym(library, symbol); }

static const char *name_of(CUresult code, void *(*resolve)(const char *))
{
	CUresult (*get_name)(CUresult, const char **);
	const char *text = NULL;
	*(void **)&get_name = resolve("cuGetErrorName");
	if (!get_name || get_name(code, &text) != CUDA_SUCCESS || !text)
		return "an error without a name";
	return text;
}

/* Opens the driver and fills in lack, status, version and reason. */
static void *(*open_driver(void))(const char *)
{
	void *(*resolve)(const char *) = atomic_load(&redirected);
	CUresult (*init)(unsigned int), (*get_version)(int *);

	status = CUDA_ERROR_NO_DEVICE;
	if (!resolve) {
		resolve = from_library;
		library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
		if (!library) {
			lack = TANDEM_CUDA_NO_LIBRARY;
			snprintf(reason, sizeof reason, "%s", dlerror());
			return resolve;
		}
	}
	*(void **)&init = resolve("cuInit");
	*(void **)&get_version = resolve("cuDriverGetVersion");
	if (!init || !get_version) {
		lack = TANDEM_CUDA_NO_LIBRARY;
		snprintf(reason, sizeof reason, "libcuda.so.1 has no %s", init ? "cuDriverGetVersion" : "cuInit");
		return resolve;
	}
	/* Needs no cuInit; a driver too old may fail in it for other reasons. */
	if (get_version(&version) == CUDA_SUCCESS && version < TANDEM_CUDA_VERSION) {
		lack = TANDEM_CUDA_TOO_OLD;
		status = CUDA_ERROR_SYSTEM_DRIVER_MISMATCH;
		snprintf(reason, sizeof reason, "it is of CUDA %d.%d, and %d.%d or newer is needed",
			 version / 1000, version % 1000 / 10, TANDEM_CUDA_VERSION / 1000,
			 TANDEM_CUDA_VERSION % 1000 / 10);
		return resolve;
	}
	status = init(0);
	if (status == CUDA_SUCCESS)
		return resolve;
	lack = status == CUDA_ERROR_NO_DEVICE ? TANDEM_CUDA_NO_GPU : TANDEM_CUDA_FAILED;
	snprintf(reason, sizeof reason, "cuInit answers %s (%d)", name_of(status, resolve), status);
	return resolve;
}

static void load(void)
{
	void *(*resolve)(const char *) = open_driver();
	for (int i = 0; i < SYMBOLS; i++) {
		void *to = (void *)absent;
		if (lack == TANDEM_CUDA_PRESENT)
			to = resolve(names[i]);
		else if (strcmp(names[i], "cuDeviceGetCount") == 0)
			to = (void *)none;
		/* Release: who sees the slot filled sees status too. */
		atomic_store_explicit(&tandem_cuda_slots[i], to ? to : (void *)missing, memory_order_release);
	}
}

/* A driver may take the process's signals and locks while it starts, but calls
   nothing of ours: load is never entered from within. */
int tandem_cuda_load(void)
{
	pthread_once(&once, load);
	return status;
}

enum tandem_cuda_lack tandem_cuda_lacks(void)
{
	tandem_cuda_load();
	return lack;
}

const char *tandem_cuda_reason(void)
{
	tandem_cuda_load();
	return reason;
}

int tandem_cuda_version(void)
{
	tandem_cuda_load();
	return lack == TANDEM_CUDA_PRESENT ? version : 0;
}

int tandem_cuda_redirect(void *(*resolve)(const char *symbol))
{
	if (atomic_load(&tandem_cuda_slots[0]))
		return -1;
	atomic_store(&redirected, resolve);
	return 0;
}

/* Package cu calls it from its init function and exits where it fails. */
__attribute__((visibility("hidden"))) CUresult cuInit(unsigned int flags)
{
	(void)flags;
	return CUDA_SUCCESS;
}
