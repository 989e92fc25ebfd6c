//go:build cuda && linux && cgo

#include "nvrtc.h"

#include "library.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct program program;

/* The part of NVRTC that is used: where it goes, its name, its signature. */
#define NVRTC(F)                                                                                             \
	F(version, nvrtcVersion, int, (int *major, int *minor))                                              \
	F(error_string, nvrtcGetErrorString, const char *, (int status))                                     \
	F(count_archs, nvrtcGetNumSupportedArchs, int, (int *n))                                             \
	F(archs, nvrtcGetSupportedArchs, int, (int *archs))                                                  \
	F(create, nvrtcCreateProgram, int,                                                                   \
	  (program **p, const char *source, const char *name, int headers, const char *const *header,        \
	   const char *const *header_name))                                                                  \
	F(destroy, nvrtcDestroyProgram, int, (program **p))                                                  \
	F(compile, nvrtcCompileProgram, int, (program *p, int options, const char *const *option))           \
	F(log_size, nvrtcGetProgramLogSize, int, (program *p, size_t *nbytes))                               \
	F(log, nvrtcGetProgramLog, int, (program *p, char *text))                                            \
	F(ptx_size, nvrtcGetPTXSize, int, (program *p, size_t *nbytes))                                      \
	F(ptx, nvrtcGetPTX, int, (program *p, char *text))                                                   \
	F(cubin_size, nvrtcGetCUBINSize, int, (program *p, size_t *nbytes))                                  \
	F(cubin, nvrtcGetCUBIN, int, (program *p, char *image))

#define FIELD(field, name, result, arguments) result(*field) arguments;
#define NAME(field, name, result, arguments) #name,

static struct {
	NVRTC(FIELD)
} api; /* written by load, read after it */

static const char *const symbols[] = {NVRTC(NAME) NULL};
static const char *const versions[] = {"13", "12", "11.2", NULL};
static const struct tandem_library library = {"libnvrtc.so", "TANDEM_NVRTC", versions, symbols};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int status; /* written by load, as reason is */
static char reason[512];

enum { OUT_OF_MEMORY = 1 };

static void load(void) { status = tandem_library_open(&library, (void **)&api, reason, sizeof reason); }

int tandem_nvrtc_load(void)
{
	pthread_once(&once, load);
	return status;
}

const char *tandem_nvrtc_reason(void)
{
	tandem_nvrtc_load();
	return reason;
}

int tandem_nvrtc_version(int *major, int *minor) { return api.version(major, minor); }
const char *tandem_nvrtc_status(int code) { return api.error_string(code); }

int tandem_nvrtc_archs(int **archs, int *n)
{
	int code = api.count_archs(n);
	*archs = NULL;
	if (code)
		return code;
	*archs = malloc((size_t)(*n + 1) * sizeof **archs);
	return *archs ? api.archs(*archs) : OUT_OF_MEMORY;
}

/* Fetches one text or image of a program. */
static int fetch(program *p, int (*get_size)(program *, size_t *), int (*get)(program *, char *), char **to, size_t *nbytes)
{
	int code = get_size(p, nbytes);
	if (code || *nbytes == 0)
		return code;
	*to = malloc(*nbytes);
	return *to ? get(p, *to) : OUT_OF_MEMORY;
}

int tandem_nvrtc_compile(const char *source, const char *name, int options, const char *const *option,
			 struct tandem_nvrtc_output *out)
{
	program *p;
	int code, failed;

	out->call = "nvrtcCreateProgram";
	if ((code = api.create(&p, source, name, 0, NULL, NULL)))
		return code;
	out->call = "nvrtcCompileProgram";
	code = api.compile(p, options, option);
	/* The log is there whether it compiles or not. */
	if ((failed = fetch(p, api.log_size, api.log, &out->log, &out->log_bytes)) && !code) {
		out->call = "nvrtcGetProgramLog";
		code = failed;
	}
	if (!code) {
		out->call = "nvrtcGetPTX";
		code = fetch(p, api.ptx_size, api.ptx, &out->ptx, &out->ptx_bytes);
	}
	/* There is none for a virtual architecture. */
	if (!code) {
		out->call = "nvrtcGetCUBIN";
		code = fetch(p, api.cubin_size, api.cubin, &out->cubin, &out->cubin_bytes);
	}
	api.destroy(&p);
	return code;
}
