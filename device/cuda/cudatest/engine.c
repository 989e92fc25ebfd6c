//go:build cuda && linux && cgo

#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__thread struct tandem_cudatest_here tandem_cudatest_here;
__thread struct engine *tandem_fake_engine;
#define here tandem_cudatest_here

void tandem_fake_go_to(struct engine *e, struct fiber *to, bool ends)
{
	struct fiber *from = e->running;
	e->running = to;
	tandem_fake_fiber_switch(from, to, ends);
}

void tandem_fake_fail(struct engine *e, CUresult code)
{
	e->failure = code;
	e->running_stack = e->running->stack;
	tandem_fake_go_to(e, &e->own, true);
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

/* The thread that comes k-th, from the first or from the last one on. */
unsigned int tandem_fake_order(const struct engine *e, unsigned int k)
{
	return here.upward ? k : e->n - 1 - k;
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
		unsigned int i = tandem_fake_order(e, k);
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

struct fiber *tandem_fake_next_ready(struct engine *e)
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
		tandem_fake_go_to(e, &e->own, false);
	}
}

struct fiber *tandem_fake_unused(struct engine *e)
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

void tandem_fake_restart(struct engine *e)
{
	e->idle = e->fresh = NULL;
	for (unsigned int i = 0; i < e->fibers; i++) {
		tandem_fake_fiber_restart(e->all[i], fiber_main);
		e->all[i]->next = e->fresh;
		e->fresh = e->all[i];
	}
}

void tandem_fake_deadlock(struct engine *e)
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
	struct fiber *to = tandem_fake_next_ready(e);
	if (to == NULL) {
		if (e->rest == 0)
			tandem_fake_deadlock(e);
		to = tandem_fake_unused(e);
		if (to == NULL) {
			tandem_fake_say("no memory for the stack of another thread");
			tandem_fake_fail(e, CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES);
		}
	}
	tandem_fake_go_to(e, to, false);
	e->self = here.index = self;
	here.thread = thread;
}

void tandem_cudatest_trap(int assertion, const char *text)
{
	char where[96];
	struct engine *e = tandem_fake_engine;
	tandem_fake_say("%s: %s", tandem_fake_where(e, here.index, where, sizeof where), text);
	tandem_fake_fail(e, assertion ? CUDA_ERROR_ASSERT : CUDA_ERROR_LAUNCH_FAILED);
}
