//go:build cuda && linux && cgo

#include "fake.h"

#include <stdlib.h>

static struct context *new_context(struct device *dev, unsigned int flags)
{
	struct context *ctx = tandem_fake_new(CONTEXT, sizeof *ctx);
	ctx->dev = dev;
	ctx->flags = flags;
	ctx->o.ctx = ctx;
	ctx->null = tandem_fake_new_stream(ctx, CU_STREAM_DEFAULT, 0);
	ctx->null->o.quiet = true;
	tandem_fake_start(dev);
	return ctx;
}

static bool busy(const struct context *ctx)
{
	for (struct stream *s = ctx->dev->streams; s != NULL; s = s->next)
		if (s->o.ctx == ctx && !tandem_fake_idle(s))
			return true;
	return false;
}

static bool hangs(const struct context *ctx)
{
	for (struct stream *s = ctx->dev->streams; s != NULL; s = s->next)
		if (s->o.ctx == ctx && s->head != NULL && s->head->hang)
			return true;
	return false;
}

/*
 * Everything that the context has goes with it. What its streams hold is dropped;
 * a command that runs is waited for, and so is one that never ends: the driver
 * promises nothing better. Of several threads that end it, one does.
 */
void tandem_fake_end_context(struct context *ctx)
{
	struct device *dev = ctx->dev;
	uintptr_t handle = ctx->o.base;
	if (ctx->ending) {
		while (tandem_fake_find((void *)handle, CONTEXT) == ctx)
			pthread_cond_wait(&tandem_fake_changed, &tandem_fake_mutex);
		return;
	}
	ctx->ending = true;
	if (dev->primary == ctx)
		dev->primary = NULL; /* who retains it meanwhile gets another */
	while (ctx->sticky == CUDA_SUCCESS && dev->removed == CUDA_SUCCESS && hangs(ctx))
		pthread_cond_wait(&tandem_fake_changed, &tandem_fake_mutex);
	if (ctx->sticky == CUDA_SUCCESS)
		ctx->sticky = CUDA_ERROR_CONTEXT_IS_DESTROYED;
	pthread_cond_broadcast(&tandem_fake_changed);
	while (busy(ctx))
		if (!tandem_fake_step(dev, false))
			pthread_cond_wait(&tandem_fake_changed, &tandem_fake_mutex);
	for (struct object *o = tandem_fake_alive; o != NULL;) {
		bool belongs = o->ctx == ctx && o != &ctx->o && o->end != NULL;
		if (belongs)
			o->end(o);
		o = belongs ? tandem_fake_alive : o->behind; /* others may have gone with it */
	}
	if (tandem_fake_current == ctx)
		tandem_fake_current = NULL;
	tandem_fake_end(&ctx->o);
	free(ctx);
	pthread_cond_broadcast(&tandem_fake_changed);
}

/* Enters a call about a device's primary context. */
#define ENTER_PRIMARY(name, dev, d)                    \
	ENTER(name, ANYWHERE);                         \
	struct device *d = tandem_fake_device(dev);    \
	if (d == NULL)                                 \
		return leave(CUDA_ERROR_INVALID_DEVICE)

CALL(cuDevicePrimaryCtxRetain)(CUcontext *ctx, CUdevice dev)
{
	ENTER_PRIMARY(cuDevicePrimaryCtxRetain, dev, d);
	if (d->removed != CUDA_SUCCESS)
		return leave(d->removed);
	if (d->primary == NULL) {
		d->primary = new_context(d, d->flags);
		d->primary->primary = true;
	}
	d->retains++;
	*ctx = (CUcontext)d->primary->o.base;
	return leave(CUDA_SUCCESS);
}

CALL(cuDevicePrimaryCtxRelease_v2)(CUdevice dev)
{
	ENTER_PRIMARY(cuDevicePrimaryCtxRelease_v2, dev, d);
	if (d->retains == 0)
		return leave(CUDA_ERROR_INVALID_CONTEXT);
	if (--d->retains == 0 && d->primary != NULL)
		tandem_fake_end_context(d->primary);
	return leave(CUDA_SUCCESS);
}

CALL(cuDevicePrimaryCtxReset_v2)(CUdevice dev)
{
	ENTER_PRIMARY(cuDevicePrimaryCtxReset_v2, dev, d);
	if (d->removed != CUDA_SUCCESS)
		return leave(d->removed);
	if (d->primary != NULL)
		tandem_fake_end_context(d->primary); /* whoever has retained it still has to release it */
	return leave(CUDA_SUCCESS);
}

CALL(cuDevicePrimaryCtxSetFlags_v2)(CUdevice dev, unsigned int flags)
{
	ENTER_PRIMARY(cuDevicePrimaryCtxSetFlags_v2, dev, d);
	if (flags & ~(unsigned int)CU_CTX_FLAGS_MASK)
		return leave(CUDA_ERROR_INVALID_VALUE);
	d->flags = flags;
	if (d->primary != NULL)
		d->primary->flags = flags;
	return leave(CUDA_SUCCESS);
}

CALL(cuDevicePrimaryCtxGetState)(CUdevice dev, unsigned int *flags, int *active)
{
	ENTER_PRIMARY(cuDevicePrimaryCtxGetState, dev, d);
	*flags = d->flags;
	*active = d->primary != NULL;
	return leave(CUDA_SUCCESS);
}

enum { DEPTH = 16 };
static __thread CUcontext stack[DEPTH]; /* below the current context */
static __thread int depth;

CALL(cuCtxCreate_v2)(CUcontext *ctx, unsigned int flags, CUdevice dev)
{
	ENTER_PRIMARY(cuCtxCreate_v2, dev, d);
	if (d->removed != CUDA_SUCCESS)
		return leave(d->removed);
	if (depth == DEPTH)
		return leave(CUDA_ERROR_OUT_OF_MEMORY);
	stack[depth++] = tandem_fake_bound;
	*ctx = tandem_fake_bound = (CUcontext)new_context(d, flags)->o.base;
	return leave(CUDA_SUCCESS);
}

CALL(cuCtxDestroy_v2)(CUcontext handle)
{
	ENTER(cuCtxDestroy_v2, ANYWHERE);
	struct context *ctx = tandem_fake_find(handle, CONTEXT);
	if (ctx == NULL || ctx->primary)
		return leave(CUDA_ERROR_INVALID_CONTEXT);
	tandem_fake_end_context(ctx);
	if (tandem_fake_bound == handle)
		tandem_fake_bound = depth > 0 ? stack[--depth] : NULL;
	return leave(CUDA_SUCCESS);
}

CALL(cuCtxPushCurrent_v2)(CUcontext ctx)
{
	ENTER(cuCtxPushCurrent_v2, ANYWHERE);
	if (tandem_fake_find(ctx, CONTEXT) == NULL)
		return leave(CUDA_ERROR_INVALID_CONTEXT);
	if (depth == DEPTH)
		return leave(CUDA_ERROR_OUT_OF_MEMORY);
	stack[depth++] = tandem_fake_bound;
	tandem_fake_bound = ctx;
	return leave(CUDA_SUCCESS);
}

CALL(cuCtxPopCurrent_v2)(CUcontext *ctx)
{
	ENTER(cuCtxPopCurrent_v2, ANYWHERE);
	if (tandem_fake_bound == NULL)
		return leave(CUDA_ERROR_INVALID_CONTEXT);
	if (ctx != NULL)
		*ctx = tandem_fake_bound;
	tandem_fake_bound = depth > 0 ? stack[--depth] : NULL;
	return leave(CUDA_SUCCESS);
}

CALL(cuCtxSetCurrent)(CUcontext ctx)
{
	ENTER(cuCtxSetCurrent, ANYWHERE);
	if (ctx != NULL && tandem_fake_find(ctx, CONTEXT) == NULL)
		return leave(CUDA_ERROR_INVALID_CONTEXT);
	tandem_fake_bound = ctx;
	return leave(CUDA_SUCCESS);
}

CALL(cuCtxGetCurrent)(CUcontext *ctx)
{
	ENTER(cuCtxGetCurrent, ANYWHERE);
	*ctx = tandem_fake_bound;
	return leave(CUDA_SUCCESS);
}

CALL(cuCtxGetDevice)(CUdevice *dev)
{
	ENTER(cuCtxGetDevice, IN_CONTEXT);
	*dev = tandem_fake_current->dev->ordinal;
	return leave(CUDA_SUCCESS);
}

CALL(cuCtxGetFlags)(unsigned int *flags)
{
	ENTER(cuCtxGetFlags, IN_CONTEXT);
	*flags = tandem_fake_current->flags;
	return leave(CUDA_SUCCESS);
}

CALL(cuCtxGetApiVersion)(CUcontext ctx, unsigned int *version)
{
	ENTER(cuCtxGetApiVersion, ANYWHERE);
	if (ctx != NULL && tandem_fake_find(ctx, CONTEXT) == NULL)
		return leave(CUDA_ERROR_INVALID_CONTEXT);
	*version = 3020;
	return leave(CUDA_SUCCESS);
}

CALL(cuCtxGetStreamPriorityRange)(int *least, int *greatest)
{
	ENTER(cuCtxGetStreamPriorityRange, IN_CONTEXT);
	if (least != NULL)
		*least = 0;
	if (greatest != NULL)
		*greatest = -5;
	return leave(CUDA_SUCCESS);
}

CALL(cuCtxGetLimit)(size_t *value, CUlimit limit)
{
	ENTER(cuCtxGetLimit, IN_CONTEXT);
	if (limit > CU_LIMIT_PERSISTING_L2_CACHE_SIZE)
		return leave(CUDA_ERROR_UNSUPPORTED_LIMIT);
	*value = tandem_fake_current->limits[limit];
	return leave(CUDA_SUCCESS);
}

CALL(cuCtxSetLimit)(CUlimit limit, size_t value)
{
	ENTER(cuCtxSetLimit, IN_CONTEXT);
	if (limit > CU_LIMIT_PERSISTING_L2_CACHE_SIZE)
		return leave(CUDA_ERROR_UNSUPPORTED_LIMIT);
	tandem_fake_current->limits[limit] = value;
	return leave(CUDA_SUCCESS);
}

CALL(cuCtxSynchronize)(void)
{
	ENTER(cuCtxSynchronize, IN_CONTEXT);
	if (tandem_fake_capturing())
		return leave(tandem_fake_capture_unsafe());
	return leave(tandem_fake_drain(tandem_fake_current));
}

CALL(cuCtxEnablePeerAccess)(CUcontext handle, unsigned int flags)
{
	ENTER(cuCtxEnablePeerAccess, IN_CONTEXT);
	const struct context *peer = tandem_fake_find(handle, CONTEXT);
	struct context *ctx = tandem_fake_current;
	if (peer == NULL || peer == ctx)
		return leave(CUDA_ERROR_INVALID_CONTEXT);
	if (flags != 0)
		return leave(CUDA_ERROR_INVALID_VALUE);
	if (peer->dev == ctx->dev || tandem_fake_config.no_peers)
		return leave(CUDA_ERROR_PEER_ACCESS_UNSUPPORTED);
	if (ctx->peers >> peer->dev->ordinal & 1)
		return leave(CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED);
	ctx->peers |= 1u << peer->dev->ordinal;
	return leave(CUDA_SUCCESS);
}

CALL(cuCtxDisablePeerAccess)(CUcontext handle)
{
	ENTER(cuCtxDisablePeerAccess, IN_CONTEXT);
	const struct context *peer = tandem_fake_find(handle, CONTEXT);
	if (peer == NULL)
		return leave(CUDA_ERROR_INVALID_CONTEXT);
	if (!(tandem_fake_current->peers >> peer->dev->ordinal & 1))
		return leave(CUDA_ERROR_PEER_ACCESS_NOT_ENABLED);
	tandem_fake_current->peers &= ~(1u << peer->dev->ordinal);
	return leave(CUDA_SUCCESS);
}
