//go:build cuda && linux && cgo

#include "capture.h"

#include <stdlib.h>

static struct capture *captures;
__thread CUstreamCaptureMode tandem_fake_capture_mode = CU_STREAM_CAPTURE_MODE_GLOBAL;

/* Whether c forbids the calling thread what might wait for the stream that captures. */
static bool forbids(const struct capture *c)
{
	bool own = pthread_equal(c->thread, pthread_self());
	if (tandem_fake_capture_mode == CU_STREAM_CAPTURE_MODE_RELAXED)
		return false;
	return c->mode == CU_STREAM_CAPTURE_MODE_GLOBAL || (own && c->mode == CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
}

void tandem_fake_capture_begin(struct stream *s, CUstreamCaptureMode mode)
{
	struct capture *c = calloc(1, sizeof *c);
	if (c == NULL || (c->nodes = calloc(1, sizeof *c->nodes)) == NULL)
		abort();
	c->nodes->holders = 1;
	c->origin = s;
	c->mode = mode;
	c->thread = pthread_self();
	c->next = captures;
	captures = c;
	s->capture = c;
}

bool tandem_fake_capturing(void)
{
	for (const struct capture *c = captures; c != NULL; c = c->next)
		if (forbids(c))
			return true;
	return false;
}

CUresult tandem_fake_capture_unsafe(void)
{
	for (struct capture *c = captures; c != NULL; c = c->next)
		if (forbids(c))
			c->broken = true;
	return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
}

void tandem_fake_capture_break(struct stream *s)
{
	s->capture->broken = true;
}

CUresult tandem_fake_capture_op(struct stream *s, struct op *op)
{
	struct capture *c = s->capture;
	struct nodes *nodes = c->nodes;
	if (c->broken) {
		if (op->drop != NULL)
			op->drop(op);
		free(op);
		return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
	}
	nodes->node = realloc(nodes->node, (size_t)(nodes->n + 1) * sizeof *nodes->node);
	if (nodes->node == NULL)
		abort(); /* the test's machine is out of memory, not the device */
	nodes->node[nodes->n] = (struct node){.op = op, .after = s->after};
	s->after = (struct node_set){0, NULL};
	tandem_fake_add(&s->after, nodes->n++);
	return CUDA_SUCCESS;
}

CUresult tandem_fake_capture_record(struct stream *s, struct event *e)
{
	tandem_fake_capture_forget(e);
	e->capture = s->capture;
	tandem_fake_unite(&e->after, &s->after);
	return CUDA_SUCCESS;
}

void tandem_fake_capture_forget(struct event *e)
{
	e->capture = NULL;
	free(e->after.at);
	e->after = (struct node_set){0, NULL};
}

CUresult tandem_fake_capture_wait(struct stream *s, struct event *e)
{
	if (s->capture != NULL && e->capture != s->capture) {
		s->capture->broken = true;
		return e->capture == NULL ? CUDA_ERROR_STREAM_CAPTURE_ISOLATION : CUDA_ERROR_STREAM_CAPTURE_MERGE;
	}
	if (s == s->o.ctx->null) {
		e->capture->broken = true;
		return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
	}
	s->capture = e->capture;
	tandem_fake_unite(&s->after, &e->after);
	return CUDA_SUCCESS;
}

static void leave_capture(struct stream *s)
{
	s->capture = NULL;
	free(s->after.at);
	s->after = (struct node_set){0, NULL};
}

void tandem_fake_capture_finish(struct capture *c)
{
	for (int i = 0; i < MAX_DEVICES; i++)
		for (struct stream *s = tandem_fake_devices[i].streams; s != NULL; s = s->next)
			if (s->capture == c)
				leave_capture(s);
	for (struct object *o = tandem_fake_alive; o != NULL; o = o->behind)
		if (o->kind == EVENT && ((struct event *)o)->capture == c)
			tandem_fake_capture_forget((struct event *)o);
	struct capture **p = &captures;
	while (*p != c)
		p = &(*p)->next;
	*p = c->next;
	tandem_fake_let_go(c->nodes);
	free(c);
}

void tandem_fake_capture_leave(struct stream *s)
{
	struct capture *c = s->capture;
	if (c == NULL)
		return;
	c->broken = true;
	if (c->origin == s)
		tandem_fake_capture_finish(c);
	else
		leave_capture(s);
}
