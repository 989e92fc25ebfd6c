//go:build cuda && linux && cgo

#include "fake.h"

#include <stdlib.h>

/*
 * A pool keeps the memory that its commands have freed, up to its threshold. It
 * gives the rest back when a command has freed something, which is when the
 * driver may do so at the earliest.
 */
static size_t cost(size_t nbytes)
{
	return (nbytes + 511) / 512 * 512;
}

static void trim(struct pool *p, size_t keep)
{
	size_t want = p->used > keep ? p->used : keep;
	if (p->reserved > want) {
		p->dev->used -= p->reserved - want;
		p->reserved = want;
	}
}

static void end_pool(struct object *o)
{
	struct pool *p = (struct pool *)o;
	if (p->dev->default_pool == p)
		p->dev->default_pool = NULL;
	if (p->dev->pool == p)
		p->dev->pool = NULL;
	tandem_fake_end(o);
	p->ended = true;
	trim(p, 0);
	if (p->used == 0)
		free(p);
}

static void end_pooled(struct object *o)
{
	struct pool *p = o->pool;
	p->used -= cost(o->size);
	trim(p, p->ended ? 0 : p->threshold);
	if (p->ended && p->used == 0)
		free(p);
	tandem_fake_free(o);
}

static struct pool *new_pool(struct device *dev)
{
	struct pool *p = tandem_fake_new(POOL, sizeof *p);
	p->o.end = end_pool;
	p->dev = dev;
	return p;
}

static struct pool *default_pool(struct device *dev)
{
	if (dev->default_pool == NULL) {
		dev->default_pool = new_pool(dev);
		dev->default_pool->o.ctx = NULL;
		dev->default_pool->o.quiet = true;
	}
	return dev->default_pool;
}

static CUresult alloc(CUdeviceptr *ptr, size_t nbytes, struct pool *p, CUstream stream)
{
	struct stream *s;
	struct object *o;
	CUresult r = tandem_fake_stream(stream, &s);
	if (r != CUDA_SUCCESS)
		return r;
	if (nbytes == 0)
		return CUDA_ERROR_INVALID_VALUE;
	if (tandem_fake_config.no_pools || s->capture != NULL)
		return CUDA_ERROR_NOT_SUPPORTED;
	size_t need = p->used + cost(nbytes);
	if (need > p->reserved) {
		if (nbytes > p->dev->total || need - p->reserved > p->dev->total - p->dev->used)
			return CUDA_ERROR_OUT_OF_MEMORY;
		p->dev->used += need - p->reserved;
		p->reserved = need;
	}
	r = tandem_fake_alloc(MEMORY, nbytes, &o);
	if (r != CUDA_SUCCESS)
		return r;
	o->end = end_pooled;
	o->pool = p;
	p->used = need;
	p->used_high = p->used > p->used_high ? p->used : p->used_high;
	p->reserved_high = p->reserved > p->reserved_high ? p->reserved : p->reserved_high;
	*ptr = o->base;
	return CUDA_SUCCESS;
}

CALL(cuMemAllocAsync)(CUdeviceptr *ptr, size_t nbytes, CUstream stream)
{
	ENTER(cuMemAllocAsync, IN_CONTEXT);
	struct device *dev = tandem_fake_current->dev;
	return leave(alloc(ptr, nbytes, dev->pool ? dev->pool : default_pool(dev), stream));
}

CALL(cuMemAllocFromPoolAsync)(CUdeviceptr *ptr, size_t nbytes, CUmemoryPool pool, CUstream stream)
{
	ENTER(cuMemAllocFromPoolAsync, IN_CONTEXT);
	struct pool *p = tandem_fake_find(pool, POOL);
	if (p == NULL || p->dev != tandem_fake_current->dev)
		return leave(CUDA_ERROR_INVALID_VALUE);
	return leave(alloc(ptr, nbytes, p, stream));
}

struct free_op {
	struct op op;
	uintptr_t base;
};

static CUresult run_free(struct op *op)
{
	struct object *o = tandem_fake_region(((struct free_op *)op)->base, 0);
	if (o != NULL && o->dying) /* or it has gone with its context, which was another one */
		o->end(o);
	return CUDA_SUCCESS;
}

/* The memory may still be used by commands that come before; no call takes it any more. */
CALL(cuMemFreeAsync)(CUdeviceptr ptr, CUstream stream)
{
	ENTER(cuMemFreeAsync, IN_CONTEXT);
	struct stream *s;
	struct object *o = tandem_fake_region(ptr, 0);
	CUresult r = tandem_fake_stream(stream, &s);
	if (r != CUDA_SUCCESS)
		return leave(r);
	if (s->capture != NULL)
		return leave(CUDA_ERROR_NOT_SUPPORTED);
	if (o == NULL || o->base != ptr || o->kind != MEMORY || o->dying)
		return leave(CUDA_ERROR_INVALID_VALUE);
	o->dying = true;
	struct free_op *f = tandem_fake_op(sizeof *f, run_free);
	f->op.locked = true;
	f->base = ptr;
	return leave(tandem_fake_enqueue(s, &f->op));
}

/* Pools themselves. */

CALL(cuMemPoolCreate)(CUmemoryPool *pool, const CUmemPoolProps *props)
{
	ENTER(cuMemPoolCreate, ANYWHERE);
	struct device *dev = tandem_fake_device(props->location.id);
	if (props->allocType != CU_MEM_ALLOCATION_TYPE_PINNED || props->location.type != CU_MEM_LOCATION_TYPE_DEVICE || dev == NULL)
		return leave(CUDA_ERROR_INVALID_VALUE);
	if (dev->removed != CUDA_SUCCESS)
		return leave(dev->removed);
	if (tandem_fake_config.no_pools || props->handleTypes != CU_MEM_HANDLE_TYPE_NONE)
		return leave(CUDA_ERROR_NOT_SUPPORTED);
	struct pool *p = new_pool(dev);
	p->o.ctx = dev->primary;
	*pool = (CUmemoryPool)p->o.base;
	return leave(CUDA_SUCCESS);
}

#define ENTER_POOL(name, handle, p)                         \
	ENTER(name, ANYWHERE);                              \
	struct pool *p = tandem_fake_find(handle, POOL);    \
	if (p == NULL)                                      \
		return leave(CUDA_ERROR_INVALID_VALUE);     \
	if (p->dev->removed != CUDA_SUCCESS)                \
		return leave(p->dev->removed)

/* What is still handed out of it lives on. */
CALL(cuMemPoolDestroy)(CUmemoryPool pool)
{
	ENTER_POOL(cuMemPoolDestroy, pool, p);
	if (p == p->dev->default_pool)
		return leave(CUDA_ERROR_INVALID_VALUE);
	end_pool(&p->o);
	return leave(CUDA_SUCCESS);
}

CALL(cuMemPoolTrimTo)(CUmemoryPool pool, size_t keep)
{
	ENTER_POOL(cuMemPoolTrimTo, pool, p);
	trim(p, keep);
	return leave(CUDA_SUCCESS);
}

CALL(cuMemPoolSetAttribute)(CUmemoryPool pool, CUmemPool_attribute attribute, void *value)
{
	ENTER_POOL(cuMemPoolSetAttribute, pool, p);
	switch (attribute) {
	case CU_MEMPOOL_ATTR_RELEASE_THRESHOLD:
		p->threshold = *(cuuint64_t *)value;
		trim(p, p->threshold);
		break;
	case CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH:
		p->reserved_high = p->reserved;
		break;
	case CU_MEMPOOL_ATTR_USED_MEM_HIGH:
		p->used_high = p->used;
		break;
	case CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES:
	case CU_MEMPOOL_ATTR_REUSE_ALLOW_OPPORTUNISTIC:
	case CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES:
		break; /* addresses are not used again here */
	default:
		return leave(CUDA_ERROR_INVALID_VALUE);
	}
	return leave(CUDA_SUCCESS);
}

CALL(cuMemPoolGetAttribute)(CUmemoryPool pool, CUmemPool_attribute attribute, void *value)
{
	ENTER_POOL(cuMemPoolGetAttribute, pool, p);
	switch (attribute) {
	case CU_MEMPOOL_ATTR_RELEASE_THRESHOLD:
		*(cuuint64_t *)value = p->threshold;
		break;
	case CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT:
		*(cuuint64_t *)value = p->reserved;
		break;
	case CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH:
		*(cuuint64_t *)value = p->reserved_high;
		break;
	case CU_MEMPOOL_ATTR_USED_MEM_CURRENT:
		*(cuuint64_t *)value = p->used;
		break;
	case CU_MEMPOOL_ATTR_USED_MEM_HIGH:
		*(cuuint64_t *)value = p->used_high;
		break;
	case CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES:
	case CU_MEMPOOL_ATTR_REUSE_ALLOW_OPPORTUNISTIC:
	case CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES:
		*(int *)value = 1;
		break;
	default:
		return leave(CUDA_ERROR_INVALID_VALUE);
	}
	return leave(CUDA_SUCCESS);
}

/* Peers are told apart by the context that uses the memory; see cuCtxEnablePeerAccess. */
CALL(cuMemPoolSetAccess)(CUmemoryPool pool, const CUmemAccessDesc *map, size_t n)
{
	ENTER_POOL(cuMemPoolSetAccess, pool, p);
	for (size_t i = 0; i < n; i++) {
		if (map[i].location.type != CU_MEM_LOCATION_TYPE_DEVICE || tandem_fake_device(map[i].location.id) == NULL)
			return leave(CUDA_ERROR_INVALID_VALUE);
		bool own = map[i].location.id == p->dev->ordinal;
		if (own ? map[i].flags != CU_MEM_ACCESS_FLAGS_PROT_READWRITE : tandem_fake_config.no_peers)
			return leave(CUDA_ERROR_INVALID_DEVICE);
	}
	return leave(CUDA_SUCCESS);
}

/* Enters a call about a device's pools. */
#define ENTER_POOLS_OF(name, dev, d)                    \
	ENTER(name, ANYWHERE);                          \
	struct device *d = tandem_fake_device(dev);     \
	if (d == NULL)                                  \
		return leave(CUDA_ERROR_INVALID_DEVICE); \
	if (d->removed != CUDA_SUCCESS)                 \
		return leave(d->removed);               \
	if (tandem_fake_config.no_pools)                \
		return leave(CUDA_ERROR_NOT_SUPPORTED)

CALL(cuDeviceGetDefaultMemPool)(CUmemoryPool *pool, CUdevice dev)
{
	ENTER_POOLS_OF(cuDeviceGetDefaultMemPool, dev, d);
	*pool = (CUmemoryPool)default_pool(d)->o.base;
	return leave(CUDA_SUCCESS);
}

CALL(cuDeviceGetMemPool)(CUmemoryPool *pool, CUdevice dev)
{
	ENTER_POOLS_OF(cuDeviceGetMemPool, dev, d);
	*pool = (CUmemoryPool)(d->pool ? d->pool : default_pool(d))->o.base;
	return leave(CUDA_SUCCESS);
}

CALL(cuDeviceSetMemPool)(CUdevice dev, CUmemoryPool pool)
{
	ENTER_POOLS_OF(cuDeviceSetMemPool, dev, d);
	struct pool *p = tandem_fake_find(pool, POOL);
	if (p == NULL || p->dev != d)
		return leave(CUDA_ERROR_INVALID_VALUE);
	d->pool = p;
	return leave(CUDA_SUCCESS);
}
