//go:build cuda && linux && cgo

#include "engine.h"

#include <string.h>

bool tandem_fake_release(struct engine *e)
{
	const struct thread *one = NULL;
	unsigned int first = 0;
	if (e->arrived == 0 || e->arrived < e->live)
		return false;
	for (unsigned int k = 0; k < e->n; k++) {
		unsigned int i = tandem_fake_order(e, k);
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
	if (tandem_fake_release(e))
		t->state = RUNNING;
	else
		tandem_fake_park(e);
	return e->result;
}
