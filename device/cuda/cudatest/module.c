//go:build cuda && linux && cgo

#include "module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct kernel *kernels;
static struct host_global *globals;

void tandem_cudatest_kernel(const char *entry, tandem_cudatest_fn fn, int n, const unsigned int *sizes)
{
	struct kernel *k = calloc(1, sizeof *k);
	if (k == NULL)
		abort();
	*k = (struct kernel){kernels, entry, fn, n, sizes};
	kernels = k;
}

void tandem_cudatest_global(const char *name, void *address, size_t nbytes)
{
	struct host_global *g = calloc(1, sizeof *g);
	if (g == NULL)
		abort();
	*g = (struct host_global){globals, name, address, nbytes};
	globals = g;
}

static const struct kernel *kernel(const char *entry)
{
	for (const struct kernel *k = kernels; k != NULL; k = k->next)
		if (strcmp(k->entry, entry) == 0)
			return k;
	return NULL;
}

/* Whether the host's kernel has the parameters of the PTX; a module that is older than its kernel is found here. */
static bool same_signature(const struct ptx_entry *e, const struct kernel *k, char *log, size_t log_size)
{
	if (e->n != k->n) {
		snprintf(log, log_size, "%s has %d parameters in PTX and %d as a host kernel\n", e->name, e->n, k->n);
		return false;
	}
	for (int i = 0; i < e->n; i++)
		if (e->sizes[i] != k->sizes[i]) {
			snprintf(log, log_size, "parameter %d of %s has %u bytes in PTX and %u as a host kernel\n", i, e->name, e->sizes[i], k->sizes[i]);
			return false;
		}
	return true;
}

static void end_module(struct object *o)
{
	struct module *m = (struct module *)o;
	for (struct function *f; (f = m->functions) != NULL; free(f)) {
		m->functions = f->next;
		tandem_fake_end(&f->o);
	}
	tandem_fake_ptx_free(&m->ptx);
	tandem_fake_end(o);
	free(m);
}

static CUresult load(CUmodule *module, const char *text, char *log, size_t log_size)
{
	struct ptx ptx;
	if (text == NULL)
		return CUDA_ERROR_INVALID_VALUE;
	if (memcmp(text, "\177ELF", 4) == 0)
		return CUDA_ERROR_NO_BINARY_FOR_GPU; /* code of a real chip: there is none here */
	CUresult r = CUDA_SUCCESS;
	if (!tandem_fake_ptx_read(&ptx, text, log, log_size)) {
		r = CUDA_ERROR_INVALID_PTX;
	} else if (ptx.version + 40 > tandem_fake_config.version / 100 + tandem_fake_config.version % 100 / 10) {
		snprintf(log, log_size, "ptxas fatal   : Unsupported .version %d.%d; current driver is older\n", ptx.version / 10, ptx.version % 10);
		r = CUDA_ERROR_UNSUPPORTED_PTX_VERSION;
	} else if (ptx.target > tandem_fake_config.capability) {
		snprintf(log, log_size, "ptxas fatal   : SM version specified by .target is higher than default SM version assumed\n");
		r = CUDA_ERROR_INVALID_PTX;
	}
	for (const struct ptx_entry *e = ptx.entries; e != NULL && r == CUDA_SUCCESS; e = e->next) {
		const struct kernel *k = kernel(e->name);
		if (k != NULL && !same_signature(e, k, log, log_size))
			r = CUDA_ERROR_INVALID_PTX;
	}
	if (r != CUDA_SUCCESS) {
		tandem_fake_say("%s", log);
		tandem_fake_ptx_free(&ptx);
		return r;
	}
	struct module *m = tandem_fake_new(MODULE, sizeof *m);
	m->o.end = end_module;
	m->ptx = ptx;
	*module = (CUmodule)m->o.base;
	return CUDA_SUCCESS;
}

CALL(cuModuleLoadData)(CUmodule *module, const void *image)
{
	char log[512] = "";
	ENTER(cuModuleLoadData, IN_CONTEXT);
	if (tandem_fake_capturing())
		return leave(tandem_fake_capture_unsafe());
	return leave(load(module, image, log, sizeof log));
}

/* Options other than the error log are taken and have no effect. */
CALL(cuModuleLoadDataEx)(CUmodule *module, const void *image, unsigned int n, CUjit_option *options, void **values)
{
	char log[512] = "";
	ENTER(cuModuleLoadDataEx, IN_CONTEXT);
	if (tandem_fake_capturing())
		return leave(tandem_fake_capture_unsafe());
	CUresult r = load(module, image, log, sizeof log);
	char *buffer = NULL;
	size_t size = 0;
	for (unsigned int i = 0; i < n; i++) {
		if (options[i] == CU_JIT_ERROR_LOG_BUFFER)
			buffer = values[i];
		else if (options[i] == CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES)
			size = (size_t)values[i];
	}
	if (buffer != NULL && size > 0)
		snprintf(buffer, size, "%s", log);
	for (unsigned int i = 0; i < n; i++) /* the driver answers how much of each log it has used */
		if (options[i] == CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES)
			values[i] = (void *)(strlen(log) < size ? strlen(log) : size);
		else if (options[i] == CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES)
			values[i] = NULL;
	return leave(r);
}

CALL(cuModuleUnload)(CUmodule module)
{
	ENTER(cuModuleUnload, IN_CONTEXT);
	struct module *m = tandem_fake_find(module, MODULE);
	if (m == NULL)
		return leave(CUDA_ERROR_INVALID_HANDLE);
	if (tandem_fake_capturing())
		return leave(tandem_fake_capture_unsafe());
	end_module(&m->o);
	return leave(CUDA_SUCCESS);
}

CALL(cuModuleGetFunction)(CUfunction *func, CUmodule module, const char *name)
{
	ENTER(cuModuleGetFunction, IN_CONTEXT);
	struct module *m = tandem_fake_find(module, MODULE);
	if (m == NULL)
		return leave(CUDA_ERROR_INVALID_HANDLE);
	const struct ptx_entry *e = m->ptx.entries;
	while (e != NULL && strcmp(e->name, name) != 0)
		e = e->next;
	if (e == NULL)
		return leave(CUDA_ERROR_NOT_FOUND);
	const struct kernel *k = kernel(name);
	if (k == NULL) {
		tandem_fake_say("no host kernel is registered as %s", name);
		return leave(CUDA_ERROR_NOT_FOUND);
	}
	struct function *f = m->functions;
	while (f != NULL && f->entry != e)
		f = f->next;
	if (f == NULL) {
		f = tandem_fake_new(FUNCTION, sizeof *f);
		f->o.quiet = true;
		f->entry = e;
		f->kernel = k;
		f->version = m->ptx.version;
		f->next = m->functions;
		m->functions = f;
	}
	*func = (CUfunction)f->o.base;
	return leave(CUDA_SUCCESS);
}

CALL(cuModuleGetGlobal_v2)(CUdeviceptr *ptr, size_t *nbytes, CUmodule module, const char *name)
{
	ENTER(cuModuleGetGlobal_v2, IN_CONTEXT);
	const struct module *m = tandem_fake_find(module, MODULE);
	if (m == NULL)
		return leave(CUDA_ERROR_INVALID_HANDLE);
	const struct ptx_variable *v = m->ptx.variables;
	while (v != NULL && strcmp(v->name, name) != 0)
		v = v->next;
	const struct host_global *g = globals;
	while (g != NULL && strcmp(g->name, name) != 0)
		g = g->next;
	if (v == NULL || g == NULL || v->nbytes != g->nbytes) {
		if (v != NULL)
			tandem_fake_say("no host variable of %zu bytes is registered as %s", v->nbytes, name);
		return leave(CUDA_ERROR_NOT_FOUND);
	}
	if (tandem_fake_region((uintptr_t)g->address, 0) == NULL) {
		struct object *o = calloc(1, sizeof *o);
		if (o == NULL)
			return leave(CUDA_ERROR_OUT_OF_MEMORY);
		o->kind = GLOBAL;
		o->base = (uintptr_t)g->address;
		o->size = g->nbytes;
		o->quiet = true;
		o->end = tandem_fake_end_region;
		tandem_fake_add_region(o);
		tandem_fake_list(o);
	}
	if (ptr != NULL)
		*ptr = (uintptr_t)g->address;
	if (nbytes != NULL)
		*nbytes = g->nbytes;
	return leave(CUDA_SUCCESS);
}
