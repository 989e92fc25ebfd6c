//go:build cuda && linux && cgo

#include "fake.h"

#include <stdlib.h>

/* The driver hands out memory in steps of 512 bytes; a limit is kept to the byte of these. */
static size_t cost(size_t nbytes)
{
	return (nbytes + 511) / 512 * 512;
}

static size_t pinned; /* bytes of page-locked memory that exist */

static void end_memory(struct object *o)
{
	o->ctx->dev->used -= cost(o->size);
	tandem_fake_free(o);
}

static CUresult make(size_t nbytes, struct object **o)
{
	struct device *dev = tandem_fake_current->dev;
	if (nbytes == 0)
		return CUDA_ERROR_INVALID_VALUE;
	if (nbytes > dev->total || cost(nbytes) > dev->total - dev->used)
		return CUDA_ERROR_OUT_OF_MEMORY;
	CUresult r = tandem_fake_alloc(MEMORY, nbytes, o);
	if (r == CUDA_SUCCESS) {
		(*o)->end = end_memory;
		dev->used += cost(nbytes);
	}
	return r;
}

CALL(cuMemAlloc_v2)(CUdeviceptr *ptr, size_t nbytes)
{
	struct object *o;
	ENTER(cuMemAlloc_v2, IN_CONTEXT);
	if (tandem_fake_capturing())
		return leave(tandem_fake_capture_unsafe());
	CUresult r = make(nbytes, &o);
	if (r == CUDA_SUCCESS)
		*ptr = o->base;
	return leave(r);
}

/* The memory that begins at ptr, NULL if none does. */
static struct object *beginning(uintptr_t ptr, enum kind kind)
{
	struct object *o = tandem_fake_region(ptr, 0);
	return o != NULL && o->base == ptr && o->kind == kind ? o : NULL;
}

/* Waits for the context's commands, as the driver does before memory goes. */
CALL(cuMemFree_v2)(CUdeviceptr ptr)
{
	ENTER(cuMemFree_v2, IN_CONTEXT);
	if (ptr == 0)
		return leave(CUDA_SUCCESS);
	struct object *o = beginning(ptr, MEMORY);
	if (o == NULL || o->dying)
		return leave(CUDA_ERROR_INVALID_VALUE);
	if (tandem_fake_capturing())
		return leave(tandem_fake_capture_unsafe());
	CUresult r = tandem_fake_drain(o->ctx);
	if (r == CUDA_SUCCESS && beginning(ptr, MEMORY) == o)
		o->end(o);
	return leave(r);
}

CALL(cuMemGetInfo_v2)(size_t *free_bytes, size_t *total)
{
	ENTER(cuMemGetInfo_v2, IN_CONTEXT);
	*total = tandem_fake_current->dev->total;
	*free_bytes = *total - tandem_fake_current->dev->used;
	return leave(CUDA_SUCCESS);
}

CALL(cuMemGetAddressRange_v2)(CUdeviceptr *base, size_t *nbytes, CUdeviceptr ptr)
{
	ENTER(cuMemGetAddressRange_v2, IN_CONTEXT);
	struct object *o = tandem_fake_region(ptr, 1);
	if (o == NULL || (o->kind != MEMORY && o->kind != GLOBAL))
		return leave(CUDA_ERROR_NOT_FOUND);
	if (base != NULL)
		*base = o->base;
	if (nbytes != NULL)
		*nbytes = o->size;
	return leave(CUDA_SUCCESS);
}

static void end_pinned(struct object *o)
{
	pinned -= o->size;
	tandem_fake_free(o);
}

CALL(cuMemHostAlloc)(void **p, size_t nbytes, unsigned int flags)
{
	struct object *o;
	const unsigned int known = CU_MEMHOSTALLOC_PORTABLE | CU_MEMHOSTALLOC_DEVICEMAP | CU_MEMHOSTALLOC_WRITECOMBINED;
	ENTER(cuMemHostAlloc, IN_CONTEXT);
	if (nbytes == 0 || (flags & ~known))
		return leave(CUDA_ERROR_INVALID_VALUE);
	if (tandem_fake_capturing())
		return leave(tandem_fake_capture_unsafe());
	if (nbytes > tandem_fake_config.pinned || pinned > tandem_fake_config.pinned - nbytes)
		return leave(CUDA_ERROR_OUT_OF_MEMORY);
	CUresult r = tandem_fake_alloc(PINNED, nbytes, &o);
	if (r != CUDA_SUCCESS)
		return leave(r);
	o->end = end_pinned;
	o->flags = flags;
	pinned += nbytes;
	*p = (void *)o->base;
	return leave(CUDA_SUCCESS);
}

/* Commands that still use the memory find it gone when they are executed. */
CALL(cuMemFreeHost)(void *p)
{
	ENTER(cuMemFreeHost, IN_CONTEXT);
	struct object *o = beginning((uintptr_t)p, PINNED);
	if (o == NULL)
		return leave(CUDA_ERROR_INVALID_VALUE);
	o->end(o);
	return leave(CUDA_SUCCESS);
}

/* The memory is its owner's when the call is over, who may unmap it: no command is to be in the middle of it. */
static void end_registration(struct object *o)
{
	pthread_rwlock_wrlock(&tandem_fake_moving);
	pthread_rwlock_unlock(&tandem_fake_moving);
	pinned -= o->size;
	tandem_fake_remove_region(o);
	tandem_fake_unlist(o);
	free(o);
}

CALL(cuMemHostRegister_v2)(void *p, size_t nbytes, unsigned int flags)
{
	const unsigned int known = CU_MEMHOSTREGISTER_PORTABLE | CU_MEMHOSTREGISTER_DEVICEMAP | CU_MEMHOSTREGISTER_IOMEMORY |
		CU_MEMHOSTREGISTER_READ_ONLY;
	ENTER(cuMemHostRegister_v2, IN_CONTEXT);
	if (p == NULL || nbytes == 0 || (flags & ~known))
		return leave(CUDA_ERROR_INVALID_VALUE);
	if (tandem_fake_capturing())
		return leave(tandem_fake_capture_unsafe());
	const struct object *other = tandem_fake_touching((uintptr_t)p, nbytes);
	if (other != NULL)
		return leave(other->kind == MEMORY ? CUDA_ERROR_INVALID_VALUE : CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED);
	if (nbytes > tandem_fake_config.pinned || pinned > tandem_fake_config.pinned - nbytes)
		return leave(CUDA_ERROR_OUT_OF_MEMORY);
	struct object *o = calloc(1, sizeof *o);
	if (o == NULL)
		return leave(CUDA_ERROR_OUT_OF_MEMORY);
	o->kind = REGISTERED;
	o->base = (uintptr_t)p;
	o->size = nbytes;
	o->flags = flags;
	o->end = end_registration;
	if (!tandem_fake_add_region(o)) {
		free(o);
		return leave(CUDA_ERROR_OUT_OF_MEMORY);
	}
	pinned += nbytes;
	tandem_fake_list(o);
	return leave(CUDA_SUCCESS);
}

CALL(cuMemHostUnregister)(void *p)
{
	ENTER(cuMemHostUnregister, IN_CONTEXT);
	struct object *o = beginning((uintptr_t)p, REGISTERED);
	if (o == NULL)
		return leave(CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED);
	o->end(o);
	return leave(CUDA_SUCCESS);
}

static struct object *locked(const void *p)
{
	struct object *o = tandem_fake_region((uintptr_t)p, 1);
	return o != NULL && (o->kind == PINNED || o->kind == REGISTERED) ? o : NULL;
}

CALL(cuMemHostGetDevicePointer_v2)(CUdeviceptr *ptr, void *p, unsigned int flags)
{
	ENTER(cuMemHostGetDevicePointer_v2, IN_CONTEXT);
	if (flags != 0 || locked(p) == NULL)
		return leave(CUDA_ERROR_INVALID_VALUE);
	*ptr = (uintptr_t)p;
	return leave(CUDA_SUCCESS);
}

CALL(cuMemHostGetFlags)(unsigned int *flags, void *p)
{
	ENTER(cuMemHostGetFlags, IN_CONTEXT);
	const struct object *o = locked(p);
	if (o == NULL)
		return leave(CUDA_ERROR_INVALID_VALUE);
	*flags = o->flags;
	return leave(CUDA_SUCCESS);
}

CALL(cuPointerGetAttribute)(void *data, CUpointer_attribute attribute, CUdeviceptr ptr)
{
	ENTER(cuPointerGetAttribute, IN_CONTEXT);
	const struct object *o = tandem_fake_region(ptr, 1);
	if (o == NULL)
		return leave(CUDA_ERROR_INVALID_VALUE);
	bool host = o->kind == PINNED || o->kind == REGISTERED;
	switch ((int)attribute) {
	case CU_POINTER_ATTRIBUTE_CONTEXT:
		*(CUcontext *)data = (CUcontext)o->ctx->o.base;
		break;
	case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
		*(unsigned int *)data = host ? CU_MEMORYTYPE_HOST : CU_MEMORYTYPE_DEVICE;
		break;
	case CU_POINTER_ATTRIBUTE_DEVICE_POINTER:
		*(CUdeviceptr *)data = ptr;
		break;
	case CU_POINTER_ATTRIBUTE_HOST_POINTER:
		if (!host)
			return leave(CUDA_ERROR_INVALID_VALUE);
		*(void **)data = (void *)(uintptr_t)ptr;
		break;
	case CU_POINTER_ATTRIBUTE_IS_MANAGED:
		*(bool *)data = false;
		break;
	case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
		*(int *)data = o->ctx->dev->ordinal;
		break;
	case CU_POINTER_ATTRIBUTE_RANGE_START_ADDR:
		*(CUdeviceptr *)data = o->base;
		break;
	case CU_POINTER_ATTRIBUTE_RANGE_SIZE:
		*(size_t *)data = o->size;
		break;
	default:
		return leave(CUDA_ERROR_NOT_SUPPORTED);
	}
	return leave(CUDA_SUCCESS);
}
