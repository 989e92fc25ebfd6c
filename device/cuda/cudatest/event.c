//go:build cuda && linux && cgo

#include "fake.h"

#include <stdlib.h>

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

#define ENTER_STREAM(name, handle, s)                       \
	ENTER(name, IN_CONTEXT);                            \
	struct stream *s;                                   \
	CUresult r = tandem_fake_stream(handle, &s);        \
	if (r != CUDA_SUCCESS)                              \
		return leave(r)

static CUresult create_stream(CUstream *stream, unsigned int flags, int priority)
{
	if (flags & ~(unsigned int)CU_STREAM_NON_BLOCKING)
		return CUDA_ERROR_INVALID_VALUE;
	/* Out of range is no error; the driver takes the nearest. */
	*stream = (CUstream)tandem_fake_new_stream(tandem_fake_current, flags, priority > 0 ? 0 : priority < -5 ? -5 : priority)->o.base;
	return CUDA_SUCCESS;
}

CALL(cuStreamCreate)(CUstream *stream, unsigned int flags)
{
	ENTER(cuStreamCreate, IN_CONTEXT);
	return leave(create_stream(stream, flags, 0));
}

CALL(cuStreamCreateWithPriority)(CUstream *stream, unsigned int flags, int priority)
{
	ENTER(cuStreamCreateWithPriority, IN_CONTEXT);
	return leave(create_stream(stream, flags, priority));
}

/* The stream's commands are still executed. */
CALL(cuStreamDestroy_v2)(CUstream stream)
{
	ENTER_STREAM(cuStreamDestroy_v2, stream, s);
	if (s == tandem_fake_current->null)
		return leave(CUDA_ERROR_INVALID_HANDLE);
	s->o.end(&s->o);
	return leave(CUDA_SUCCESS);
}

CALL(cuStreamGetFlags)(CUstream stream, unsigned int *flags)
{
	ENTER_STREAM(cuStreamGetFlags, stream, s);
	*flags = s->flags;
	return leave(CUDA_SUCCESS);
}

CALL(cuStreamGetPriority)(CUstream stream, int *priority)
{
	ENTER_STREAM(cuStreamGetPriority, stream, s);
	*priority = s->priority;
	return leave(CUDA_SUCCESS);
}

CALL(cuStreamGetCtx)(CUstream stream, CUcontext *ctx)
{
	ENTER_STREAM(cuStreamGetCtx, stream, s);
	*ctx = (CUcontext)s->o.ctx->o.base;
	return leave(CUDA_SUCCESS);
}

CALL(cuStreamSynchronize)(CUstream stream)
{
	ENTER_STREAM(cuStreamSynchronize, stream, s);
	if (s->capture != NULL) {
		tandem_fake_capture_break(s);
		return leave(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
	}
	return leave(tandem_fake_drain_stream(s));
}

CALL(cuStreamQuery)(CUstream stream)
{
	ENTER_STREAM(cuStreamQuery, stream, s);
	if (s->capture != NULL) {
		tandem_fake_capture_break(s);
		return leave(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
	}
	if (tandem_fake_idle(s))
		return leave(CUDA_SUCCESS);
	tandem_fake_poll(s->o.ctx->dev);
	return leave(CUDA_ERROR_NOT_READY);
}

/* Events. */

static void end_event(struct object *o)
{
	struct event *e = (struct event *)o;
	tandem_fake_capture_forget(e);
	tandem_fake_end(o);
	e->ended = true;
	if (e->holders == 0)
		free(e);
}

CALL(cuEventCreate)(CUevent *event, unsigned int flags)
{
	ENTER(cuEventCreate, IN_CONTEXT);
	if (flags & ~(unsigned int)(CU_EVENT_BLOCKING_SYNC | CU_EVENT_DISABLE_TIMING | CU_EVENT_INTERPROCESS))
		return leave(CUDA_ERROR_INVALID_VALUE);
	struct event *e = tandem_fake_new(EVENT, sizeof *e);
	e->o.end = end_event;
	e->flags = flags;
	*event = (CUevent)e->o.base;
	return leave(CUDA_SUCCESS);
}

#define ENTER_EVENT(name, handle, e)                         \
	ENTER(name, IN_CONTEXT);                             \
	struct event *e = tandem_fake_find(handle, EVENT);   \
	if (e == NULL)                                       \
		return leave(CUDA_ERROR_INVALID_HANDLE)

CALL(cuEventDestroy_v2)(CUevent event)
{
	ENTER_EVENT(cuEventDestroy_v2, event, e);
	end_event(&e->o);
	return leave(CUDA_SUCCESS);
}

struct mark {
	struct op op;
	struct event *event;
	uint64_t which; /* of the times that the event was recorded */
};

static CUresult run_record(struct op *op)
{
	struct mark *m = (struct mark *)op;
	if (m->event->done < m->which)
		m->event->done = m->which;
	m->event->at = tandem_fake_now();
	return CUDA_SUCCESS;
}

static CUresult run_wait(struct op *op)
{
	(void)op;
	return CUDA_SUCCESS;
}

/* A command of a context that is broken will never be executed, and the event of another one's never come. */
static bool happened(struct op *op)
{
	const struct event *e = ((struct mark *)op)->event;
	return e->done >= ((struct mark *)op)->which || e->broken;
}

static void drop_mark(struct op *op)
{
	struct event *e = ((struct mark *)op)->event;
	if (op->run == run_record && e->done < ((struct mark *)op)->which)
		e->broken = true;
	if (--e->holders == 0 && e->ended)
		free(e);
}

static struct op *mark(struct event *e, uint64_t which, CUresult (*run)(struct op *))
{
	struct mark *m = tandem_fake_op(sizeof *m, run);
	m->op.locked = true;
	m->op.drop = drop_mark;
	m->event = e;
	m->which = which;
	e->holders++;
	return &m->op;
}

static CUresult record(struct event *e, CUstream stream)
{
	struct stream *s;
	CUresult r = tandem_fake_stream(stream, &s);
	if (r != CUDA_SUCCESS || e->o.ctx != s->o.ctx)
		return CUDA_ERROR_INVALID_HANDLE;
	if (s->capture != NULL)
		return tandem_fake_capture_record(s, e);
	tandem_fake_capture_forget(e);
	return tandem_fake_enqueue(s, mark(e, ++e->recorded, run_record));
}

CALL(cuEventRecord)(CUevent event, CUstream stream)
{
	ENTER_EVENT(cuEventRecord, event, e);
	return leave(record(e, stream));
}

CALL(cuEventRecordWithFlags)(CUevent event, CUstream stream, unsigned int flags)
{
	ENTER_EVENT(cuEventRecordWithFlags, event, e);
	return leave(flags != CU_EVENT_RECORD_DEFAULT ? CUDA_ERROR_NOT_SUPPORTED : record(e, stream));
}

CALL(cuStreamWaitEvent)(CUstream stream, CUevent event, unsigned int flags)
{
	ENTER_STREAM(cuStreamWaitEvent, stream, s);
	struct event *e = tandem_fake_find(event, EVENT);
	if (e == NULL)
		return leave(CUDA_ERROR_INVALID_HANDLE);
	if (flags != CU_EVENT_WAIT_DEFAULT)
		return leave(CUDA_ERROR_NOT_SUPPORTED);
	if (e->capture != NULL || s->capture != NULL)
		return leave(tandem_fake_capture_wait(s, e));
	if (e->done == e->recorded)
		return leave(CUDA_SUCCESS);
	struct op *op = mark(e, e->recorded, run_wait);
	op->ready = happened;
	return leave(tandem_fake_enqueue(s, op));
}

CALL(cuEventQuery)(CUevent event)
{
	ENTER_EVENT(cuEventQuery, event, e);
	if (e->capture != NULL)
		return leave(CUDA_ERROR_CAPTURED_EVENT);
	if (e->done == e->recorded)
		return leave(CUDA_SUCCESS);
	tandem_fake_poll(e->o.ctx->dev);
	return leave(CUDA_ERROR_NOT_READY);
}

static bool recorded(void *arg)
{
	const struct mark *m = arg;
	return m->event->done >= m->which;
}

CALL(cuEventSynchronize)(CUevent event)
{
	ENTER_EVENT(cuEventSynchronize, event, e);
	if (e->capture != NULL)
		return leave(CUDA_ERROR_CAPTURED_EVENT);
	struct mark until = {.event = e, .which = e->recorded};
	e->holders++;
	CUresult r = tandem_fake_wait(e->o.ctx, recorded, &until);
	if (--e->holders == 0 && e->ended)
		free(e);
	return leave(r);
}

CALL(cuEventElapsedTime)(float *ms, CUevent start, CUevent end)
{
	ENTER_EVENT(cuEventElapsedTime, start, a);
	const struct event *b = tandem_fake_find(end, EVENT);
	if (b == NULL || ((a->flags | b->flags) & CU_EVENT_DISABLE_TIMING) || a->recorded == 0 || b->recorded == 0)
		return leave(CUDA_ERROR_INVALID_HANDLE);
	if (a->done < a->recorded || b->done < b->recorded)
		return leave(CUDA_ERROR_NOT_READY);
	*ms = (float)(1e3 * (b->at - a->at));
	return leave(CUDA_SUCCESS);
}

/* Host functions. */

struct host_op {
	struct op op;
	CUhostFn fn;
	void *data;
};

static CUresult run_host(struct op *op)
{
	((struct host_op *)op)->fn(((struct host_op *)op)->data);
	return CUDA_SUCCESS;
}

CALL(cuLaunchHostFunc)(CUstream stream, CUhostFn fn, void *data)
{
	ENTER_STREAM(cuLaunchHostFunc, stream, s);
	if (fn == NULL)
		return leave(CUDA_ERROR_INVALID_VALUE);
	struct host_op *h = tandem_fake_op(sizeof *h, run_host);
	h->op.outside = true; /* it may call into Go, which a thread that waits in a call of Go's must not */
	h->fn = fn;
	h->data = data;
	return leave(tandem_fake_enqueue(s, &h->op));
}
