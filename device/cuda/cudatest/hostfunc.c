//go:build cuda && linux && cgo

#include "fake.h"

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
