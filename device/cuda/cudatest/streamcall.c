//go:build cuda && linux && cgo

#include "fake.h"

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
