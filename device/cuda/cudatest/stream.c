//go:build cuda && linux && cgo

#include "fake.h"

#include <stdlib.h>

/* A command stays in the list until it has been executed. */
bool tandem_fake_idle(struct stream *s)
{
	return s->head == NULL;
}

static void unlink_stream(struct stream *s)
{
	struct stream **p = &s->o.ctx->dev->streams;
	while (*p != s)
		p = &(*p)->next;
	*p = s->next;
	free(s);
}

void tandem_fake_pop(struct stream *s)
{
	struct op *op = s->head;
	s->head = op->next;
	if (s->head == NULL)
		s->tail = &s->head;
	if (op->drop != NULL)
		op->drop(op);
	free(op);
	if (s->closing && s->head == NULL)
		unlink_stream(s);
}

static void close_stream(struct object *o)
{
	struct stream *s = (struct stream *)o;
	tandem_fake_capture_leave(s);
	tandem_fake_end(o);
	s->closing = true;
	if (tandem_fake_idle(s))
		unlink_stream(s);
}

struct stream *tandem_fake_new_stream(struct context *ctx, unsigned int flags, int priority)
{
	struct stream *s = tandem_fake_new(STREAM, sizeof *s);
	s->o.ctx = ctx;
	s->o.end = close_stream;
	s->tail = &s->head;
	s->flags = flags;
	s->priority = priority;
	s->chance = (int)(tandem_fake_random(&ctx->dev->random) >> 33);
	s->next = ctx->dev->streams;
	ctx->dev->streams = s;
	return s;
}

CUresult tandem_fake_stream(CUstream handle, struct stream **found)
{
	struct context *ctx = tandem_fake_current;
	if (handle == NULL || handle == CU_STREAM_LEGACY || handle == CU_STREAM_PER_THREAD) {
		*found = ctx->null;
		return CUDA_SUCCESS;
	}
	*found = tandem_fake_find(handle, STREAM);
	if (*found == NULL)
		return CUDA_ERROR_INVALID_HANDLE;
	return (*found)->o.ctx == ctx ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT;
}
