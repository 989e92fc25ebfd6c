//go:build cuda && linux && cgo

#include "fake.h"

#include <stdlib.h>

static uint64_t sequence;

void *tandem_fake_op(size_t struct_size, CUresult (*run)(struct op *))
{
	struct op *op = calloc(1, struct_size);
	if (op == NULL)
		abort(); /* the test's machine is out of memory, not the device */
	op->run = run;
	op->made_by = tandem_fake_call->name;
	op->nth = tandem_fake_call->count;
	return op;
}

CUresult tandem_fake_enqueue(struct stream *s, struct op *op)
{
	if (tandem_fake_due.kind == FAULT_STICKY)
		op->sticky = tandem_fake_due.code;
	if (tandem_fake_due.kind == FAULT_HANG)
		op->hang = true;
	tandem_fake_due.kind = NO_FAULT;
	if (s->capture != NULL)
		return tandem_fake_capture_op(s, op);
	op->stream = s;
	op->seq = ++sequence;
	*s->tail = op;
	s->tail = &op->next;
	pthread_cond_broadcast(&tandem_fake_changed);
	tandem_fake_run_all();
	return CUDA_SUCCESS;
}

CUresult tandem_fake_wait(struct context *ctx, bool (*done)(void *), void *arg)
{
	struct device *dev = ctx->dev;
	uintptr_t handle = ctx->o.base;
	CUresult result = CUDA_SUCCESS;
	dev->waiting++;
	for (;;) {
		if (tandem_fake_find((void *)handle, CONTEXT) != ctx) { /* ended meanwhile, with all that arg is about */
			result = CUDA_ERROR_CONTEXT_IS_DESTROYED;
			break;
		}
		if (done(arg) || (result = dev->removed) != CUDA_SUCCESS || (result = ctx->sticky) != CUDA_SUCCESS)
			break;
		if (!tandem_fake_step(dev, false))
			pthread_cond_wait(&tandem_fake_changed, &tandem_fake_mutex);
	}
	dev->waiting--;
	return result;
}

void tandem_fake_poll(struct device *dev)
{
	dev->polls++;
	if (tandem_fake_config.late)
		tandem_fake_step(dev, false);
	pthread_cond_broadcast(&tandem_fake_changed);
}

/* Commands that a thread waits for: those of a stream, or of a context, that were there when it began to. */
struct so_far {
	struct context *ctx;
	struct stream *stream;
	uint64_t seq;
};

static bool executed(void *arg)
{
	const struct so_far *w = arg;
	for (const struct stream *s = w->ctx->dev->streams; s != NULL; s = s->next)
		if (s->o.ctx == w->ctx && (w->stream == NULL || w->stream == s) && s->head != NULL && s->head->seq <= w->seq)
			return false;
	return true;
}

static CUresult drain(struct context *ctx, struct stream *s)
{
	struct so_far w = {ctx, s, sequence};
	CUresult result = tandem_fake_wait(ctx, executed, &w);
	return result == CUDA_SUCCESS ? ctx->sticky : result;
}

CUresult tandem_fake_drain_stream(struct stream *s)
{
	return drain(s->o.ctx, s);
}

/* While a command is executed another thread may end the context and all that it has. */
CUresult tandem_fake_execute(struct stream *s, struct op *op)
{
	struct context *ctx = s->o.ctx;
	uintptr_t handle = ctx->o.base;
	CUresult r = tandem_fake_enqueue(s, op);
	if (r != CUDA_SUCCESS)
		return r;
	return tandem_fake_find((void *)handle, CONTEXT) == ctx ? drain(ctx, s) : CUDA_ERROR_CONTEXT_IS_DESTROYED;
}

CUresult tandem_fake_drain(struct context *ctx)
{
	return drain(ctx, NULL);
}
