//go:build cuda && linux && cgo

#include "capture.h"
#include "graph.h"

#include <stdlib.h>

/* Whether every node comes before the end of the stream that has begun the capture. */
static bool joined(const struct capture *c)
{
	const struct nodes *nodes = c->nodes;
	bool *before = calloc((size_t)nodes->n + 1, sizeof *before), all = true;
	if (before == NULL)
		abort();
	for (int i = 0; i < c->origin->after.n; i++)
		before[c->origin->after.at[i]] = true;
	for (int i = nodes->n - 1; i >= 0; i--) {
		all = all && before[i];
		for (int k = 0; before[i] && k < nodes->node[i].after.n; k++)
			before[nodes->node[i].after.at[k]] = true;
	}
	free(before);
	return all;
}

CALL(cuStreamBeginCapture_v2)(CUstream stream, CUstreamCaptureMode mode)
{
	ENTER_STREAM(cuStreamBeginCapture_v2, stream, s);
	if (s == s->o.ctx->null)
		return leave(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
	if (s->capture != NULL)
		return leave(CUDA_ERROR_ILLEGAL_STATE);
	if (mode > CU_STREAM_CAPTURE_MODE_RELAXED)
		return leave(CUDA_ERROR_INVALID_VALUE);
	tandem_fake_capture_begin(s, mode);
	return leave(CUDA_SUCCESS);
}

CALL(cuStreamEndCapture)(CUstream stream, CUgraph *graph)
{
	ENTER_STREAM(cuStreamEndCapture, stream, s);
	struct capture *c = s->capture;
	*graph = NULL;
	if (c == NULL)
		return leave(CUDA_ERROR_ILLEGAL_STATE);
	if (c->origin != s)
		return leave(CUDA_ERROR_STREAM_CAPTURE_UNMATCHED);
	if (c->mode != CU_STREAM_CAPTURE_MODE_RELAXED && !pthread_equal(c->thread, pthread_self()))
		return leave(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD);
	if (c->broken)
		r = CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
	else if (!joined(c))
		r = CUDA_ERROR_STREAM_CAPTURE_UNJOINED;
	else
		*graph = (CUgraph)tandem_fake_new_graph(GRAPH, c->nodes)->o.base;
	tandem_fake_capture_finish(c);
	return leave(r);
}

CALL(cuStreamIsCapturing)(CUstream stream, CUstreamCaptureStatus *status)
{
	ENTER_STREAM(cuStreamIsCapturing, stream, s);
	*status = s->capture == NULL ? CU_STREAM_CAPTURE_STATUS_NONE
		: s->capture->broken ? CU_STREAM_CAPTURE_STATUS_INVALIDATED
				     : CU_STREAM_CAPTURE_STATUS_ACTIVE;
	return leave(CUDA_SUCCESS);
}

CALL(cuThreadExchangeStreamCaptureMode)(CUstreamCaptureMode *mode)
{
	ENTER(cuThreadExchangeStreamCaptureMode, ANYWHERE);
	CUstreamCaptureMode was = tandem_fake_capture_mode;
	if (*mode > CU_STREAM_CAPTURE_MODE_RELAXED)
		return leave(CUDA_ERROR_INVALID_VALUE);
	tandem_fake_capture_mode = *mode;
	*mode = was;
	return leave(CUDA_SUCCESS);
}
