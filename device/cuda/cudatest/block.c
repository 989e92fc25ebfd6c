//go:build cuda && linux && cgo

#include "block.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__thread struct tandem_cudatest_here tandem_cudatest_here;
__thread struct engine *tandem_fake_engine;
#define here tandem_cudatest_here

static void go_to(struct engine *e, struct fiber *to, bool ends)
{
	struct fiber *from = e->running;
	e->running = to;
	tandem_fake_fiber_switch(from, to, ends);
}

void tandem_fake_fail(struct engine *e, CUresult code)
{
	e->failure = code;
	e->running_stack = e->running->stack;
	go_to(e, &e->own, true);
	abort(); /* a fiber that has failed is restarted, never gone on with */
}

const char *tandem_fake_where(struct engine *e, unsigned int thread, char *text, size_t n)
{
	const tandem_cudatest_dim *b = &here.block_dim;
	(void)e;
	snprintf(text, n, "thread (%u, %u, %u) of block (%u, %u, %u)", thread % b->x, thread / b->x % b->y,
		thread / (b->x * b->y), here.block.x, here.block.y, here.block.z);
	return text;
}

static void locate(struct engine *e, unsigned int thread)
{
	const tandem_cudatest_dim *b = &here.block_dim;
	e->self = here.index = thread;
	here.thread = (tandem_cudatest_dim){thread % b->x, thread / b->x % b->y, thread / (b->x * b->y)};
}

/* The thread that comes k-th, from the first or from the last one on. */
static unsigned int order(const struct engine *e, unsigned int k)
{
	return here.upward ? k : e->n - 1 - k;
}

static bool next_block(struct engine *e)
{
	struct launch *l = e->launch;
	const struct grid *g = l->grid;
	if (__atomic_load_n(&l->failed, __ATOMIC_RELAXED))
		return false;
	uint64_t b = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED);
	if (b >= l->blocks)
		return false;
	here.block = (tandem_cudatest_dim){b % g->grid.x, b / g->grid.x % g->grid.y, b / g->grid.x / g->grid.y};
	/* What a missing barrier hides from one order it shows to the other. */
	here.upward = (b ^ b >> 1) & 1 ? 0 : 1;
	e->rest = e->live = e->n;
	e->slow = false;
	e->arrived = e->held = 0;
	if (e->shared_size > 0)
		memset(e->shared, 0xff, e->shared_size);
	return true;
}

static void begin(struct engine *e)
{
	locate(e, order(e, e->n - e->rest));
	e->running->has_thread = true;
	e->rest--;
	if (e->slow) {
		e->threads[e->self].fiber = e->running;
		e->threads[e->self].state = RUNNING;
	} else {
		here.ahead = e->rest;
		e->rest = 0;
	}
}

void tandem_fake_slow(struct engine *e)
{
	if (e->slow)
		return;
	e->slow = true;
	e->rest = here.ahead;
	here.ahead = 0;
	e->live = e->rest + 1;
	memset(e->lanes, 0, sizeof e->lanes);
	memset(e->waiting, 0, sizeof e->waiting);
	for (unsigned int k = 0; k < e->n; k++) {
		unsigned int i = order(e, k);
		bool ended = k + 1 < e->n - e->rest; /* the last one begun runs */
		e->threads[i].state = ended ? ENDED : NOT_BEGUN;
		e->lanes[i / WARP] |= (unsigned int)!ended << i % WARP;
	}
	e->self = here.index;
	e->threads[e->self].state = RUNNING;
	e->threads[e->self].fiber = e->running;
}

void tandem_fake_wake(struct engine *e, unsigned int thread)
{
	e->threads[thread].state = RUNNING;
	e->ready[(e->ready_from + e->ready_n++) % MAX_BLOCK] = thread;
}

static struct fiber *next_ready(struct engine *e)
{
	if (e->ready_n == 0)
		return NULL;
	unsigned int thread = e->ready[e->ready_from];
	e->ready_from = (e->ready_from + 1) % MAX_BLOCK;
	e->ready_n--;
	return e->threads[thread].fiber;
}

static void fiber_main(void)
{
	tandem_fake_fiber_entered();
	for (;;) {
		struct engine *e = tandem_fake_engine;
		e->launch->grid->fn(e->launch->grid->params);
		e->running->next = e->fresh;
		e->fresh = e->running;
		go_to(e, &e->own, false);
	}
}

static struct fiber *unused(struct engine *e)
{
	struct fiber **list = e->idle ? &e->idle : &e->fresh, *f = *list;
	if (f != NULL) {
		*list = f->next;
		return f;
	}
	f = tandem_fake_fiber(fiber_main);
	if (f != NULL)
		e->all[e->fibers++] = f;
	return f;
}

static void deadlock(struct engine *e) __attribute__((noreturn));
static void deadlock(struct engine *e)
{
	char where[2][96] = {"", ""};
	const char *place[2] = {"", ""};
	int n = 0;
	for (unsigned int i = 0; i < e->n && n < 2; i++) {
		const struct thread *t = &e->threads[i];
		if ((t->state == AT_BLOCK || t->state == AT_WARP) && (n == 0 || strcmp(place[0], t->place) != 0 || t->state == AT_WARP)) {
			tandem_fake_where(e, i, where[n], sizeof where[n]);
			place[n++] = t->place;
		}
	}
	if (n == 2)
		tandem_fake_say("threads wait for each other: %s at %s, %s at %s", where[0], place[0], where[1], place[1]);
	else
		tandem_fake_say("%s waits at %s for threads that never come", where[0], place[0]);
	tandem_fake_fail(e, CUDA_ERROR_LAUNCH_FAILED);
}

void tandem_fake_park(struct engine *e)
{
	unsigned int self = e->self;
	tandem_cudatest_dim thread = here.thread;
	struct fiber *to = next_ready(e);
	if (to == NULL) {
		if (e->rest == 0)
			deadlock(e);
		to = unused(e);
		if (to == NULL) {
			tandem_fake_say("no memory for the stack of another thread");
			tandem_fake_fail(e, CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES);
		}
	}
	go_to(e, to, false);
	e->self = here.index = self;
	here.thread = thread;
}

/* Lets all go on that wait at the block's barrier, when nobody is missing. */
static bool release(struct engine *e)
{
	const struct thread *one = NULL;
	unsigned int first = 0;
	if (e->arrived == 0 || e->arrived < e->live)
		return false;
	for (unsigned int k = 0; k < e->n; k++) {
		unsigned int i = order(e, k);
		struct thread *t = &e->threads[i];
		if (t->state != AT_BLOCK)
			continue;
		if (one == NULL) {
			one = t;
			first = i;
		} else if (one->what != t->what || (one->place != t->place && strcmp(one->place, t->place) != 0)) {
			char a[96], b[96];
			tandem_fake_say("threads of a block wait at different barriers: %s at %s, %s at %s",
				tandem_fake_where(e, first, a, sizeof a), one->place, tandem_fake_where(e, i, b, sizeof b), t->place);
			tandem_fake_fail(e, CUDA_ERROR_LAUNCH_FAILED);
		}
		if (i != e->self)
			tandem_fake_wake(e, i);
	}
	switch (one->what) {
	case TANDEM_CUDATEST_AND:
		e->result = e->held == e->arrived;
		break;
	case TANDEM_CUDATEST_OR:
		e->result = e->held > 0;
		break;
	default:
		e->result = (int)e->held;
	}
	e->arrived = e->held = 0;
	return true;
}

int tandem_cudatest_barrier(int what, int predicate, const char *place)
{
	struct engine *e = tandem_fake_engine;
	tandem_fake_slow(e);
	struct thread *t = &e->threads[e->self];
	t->state = AT_BLOCK;
	t->what = what;
	t->place = place;
	e->arrived++;
	e->held += predicate != 0;
	if (release(e))
		t->state = RUNNING;
	else
		tandem_fake_park(e);
	return e->result;
}

int tandem_cudatest_next_slow(void)
{
	struct engine *e = tandem_fake_engine;
	if (!e->running->has_thread) {
		/* The stack is new, or was not needed for a while. */
	} else if (!e->slow) {
		e->live = 0;
	} else {
		e->threads[e->self].state = ENDED;
		e->lanes[e->self / WARP] &= ~(1u << e->self % WARP);
		e->live--;
		tandem_fake_warp_ended(e, e->self);
		release(e);
	}
	e->running->has_thread = false;
	for (;;) {
		struct fiber *to = e->stop ? NULL : next_ready(e);
		if (e->stop)
			return 0;
		if (to != NULL) {
			e->running->next = e->idle;
			e->idle = e->running;
			go_to(e, to, false);
			continue;
		}
		if (e->rest > 0) {
			begin(e);
			return 1;
		}
		if (e->live > 0)
			deadlock(e);
		e->stop = !next_block(e);
	}
}

void *tandem_cudatest_shared(void)
{
	return tandem_fake_engine->shared;
}

void tandem_cudatest_trap(int assertion, const char *text)
{
	char where[96];
	struct engine *e = tandem_fake_engine;
	tandem_fake_say("%s: %s", tandem_fake_where(e, here.index, where, sizeof where), text);
	tandem_fake_fail(e, assertion ? CUDA_ERROR_ASSERT : CUDA_ERROR_LAUNCH_FAILED);
}

/* Puts an access that has failed in words. */
static void explain(struct engine *e)
{
	char where[96], what[160];
	uintptr_t at = e->fault, stack = (uintptr_t)e->running_stack;
	tandem_fake_where(e, here.index, where, sizeof where);
	if (e->failure == CUDA_ERROR_LAUNCH_FAILED) {
		tandem_fake_say("%s divides by zero", where);
		return;
	}
	pthread_mutex_lock(&tandem_fake_mutex);
	/* The nearest memory below, or above when it is within a page. */
	const struct object *o = tandem_fake_nearest(at);
	if (at < 4096)
		snprintf(what, sizeof what, "a null pointer");
	else if (at >= stack - 4096 && at < stack)
		snprintf(what, sizeof what, "more stack than there is");
	else if (o == NULL)
		snprintf(what, sizeof what, "memory that is not the device's");
	else if (at < o->base)
		snprintf(what, sizeof what, "%zu bytes before the %zu bytes that %s %lu has made", (size_t)(o->base - at), o->size, o->made_by, o->nth);
	else
		snprintf(what, sizeof what, "%zu bytes after the beginning of the %zu bytes that %s %lu has made", (size_t)(at - o->base), o->size, o->made_by, o->nth);
	pthread_mutex_unlock(&tandem_fake_mutex);
	tandem_fake_say("%s touches %#lx: %s", where, (unsigned long)at, what);
}

void tandem_fake_landing(void)
{
	tandem_fake_fail(tandem_fake_engine, tandem_fake_engine->failure);
}

void tandem_fake_run_blocks(struct launch *launch)
{
	struct engine *e = tandem_fake_engine;
	const struct grid *g = launch->grid;
	if (e == NULL && (e = tandem_fake_engine = calloc(1, sizeof *e)) == NULL) {
		tandem_fake_say("no memory to execute a kernel with");
		__atomic_store_n(&launch->failed, CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, __ATOMIC_RELAXED);
		return;
	}
	e->launch = launch;
	e->n = g->block.x * g->block.y * g->block.z;
	e->stop = e->slow = false;
	e->rest = e->live = 0;
	e->ready_n = 0;
	e->failure = CUDA_SUCCESS;
	e->faulted = false;
	e->shared_size = g->shared;
	e->shared = g->shared > 0 ? malloc(g->shared) : NULL;
	here.ahead = 0;
	here.block_dim = g->block;
	here.grid_dim = g->grid;
	e->running = &e->own;
	struct fiber *f = unused(e);
	if (f == NULL)
		e->failure = CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES;
	else
		go_to(e, f, false);
	while (e->failure == CUDA_SUCCESS && e->idle != NULL) { /* stop is set: each returns from the kernel */
		f = e->idle;
		e->idle = f->next;
		go_to(e, f, false);
	}
	if (e->failure != CUDA_SUCCESS) {
		if (e->faulted)
			explain(e);
		e->idle = e->fresh = NULL;
		for (unsigned int i = 0; i < e->fibers; i++) {
			tandem_fake_fiber_restart(e->all[i], fiber_main);
			e->all[i]->next = e->fresh;
			e->fresh = e->all[i];
		}
		__atomic_store_n(&launch->failed, (int)e->failure, __ATOMIC_RELAXED);
	}
	free(e->shared);
	e->shared = NULL;
	e->launch = NULL;
}
