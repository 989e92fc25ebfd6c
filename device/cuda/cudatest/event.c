//go:build cuda && linux && cgo

#define _GNU_SOURCE
#include "fake.h"

#include <stdlib.h>
#include <time.h>

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

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static CUresult run_record(struct op *op)
{
	struct mark *m = (struct mark *)op;
	if (m->event->done < m->which)
		m->event->done = m->which;
	m->event->at = now();
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
