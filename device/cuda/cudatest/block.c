//go:build cuda && linux && cgo

#include "engine.h"

#include <stdlib.h>
#include <string.h>

#define here tandem_cudatest_here

static void locate(struct engine *e, unsigned int thread)
{
	const tandem_cudatest_dim *b = &here.block_dim;
	e->self = here.index = thread;
	here.thread = (tandem_cudatest_dim){thread % b->x, thread / b->x % b->y, thread / (b->x * b->y)};
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
	locate(e, tandem_fake_order(e, e->n - e->rest));
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
		tandem_fake_release(e);
	}
	e->running->has_thread = false;
	for (;;) {
		struct fiber *to = e->stop ? NULL : tandem_fake_next_ready(e);
		if (e->stop)
			return 0;
		if (to != NULL) {
			e->running->next = e->idle;
			e->idle = e->running;
			tandem_fake_go_to(e, to, false);
			continue;
		}
		if (e->rest > 0) {
			begin(e);
			return 1;
		}
		if (e->live > 0)
			tandem_fake_deadlock(e);
		e->stop = !next_block(e);
	}
}

void *tandem_cudatest_shared(void)
{
	return tandem_fake_engine->shared;
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
	struct fiber *f = tandem_fake_unused(e);
	if (f == NULL)
		e->failure = CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES;
	else
		tandem_fake_go_to(e, f, false);
	while (e->failure == CUDA_SUCCESS && e->idle != NULL) { /* stop is set: each returns from the kernel */
		f = e->idle;
		e->idle = f->next;
		tandem_fake_go_to(e, f, false);
	}
	if (e->failure != CUDA_SUCCESS) {
		if (e->faulted)
			tandem_fake_explain(e);
		tandem_fake_restart(e);
		__atomic_store_n(&launch->failed, (int)e->failure, __ATOMIC_RELAXED);
	}
	free(e->shared);
	e->shared = NULL;
	e->launch = NULL;
}
