//go:build cuda && linux && cgo

#define _GNU_SOURCE
#include "fake.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names are the driver's; descriptions are made from them. */
#define ERRORS(X) \
	X(CUDA_SUCCESS) \
	X(CUDA_ERROR_INVALID_VALUE) \
	X(CUDA_ERROR_OUT_OF_MEMORY) \
	X(CUDA_ERROR_NOT_INITIALIZED) \
	X(CUDA_ERROR_DEINITIALIZED) \
	X(CUDA_ERROR_PROFILER_DISABLED) \
	X(CUDA_ERROR_PROFILER_NOT_INITIALIZED) \
	X(CUDA_ERROR_PROFILER_ALREADY_STARTED) \
	X(CUDA_ERROR_PROFILER_ALREADY_STOPPED) \
	X(CUDA_ERROR_STUB_LIBRARY) \
	X(CUDA_ERROR_DEVICE_UNAVAILABLE) \
	X(CUDA_ERROR_NO_DEVICE) \
	X(CUDA_ERROR_INVALID_DEVICE) \
	X(CUDA_ERROR_DEVICE_NOT_LICENSED) \
	X(CUDA_ERROR_INVALID_IMAGE) \
	X(CUDA_ERROR_INVALID_CONTEXT) \
	X(CUDA_ERROR_CONTEXT_ALREADY_CURRENT) \
	X(CUDA_ERROR_MAP_FAILED) \
	X(CUDA_ERROR_UNMAP_FAILED) \
	X(CUDA_ERROR_ARRAY_IS_MAPPED) \
	X(CUDA_ERROR_ALREADY_MAPPED) \
	X(CUDA_ERROR_NO_BINARY_FOR_GPU) \
	X(CUDA_ERROR_ALREADY_ACQUIRED) \
	X(CUDA_ERROR_NOT_MAPPED) \
	X(CUDA_ERROR_NOT_MAPPED_AS_ARRAY) \
	X(CUDA_ERROR_NOT_MAPPED_AS_POINTER) \
	X(CUDA_ERROR_ECC_UNCORRECTABLE) \
	X(CUDA_ERROR_UNSUPPORTED_LIMIT) \
	X(CUDA_ERROR_CONTEXT_ALREADY_IN_USE) \
	X(CUDA_ERROR_PEER_ACCESS_UNSUPPORTED) \
	X(CUDA_ERROR_INVALID_PTX) \
	X(CUDA_ERROR_INVALID_GRAPHICS_CONTEXT) \
	X(CUDA_ERROR_NVLINK_UNCORRECTABLE) \
	X(CUDA_ERROR_JIT_COMPILER_NOT_FOUND) \
	X(CUDA_ERROR_UNSUPPORTED_PTX_VERSION) \
	X(CUDA_ERROR_JIT_COMPILATION_DISABLED) \
	X(CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY) \
	X(CUDA_ERROR_UNSUPPORTED_DEVSIDE_SYNC) \
	X(CUDA_ERROR_INVALID_SOURCE) \
	X(CUDA_ERROR_FILE_NOT_FOUND) \
	X(CUDA_ERROR_SHARED_OBJECT_SYMBOL_NOT_FOUND) \
	X(CUDA_ERROR_SHARED_OBJECT_INIT_FAILED) \
	X(CUDA_ERROR_OPERATING_SYSTEM) \
	X(CUDA_ERROR_INVALID_HANDLE) \
	X(CUDA_ERROR_ILLEGAL_STATE) \
	X(CUDA_ERROR_LOSSY_QUERY) \
	X(CUDA_ERROR_NOT_FOUND) \
	X(CUDA_ERROR_NOT_READY) \
	X(CUDA_ERROR_ILLEGAL_ADDRESS) \
	X(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES) \
	X(CUDA_ERROR_LAUNCH_TIMEOUT) \
	X(CUDA_ERROR_LAUNCH_INCOMPATIBLE_TEXTURING) \
	X(CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED) \
	X(CUDA_ERROR_PEER_ACCESS_NOT_ENABLED) \
	X(CUDA_ERROR_PRIMARY_CONTEXT_ACTIVE) \
	X(CUDA_ERROR_CONTEXT_IS_DESTROYED) \
	X(CUDA_ERROR_ASSERT) \
	X(CUDA_ERROR_TOO_MANY_PEERS) \
	X(CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED) \
	X(CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED) \
	X(CUDA_ERROR_HARDWARE_STACK_ERROR) \
	X(CUDA_ERROR_ILLEGAL_INSTRUCTION) \
	X(CUDA_ERROR_MISALIGNED_ADDRESS) \
	X(CUDA_ERROR_INVALID_ADDRESS_SPACE) \
	X(CUDA_ERROR_INVALID_PC) \
	X(CUDA_ERROR_LAUNCH_FAILED) \
	X(CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE) \
	X(CUDA_ERROR_NOT_PERMITTED) \
	X(CUDA_ERROR_NOT_SUPPORTED) \
	X(CUDA_ERROR_SYSTEM_NOT_READY) \
	X(CUDA_ERROR_SYSTEM_DRIVER_MISMATCH) \
	X(CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE) \
	X(CUDA_ERROR_MPS_CONNECTION_FAILED) \
	X(CUDA_ERROR_MPS_RPC_FAILURE) \
	X(CUDA_ERROR_MPS_SERVER_NOT_READY) \
	X(CUDA_ERROR_MPS_MAX_CLIENTS_REACHED) \
	X(CUDA_ERROR_MPS_MAX_CONNECTIONS_REACHED) \
	X(CUDA_ERROR_MPS_CLIENT_TERMINATED) \
	X(CUDA_ERROR_CDP_NOT_SUPPORTED) \
	X(CUDA_ERROR_CDP_VERSION_MISMATCH) \
	X(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED) \
	X(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED) \
	X(CUDA_ERROR_STREAM_CAPTURE_MERGE) \
	X(CUDA_ERROR_STREAM_CAPTURE_UNMATCHED) \
	X(CUDA_ERROR_STREAM_CAPTURE_UNJOINED) \
	X(CUDA_ERROR_STREAM_CAPTURE_ISOLATION) \
	X(CUDA_ERROR_STREAM_CAPTURE_IMPLICIT) \
	X(CUDA_ERROR_CAPTURED_EVENT) \
	X(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD) \
	X(CUDA_ERROR_TIMEOUT) \
	X(CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE) \
	X(CUDA_ERROR_EXTERNAL_DEVICE) \
	X(CUDA_ERROR_INVALID_CLUSTER_SIZE) \
	X(CUDA_ERROR_FUNCTION_NOT_LOADED) \
	X(CUDA_ERROR_INVALID_RESOURCE_TYPE) \
	X(CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION) \
	X(CUDA_ERROR_UNKNOWN)

static const struct {
	CUresult code;
	const char *name;
} errors[] = {
#define X(name) {name, #name},
	ERRORS(X)
#undef X
};

static const char *name_of(CUresult error)
{
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (errors[i].code == error)
			return errors[i].name;
	return NULL;
}

CALL(cuGetErrorName)(CUresult error, const char **text)
{
	ENTER(cuGetErrorName, ANYWHERE);
	*text = name_of(error);
	return leave(*text != NULL ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE);
}

/* "CUDA_ERROR_OUT_OF_MEMORY" is "out of memory". */
CALL(cuGetErrorString)(CUresult error, const char **text)
{
	static char strings[sizeof errors / sizeof *errors][64];
	ENTER(cuGetErrorString, ANYWHERE);
	*text = NULL;
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
		if (errors[i].code != error)
			continue;
		const char *p = errors[i].name + (error == CUDA_SUCCESS ? strlen("CUDA_") : strlen("CUDA_ERROR_"));
		char *q = strings[i];
		for (; *p != '\0'; p++, q++)
			*q = *p == '_' ? ' ' : (char)(*p | 0x20);
		*q = '\0';
		*text = strings[i];
	}
	return leave(*text != NULL ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE);
}

/* Complaints: what the driver has found wrong, in words. They have a lock of their own, as kernels complain too. */
enum { MAX_COMPLAINTS = 64 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char *complaints[MAX_COMPLAINTS];
static int n_complaints;

void tandem_fake_say(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	pthread_mutex_lock(&mutex);
	if (n_complaints < MAX_COMPLAINTS && vasprintf(&complaints[n_complaints], format, args) >= 0)
		n_complaints++;
	pthread_mutex_unlock(&mutex);
	va_end(args);
}

/* A copy of the i-th complaint, NULL after the last. */
char *tandem_cudatest_complaint(int i)
{
	pthread_mutex_lock(&mutex);
	char *s = i < n_complaints ? strdup(complaints[i]) : NULL;
	pthread_mutex_unlock(&mutex);
	return s;
}

void tandem_fake_forget_complaints(void)
{
	pthread_mutex_lock(&mutex);
	while (n_complaints > 0)
		free(complaints[--n_complaints]);
	pthread_mutex_unlock(&mutex);
}
