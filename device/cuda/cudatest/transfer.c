//go:build cuda && linux && cgo

#include "fake.h"

#include <stdlib.h>
#include <string.h>

struct copy {
	struct op op;
	void *dst;
	const void *src;
	size_t nbytes;
	struct staged *staged; /* in place of pageable memory, which is touched within the call only */
};

struct staged {
	int holders; /* the command, and a call that waits for the bytes */
	char bytes[];
};

struct fill {
	struct op op;
	void *dst;
	size_t n;
	unsigned int width, value;
};

/*
 * Whether memory that a command was given is still there when it is executed; NULL
 * is none. If it is, it stays until moved: nobody is to find it gone half way.
 */
static bool gone(const struct op *op, const void *dst, const void *src, size_t nbytes)
{
	pthread_mutex_lock(&tandem_fake_mutex);
	const char *what = dst != NULL && tandem_fake_region((uintptr_t)dst, nbytes) == NULL ? "destination"
		: src != NULL && tandem_fake_region((uintptr_t)src, nbytes) == NULL ? "source"
		: NULL;
	if (what == NULL)
		pthread_rwlock_rdlock(&tandem_fake_moving);
	pthread_mutex_unlock(&tandem_fake_mutex);
	if (what != NULL)
		tandem_fake_say("%s %lu: its %s was given back before it was executed", op->made_by, op->nth, what);
	return what != NULL;
}

static CUresult moved(void)
{
	pthread_rwlock_unlock(&tandem_fake_moving);
	return CUDA_SUCCESS;
}

static CUresult run_copy(struct op *op)
{
	struct copy *c = (struct copy *)op;
	char *staged = c->staged ? c->staged->bytes : NULL;
	if (gone(op, c->dst == staged ? NULL : c->dst, c->src == staged ? NULL : c->src, c->nbytes))
		return CUDA_ERROR_ILLEGAL_ADDRESS;
	memmove(c->dst, c->src, c->nbytes);
	return moved();
}

static void drop_copy(struct op *op)
{
	struct staged *staged = ((struct copy *)op)->staged;
	if (staged != NULL && --staged->holders == 0)
		free(staged);
}

static CUresult run_fill(struct op *op)
{
	struct fill *f = (struct fill *)op;
	if (gone(op, f->dst, NULL, f->n * f->width))
		return CUDA_ERROR_ILLEGAL_ADDRESS;
	for (size_t i = 0; i < f->n; i++)
		memcpy((char *)f->dst + i * f->width, &f->value, f->width); /* little-endian, as GPUs are */
	return moved();
}

/* What the memory at at is, and whether a copy may use so much of it. */
enum place { WRONG, DEVICE, LOCKED, PAGEABLE };

static enum place classify(uintptr_t at, size_t nbytes)
{
	const struct object *o = tandem_fake_touching(at, nbytes);
	if (o == NULL)
		return at == 0 || tandem_fake_is_ours(at) ? WRONG : PAGEABLE;
	if (o->dying || tandem_fake_region(at, nbytes) != o)
		return WRONG; /* partly in it, partly not */
	return o->kind == MEMORY || o->kind == GLOBAL ? DEVICE : LOCKED;
}

static CUresult download(struct stream *s, struct copy *c)
{
	struct staged *staged = c->staged;
	void *dst = c->dst;
	size_t nbytes = c->nbytes;
	c->dst = staged->bytes;
	staged->holders++;
	CUresult r = tandem_fake_execute(s, &c->op);
	if (r == CUDA_SUCCESS)
		memcpy(dst, staged->bytes, nbytes);
	if (--staged->holders == 0)
		free(staged);
	return r;
}

enum { FROM_HOST = 1, TO_HOST = 2, ANY = 4, WAITS = 8 };

/*
 * Copies as the driver does: what is page-locked is read and written when the
 * command is executed; a pageable source is read at the call, and a pageable
 * destination makes the call wait.
 */
static CUresult copy(struct stream *s, uintptr_t dst, uintptr_t src, size_t nbytes, int how)
{
	if (nbytes == 0)
		return CUDA_SUCCESS;
	enum place to = classify(dst, nbytes), from = classify(src, nbytes);
	if (to == WRONG || from == WRONG)
		return CUDA_ERROR_INVALID_VALUE;
	if (!(how & ANY) && ((to == PAGEABLE && !(how & TO_HOST)) || (from == PAGEABLE && !(how & FROM_HOST))))
		return CUDA_ERROR_INVALID_VALUE;
	if (s->capture != NULL && (to == PAGEABLE || from == PAGEABLE)) {
		tandem_fake_capture_break(s);
		return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
	}
	if (to == PAGEABLE && from == PAGEABLE) {
		memmove((void *)dst, (const void *)src, nbytes);
		return CUDA_SUCCESS;
	}
	struct copy *c = tandem_fake_op(sizeof *c, run_copy);
	c->op.drop = drop_copy;
	c->dst = (void *)dst;
	c->src = (const void *)src;
	c->nbytes = nbytes;
	if (from == PAGEABLE || to == PAGEABLE) {
		c->staged = malloc(sizeof *c->staged + nbytes);
		if (c->staged == NULL) {
			free(c);
			return CUDA_ERROR_OUT_OF_MEMORY;
		}
		c->staged->holders = 1;
	}
	if (from == PAGEABLE)
		c->src = memcpy(c->staged->bytes, c->src, nbytes);
	if (to == PAGEABLE)
		return download(s, c);
	return how & WAITS ? tandem_fake_execute(s, &c->op) : tandem_fake_enqueue(s, &c->op);
}

/* The legacy stream for calls that name none. */
static struct stream *null_stream(void)
{
	return tandem_fake_current->null;
}

CALL(cuMemcpyHtoD_v2)(CUdeviceptr dst, const void *src, size_t nbytes)
{
	ENTER(cuMemcpyHtoD_v2, IN_CONTEXT);
	return leave(copy(null_stream(), dst, (uintptr_t)src, nbytes, FROM_HOST | WAITS));
}

CALL(cuMemcpyDtoH_v2)(void *dst, CUdeviceptr src, size_t nbytes)
{
	ENTER(cuMemcpyDtoH_v2, IN_CONTEXT);
	return leave(copy(null_stream(), (uintptr_t)dst, src, nbytes, TO_HOST | WAITS));
}

CALL(cuMemcpyDtoD_v2)(CUdeviceptr dst, CUdeviceptr src, size_t nbytes)
{
	ENTER(cuMemcpyDtoD_v2, IN_CONTEXT);
	return leave(copy(null_stream(), dst, src, nbytes, 0));
}

CALL(cuMemcpy)(CUdeviceptr dst, CUdeviceptr src, size_t nbytes)
{
	ENTER(cuMemcpy, IN_CONTEXT);
	return leave(copy(null_stream(), dst, src, nbytes, ANY | WAITS));
}

/* Calls that name a stream. */
#define COPY_ASYNC(name, dst, src, how)                                                  \
	ENTER(name, IN_CONTEXT);                                                         \
	struct stream *s;                                                                \
	CUresult r = tandem_fake_stream(stream, &s);                                     \
	return leave(r != CUDA_SUCCESS ? r : copy(s, (uintptr_t)(dst), (uintptr_t)(src), nbytes, how))

CALL(cuMemcpyHtoDAsync_v2)(CUdeviceptr dst, const void *src, size_t nbytes, CUstream stream)
{
	COPY_ASYNC(cuMemcpyHtoDAsync_v2, dst, src, FROM_HOST);
}

CALL(cuMemcpyDtoHAsync_v2)(void *dst, CUdeviceptr src, size_t nbytes, CUstream stream)
{
	COPY_ASYNC(cuMemcpyDtoHAsync_v2, dst, src, TO_HOST);
}

CALL(cuMemcpyDtoDAsync_v2)(CUdeviceptr dst, CUdeviceptr src, size_t nbytes, CUstream stream)
{
	COPY_ASYNC(cuMemcpyDtoDAsync_v2, dst, src, 0);
}

CALL(cuMemcpyAsync)(CUdeviceptr dst, CUdeviceptr src, size_t nbytes, CUstream stream)
{
	COPY_ASYNC(cuMemcpyAsync, dst, src, ANY);
}

/* Whether the memory that ptr is in was made in the context of that handle. */
static bool made_in(CUdeviceptr ptr, CUcontext handle)
{
	const struct object *o = tandem_fake_region(ptr, 1);
	return o != NULL && o->ctx == tandem_fake_find(handle, CONTEXT);
}

CALL(cuMemcpyPeer)(CUdeviceptr dst, CUcontext dst_ctx, CUdeviceptr src, CUcontext src_ctx, size_t nbytes)
{
	ENTER(cuMemcpyPeer, IN_CONTEXT);
	if (nbytes > 0 && !(made_in(dst, dst_ctx) && made_in(src, src_ctx)))
		return leave(CUDA_ERROR_INVALID_VALUE);
	return leave(copy(null_stream(), dst, src, nbytes, WAITS));
}

CALL(cuMemcpyPeerAsync)(CUdeviceptr dst, CUcontext dst_ctx, CUdeviceptr src, CUcontext src_ctx, size_t nbytes, CUstream stream)
{
	ENTER(cuMemcpyPeerAsync, IN_CONTEXT);
	struct stream *s;
	CUresult r = tandem_fake_stream(stream, &s);
	if (r == CUDA_SUCCESS && nbytes > 0 && !(made_in(dst, dst_ctx) && made_in(src, src_ctx)))
		r = CUDA_ERROR_INVALID_VALUE;
	return leave(r == CUDA_SUCCESS ? copy(s, dst, src, nbytes, 0) : r);
}

static CUresult fill(struct stream *s, CUdeviceptr dst, unsigned int value, unsigned int width, size_t n)
{
	if (n == 0)
		return CUDA_SUCCESS;
	if (n > SIZE_MAX / width || dst % width != 0)
		return CUDA_ERROR_INVALID_VALUE;
	enum place to = classify(dst, n * width);
	if (to != DEVICE && to != LOCKED)
		return CUDA_ERROR_INVALID_VALUE;
	struct fill *f = tandem_fake_op(sizeof *f, run_fill);
	f->dst = (void *)(uintptr_t)dst;
	f->n = n;
	f->width = width;
	f->value = value;
	return tandem_fake_enqueue(s, &f->op);
}

#define FILL(name, width)                                                    \
	ENTER(name, IN_CONTEXT);                                             \
	return leave(fill(null_stream(), dst, value, width, n))
#define FILL_ASYNC(name, width)                                              \
	ENTER(name, IN_CONTEXT);                                             \
	struct stream *s;                                                    \
	CUresult r = tandem_fake_stream(stream, &s);                         \
	return leave(r != CUDA_SUCCESS ? r : fill(s, dst, value, width, n))

CALL(cuMemsetD8_v2)(CUdeviceptr dst, unsigned char value, size_t n)
{
	FILL(cuMemsetD8_v2, 1);
}

CALL(cuMemsetD16_v2)(CUdeviceptr dst, unsigned short value, size_t n)
{
	FILL(cuMemsetD16_v2, 2);
}

CALL(cuMemsetD32_v2)(CUdeviceptr dst, unsigned int value, size_t n)
{
	FILL(cuMemsetD32_v2, 4);
}

CALL(cuMemsetD8Async)(CUdeviceptr dst, unsigned char value, size_t n, CUstream stream)
{
	FILL_ASYNC(cuMemsetD8Async, 1);
}

CALL(cuMemsetD16Async)(CUdeviceptr dst, unsigned short value, size_t n, CUstream stream)
{
	FILL_ASYNC(cuMemsetD16Async, 2);
}

CALL(cuMemsetD32Async)(CUdeviceptr dst, unsigned int value, size_t n, CUstream stream)
{
	FILL_ASYNC(cuMemsetD32Async, 4);
}
