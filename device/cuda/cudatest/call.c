//go:build cuda && linux && cgo

#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

pthread_mutex_t tandem_fake_mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_rwlock_t tandem_fake_moving = PTHREAD_RWLOCK_INITIALIZER;
pthread_cond_t tandem_fake_changed = PTHREAD_COND_INITIALIZER;
unsigned long tandem_fake_calls;
__thread struct call *tandem_fake_call;
__thread struct fault tandem_fake_due;
__thread struct context *tandem_fake_current;
__thread CUcontext tandem_fake_bound;
static __thread CUcontext entered; /* what was bound when the call began */

/* The linker gathers the entry points of all files between these two. */
extern struct call *const __start_tandem_cuda_calls[], *const __stop_tandem_cuda_calls[];

static struct call *find(const char *name)
{
	for (struct call *const *c = __start_tandem_cuda_calls; c < __stop_tandem_cuda_calls; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

static CUresult missing(void)
{
	return CUDA_ERROR_NOT_SUPPORTED;
}

void *tandem_cudatest_resolve(const char *name)
{
	struct call *c = find(name);
	void (*fn)(void) = c ? c->fn : (void (*)(void))missing;
	return (void *)fn;
}

static struct fault *due(struct call *call)
{
	for (struct fault *f = call->faults; f != NULL; f = f->next)
		if (f->left > 0 && --f->left == 0)
			return f;
	return NULL;
}

CUresult tandem_fake_enter(struct call *call, enum needs needs)
{
	CUresult result = CUDA_SUCCESS;
	pthread_mutex_lock(&tandem_fake_mutex);
	call->count++;
	tandem_fake_calls++;
	tandem_fake_call = call;
	const struct fault *f = due(call);
	tandem_fake_due = f != NULL ? *f : (struct fault){0}; /* which Reset may free while the call waits */
	entered = tandem_fake_bound;
	struct context *ctx = tandem_fake_current = tandem_fake_find(tandem_fake_bound, CONTEXT);
	if (f != NULL && f->kind == FAULT_FAIL)
		result = f->code;
	else if (needs == IN_CONTEXT && ctx == NULL)
		result = tandem_fake_bound == NULL ? CUDA_ERROR_INVALID_CONTEXT : CUDA_ERROR_CONTEXT_IS_DESTROYED;
	else if (needs == IN_CONTEXT && ctx->dev->removed != CUDA_SUCCESS)
		result = ctx->dev->removed;
	else if (needs == IN_CONTEXT)
		result = ctx->sticky;
	if (result != CUDA_SUCCESS) {
		tandem_fake_due.kind = NO_FAULT;
		pthread_mutex_unlock(&tandem_fake_mutex);
	}
	return result;
}

static unsigned long releases;

CUresult tandem_fake_leave(CUresult result)
{
	const struct fault f = tandem_fake_due;
	tandem_fake_due.kind = NO_FAULT;
	if (f.kind != NO_FAULT && result == CUDA_SUCCESS) { /* the call has no command that could have taken it */
		struct context *ctx = tandem_fake_find(entered, CONTEXT); /* others may have ended it */
		if (f.kind == FAULT_STICKY && ctx != NULL) {
			ctx->sticky = f.code;
			pthread_cond_broadcast(&tandem_fake_changed);
		}
		for (unsigned long r = releases; f.kind == FAULT_HANG && r == releases;)
			pthread_cond_wait(&tandem_fake_changed, &tandem_fake_mutex);
	}
	pthread_mutex_unlock(&tandem_fake_mutex);
	return result;
}

/* The rest is what the Go face calls. */

int tandem_cudatest_fault(const char *name, long nth, int kind, int code)
{
	struct call *c = find(name);
	struct fault *f = c ? calloc(1, sizeof *f) : NULL;
	if (f == NULL)
		return 0;
	pthread_mutex_lock(&tandem_fake_mutex);
	f->left = nth;
	f->kind = (enum fault_kind)kind;
	f->code = (CUresult)code;
	f->next = c->faults;
	c->faults = f;
	pthread_mutex_unlock(&tandem_fake_mutex);
	return 1;
}

void tandem_fake_unhang(void)
{
	releases++;
	for (int i = 0; i < MAX_DEVICES; i++)
		for (struct stream *s = tandem_fake_devices[i].streams; s != NULL; s = s->next)
			for (struct op *op = s->head; op != NULL; op = op->next)
				op->hang = false;
	pthread_cond_broadcast(&tandem_fake_changed);
}

void tandem_cudatest_release(void)
{
	pthread_mutex_lock(&tandem_fake_mutex);
	tandem_fake_unhang();
	tandem_fake_run_all();
	pthread_mutex_unlock(&tandem_fake_mutex);
}

void tandem_fake_forget_calls(void)
{
	for (struct call *const *c = __start_tandem_cuda_calls; c < __stop_tandem_cuda_calls; c++) {
		(*c)->count = 0;
		for (struct fault *f; (f = (*c)->faults) != NULL; free(f))
			(*c)->faults = f->next;
	}
}

long tandem_cudatest_count(const char *name)
{
	struct call *c = find(name);
	if (c == NULL)
		return -1;
	pthread_mutex_lock(&tandem_fake_mutex);
	long n = (long)c->count;
	pthread_mutex_unlock(&tandem_fake_mutex);
	return n;
}

const char *tandem_cudatest_name(int i)
{
	return i < __stop_tandem_cuda_calls - __start_tandem_cuda_calls ? __start_tandem_cuda_calls[i]->name : NULL;
}
