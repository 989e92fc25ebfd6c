//go:build cuda && linux && cgo

#include "engine.h"

#include <stdio.h>
#include <string.h>

#define here tandem_cudatest_here

enum { SHUFFLE, BALLOT };
enum { MAX_VALUE = 16 };

/* memcpy of the sizes that there are, without a call. */
static inline void move(void *to, const void *from, size_t nbytes)
{
	if (nbytes == 4)
		memcpy(to, from, 4);
	else if (nbytes == 8)
		memcpy(to, from, 8);
	else
		memcpy(to, from, nbytes);
}

static void exchange(struct engine *e, unsigned int base, unsigned int group)
{
	unsigned char values[WARP][MAX_VALUE];
	for (unsigned int i = 0; i < WARP; i++)
		if (group >> i & 1)
			move(values[i], e->threads[base + i].value, e->threads[base + i].nbytes);
		else
			memset(values[i], 0xff, MAX_VALUE); /* undefined on a GPU: a NaN, so that it is seen */
	for (unsigned int i = 0; i < WARP; i++)
		if (group >> i & 1) {
			struct thread *t = &e->threads[base + i];
			move(t->value, values[t->from % WARP], t->nbytes);
		}
}

/*
 * Lets the lanes go on that wait together with thread, when all of them have
 * come: the lanes of its mask that have not ended, each at the same place with
 * the same mask.
 */
static bool meet(struct engine *e, unsigned int thread)
{
	const struct thread *t = &e->threads[thread];
	unsigned int warp = thread / WARP, base = warp * WARP, group = t->mask & e->lanes[warp], votes = 0;
	if ((e->waiting[warp] & group) != group)
		return false;
	for (unsigned int i = 0; i < WARP; i++) {
		const struct thread *u = &e->threads[base + i];
		if (!(group >> i & 1))
			continue;
		if (u->mask != t->mask)
			return false;
		if (u->what != t->what || u->nbytes != t->nbytes || (u->place != t->place && strcmp(u->place, t->place) != 0)) {
			char a[96], b[96];
			tandem_fake_say("lanes of a warp wait at different places: %s at %s, %s at %s",
				tandem_fake_where(e, thread, a, sizeof a), t->place,
				tandem_fake_where(e, base + i, b, sizeof b), u->place);
			tandem_fake_fail(e, CUDA_ERROR_LAUNCH_FAILED);
		}
		votes |= (unsigned int)(u->predicate != 0) << i;
	}
	e->waiting[warp] &= ~group;
	if (t->what == SHUFFLE)
		exchange(e, base, group);
	for (unsigned int k = 0; k < WARP; k++) {
		unsigned int i = here.upward ? k : WARP - 1 - k;
		if (!(group >> i & 1))
			continue;
		e->threads[base + i].votes = votes;
		if (base + i == e->self)
			e->threads[base + i].state = RUNNING;
		else
			tandem_fake_wake(e, base + i);
	}
	return true;
}

static struct thread *arrive(struct engine *e, int what, unsigned int mask, const char *place)
{
	char where[96];
	tandem_fake_slow(e);
	struct thread *t = &e->threads[e->self];
	t->state = AT_WARP;
	e->waiting[e->self / WARP] |= 1u << e->self % WARP;
	t->what = what;
	t->mask = mask;
	t->place = place;
	t->nbytes = 0;
	t->predicate = 0;
	if (!(mask >> e->self % WARP & 1)) {
		tandem_fake_say("%s is not in its own mask %#x at %s", tandem_fake_where(e, e->self, where, sizeof where), mask, place);
		tandem_fake_fail(e, CUDA_ERROR_LAUNCH_FAILED);
	}
	return t;
}

void tandem_cudatest_shuffle(unsigned int mask, unsigned int from, void *value, size_t nbytes, const char *place)
{
	struct engine *e = tandem_fake_engine;
	struct thread *t = arrive(e, SHUFFLE, mask, place);
	t->from = from;
	t->value = value;
	t->nbytes = nbytes;
	if (!meet(e, e->self))
		tandem_fake_park(e);
}

unsigned int tandem_cudatest_ballot(unsigned int mask, int predicate, const char *place)
{
	struct engine *e = tandem_fake_engine;
	struct thread *t = arrive(e, BALLOT, mask, place);
	t->predicate = predicate;
	if (!meet(e, e->self))
		tandem_fake_park(e);
	return t->votes;
}

unsigned int tandem_cudatest_active(void)
{
	struct engine *e = tandem_fake_engine;
	tandem_fake_slow(e);
	return e->lanes[e->self / WARP];
}

void tandem_fake_warp_ended(struct engine *e, unsigned int thread)
{
	for (unsigned int i = thread / WARP * WARP; e->waiting[thread / WARP] != 0 && i < thread / WARP * WARP + WARP && i < e->n; i++)
		if (e->threads[i].state == AT_WARP)
			meet(e, i);
}
