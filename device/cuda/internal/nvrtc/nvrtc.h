#ifndef TANDEM_NVRTC_H
#define TANDEM_NVRTC_H

#include <stddef.h>

/* 0, or -1 where there is no NVRTC; then the reason is in words. */
int tandem_nvrtc_load(void);
const char *tandem_nvrtc_reason(void);

/* What the rest does is NVRTC's documentation to say; they may be called after
   a load that has succeeded. Status is an nvrtcResult, call the function that
   answered it. Texts and images are of malloc, for the caller to free. */
int tandem_nvrtc_version(int *major, int *minor);
int tandem_nvrtc_archs(int **archs, int *n);
const char *tandem_nvrtc_status(int status);

struct tandem_nvrtc_output {
	char *ptx, *cubin, *log; /* NULL where there is none */
	size_t ptx_bytes, cubin_bytes, log_bytes;
	const char *call;
};

int tandem_nvrtc_compile(const char *source, const char *name, int options, const char *const *option,
			 struct tandem_nvrtc_output *out);

#endif
