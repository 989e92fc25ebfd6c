//go:build cuda && linux && cgo

#include "module.h"

#include <stdlib.h>
#include <string.h>

enum { DYNAMIC = 48 << 10, MAX_PARAMS = 4096, THREADS_PER_SM = 2048, BLOCKS_PER_SM = 32, SHARED_PER_SM = 164 << 10, RESERVED = 1 << 10 };

struct launch_op {
	struct op op;
	struct grid grid;
};

static CUresult run_launch(struct op *op)
{
	return tandem_fake_run_grid(&((struct launch_op *)op)->grid);
}

static void drop_launch(struct op *op)
{
	free(((struct launch_op *)op)->grid.params);
}

static int optin(void)
{
	return tandem_fake_config.capability >= 70 ? 163 << 10 : DYNAMIC;
}

static unsigned int max_threads(const struct function *f)
{
	return f->entry->max_threads != 0 ? f->entry->max_threads : 1024;
}

static int max_dynamic(const struct function *f)
{
	return f->max_dynamic != 0 ? f->max_dynamic : DYNAMIC - (int)f->entry->shared;
}

/* The parameters in one block of memory: pointers first, then what they point to. */
static CUresult collect(const struct function *f, void **params, void **extra, void ***collected)
{
	const struct ptx_entry *e = f->entry;
	size_t total = 0;
	char *packed = NULL;
	size_t packed_size = 0;
	for (; extra != NULL && *extra != CU_LAUNCH_PARAM_END; extra += 2) {
		if (extra[0] == CU_LAUNCH_PARAM_BUFFER_POINTER)
			packed = extra[1];
		else if (extra[0] == CU_LAUNCH_PARAM_BUFFER_SIZE)
			packed_size = *(size_t *)extra[1];
		else
			return CUDA_ERROR_INVALID_VALUE;
	}
	if ((params != NULL && packed != NULL) || (params == NULL && packed == NULL && e->n > 0))
		return CUDA_ERROR_INVALID_VALUE;
	for (int i = 0; i < e->n; i++)
		total += (e->sizes[i] + 15) / 16 * 16;
	void **p = calloc(1, ((size_t)e->n * sizeof *p + 15) / 16 * 16 + total + 1);
	if (p == NULL)
		return CUDA_ERROR_OUT_OF_MEMORY;
	char *at = (char *)p + ((size_t)e->n * sizeof *p + 15) / 16 * 16;
	size_t offset = 0;
	for (int i = 0; i < e->n; i++) {
		unsigned int size = e->sizes[i], align = size & (0u - size); /* of a scalar; structures are packed by their words */
		if (params == NULL) {
			align = size > 8 ? 4 : align;
			offset = (offset + align - 1) / align * align;
			if (offset + size > packed_size) {
				free(p);
				return CUDA_ERROR_INVALID_VALUE;
			}
		} else if (params[i] == NULL) {
			free(p);
			return CUDA_ERROR_INVALID_VALUE;
		}
		p[i] = memcpy(at, params == NULL ? packed + offset : params[i], size);
		offset += size;
		at += (size + 15) / 16 * 16;
	}
	*collected = p;
	return CUDA_SUCCESS;
}

static CUresult prepare(const struct function *f, tandem_cudatest_dim grid, tandem_cudatest_dim block, unsigned int shared, void **params,
	void **extra, struct op **made)
{
	if (grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.x > 0x7fffffff || grid.y > 65535 || grid.z > 65535)
		return CUDA_ERROR_INVALID_VALUE;
	if (block.x == 0 || block.y == 0 || block.z == 0 || block.x > 1024 || block.y > 1024 || block.z > 64 ||
		(uint64_t)block.x * block.y * block.z > max_threads(f))
		return CUDA_ERROR_INVALID_VALUE;
	if (shared > (unsigned int)max_dynamic(f))
		return CUDA_ERROR_INVALID_VALUE;
	void **collected;
	CUresult r = collect(f, params, extra, &collected);
	if (r != CUDA_SUCCESS)
		return r;
	struct launch_op *l = tandem_fake_op(sizeof *l, run_launch);
	l->op.drop = drop_launch;
	l->grid = (struct grid){grid, block, shared, f->kernel->fn, collected};
	*made = &l->op;
	return CUDA_SUCCESS;
}

CALL(cuLaunchKernel)(CUfunction func, unsigned int gx, unsigned int gy, unsigned int gz, unsigned int bx, unsigned int by, unsigned int bz,
	unsigned int shared, CUstream stream, void **params, void **extra)
{
	ENTER(cuLaunchKernel, IN_CONTEXT);
	const struct function *f = tandem_fake_find(func, FUNCTION);
	struct stream *s;
	struct op *op;
	CUresult r = tandem_fake_stream(stream, &s);
	if (r != CUDA_SUCCESS)
		return leave(r);
	if (f == NULL)
		return leave(CUDA_ERROR_INVALID_HANDLE);
	if (f->o.ctx != tandem_fake_current)
		return leave(CUDA_ERROR_INVALID_CONTEXT);
	r = prepare(f, (tandem_cudatest_dim){gx, gy, gz}, (tandem_cudatest_dim){bx, by, bz}, shared, params, extra, &op);
	return leave(r == CUDA_SUCCESS ? tandem_fake_enqueue(s, op) : r);
}

#define ENTER_FUNCTION(name, func, f)                          \
	ENTER(name, IN_CONTEXT);                               \
	struct function *f = tandem_fake_find(func, FUNCTION); \
	if (f == NULL)                                         \
		return leave(CUDA_ERROR_INVALID_HANDLE)

CALL(cuFuncGetAttribute)(int *value, CUfunction_attribute attribute, CUfunction func)
{
	ENTER_FUNCTION(cuFuncGetAttribute, func, f);
	switch (attribute) {
	case CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
		*value = (int)max_threads(f);
		break;
	case CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES:
		*value = (int)f->entry->shared;
		break;
	case CU_FUNC_ATTRIBUTE_CONST_SIZE_BYTES:
	case CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES:
	case CU_FUNC_ATTRIBUTE_CACHE_MODE_CA:
		*value = 0;
		break;
	case CU_FUNC_ATTRIBUTE_NUM_REGS:
		*value = 32;
		break;
	case CU_FUNC_ATTRIBUTE_PTX_VERSION:
		*value = f->version;
		break;
	case CU_FUNC_ATTRIBUTE_BINARY_VERSION:
		*value = tandem_fake_config.capability;
		break;
	case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
		*value = max_dynamic(f);
		break;
	case CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
		*value = f->carveout;
		break;
	default:
		return leave(CUDA_ERROR_INVALID_VALUE);
	}
	return leave(CUDA_SUCCESS);
}

CALL(cuFuncSetAttribute)(CUfunction func, CUfunction_attribute attribute, int value)
{
	ENTER_FUNCTION(cuFuncSetAttribute, func, f);
	if (attribute == CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES && value >= 0 && value <= optin() - (int)f->entry->shared)
		f->max_dynamic = value;
	else if (attribute == CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT && value >= -1 && value <= 100)
		f->carveout = value;
	else
		return leave(CUDA_ERROR_INVALID_VALUE);
	return leave(CUDA_SUCCESS);
}

CALL(cuFuncSetCacheConfig)(CUfunction func, CUfunc_cache config)
{
	ENTER_FUNCTION(cuFuncSetCacheConfig, func, f);
	(void)f;
	return leave(config <= CU_FUNC_CACHE_PREFER_EQUAL ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE);
}

static int active_blocks(const struct function *f, int block, size_t shared)
{
	size_t each = f->entry->shared + shared + RESERVED;
	int n = THREADS_PER_SM / ((block + 31) / 32 * 32);
	if (block > (int)max_threads(f))
		return 0;
	n = n > BLOCKS_PER_SM ? BLOCKS_PER_SM : n;
	return (size_t)n * each > SHARED_PER_SM ? (int)(SHARED_PER_SM / each) : n;
}

CALL(cuOccupancyMaxActiveBlocksPerMultiprocessor)(int *blocks, CUfunction func, int block, size_t shared)
{
	ENTER_FUNCTION(cuOccupancyMaxActiveBlocksPerMultiprocessor, func, f);
	if (block < 1 || block > 1024)
		return leave(CUDA_ERROR_INVALID_VALUE);
	*blocks = active_blocks(f, block, shared);
	return leave(CUDA_SUCCESS);
}

CALL(cuOccupancyMaxPotentialBlockSize)(int *grid, int *block, CUfunction func, CUoccupancyB2DSize shared_of, size_t shared, int limit)
{
	ENTER_FUNCTION(cuOccupancyMaxPotentialBlockSize, func, f);
	int most = limit > 0 && limit < (int)max_threads(f) ? limit : (int)max_threads(f), best = 0;
	for (int n = most; n > 0; n = (n - 1) / 32 * 32) {
		int active = active_blocks(f, n, shared_of != NULL ? shared_of(n) : shared);
		if (active * n > best) {
			best = active * n;
			*block = n;
			*grid = active * tandem_fake_config.multiprocessors;
		}
	}
	return leave(best > 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE);
}
