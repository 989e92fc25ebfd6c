//go:build cuda && linux && cgo

#define _GNU_SOURCE
#include "engine.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Blocks of one grid at a time are executed by several host threads; a grid that
 * comes meanwhile is executed by its own thread alone. Below GRAIN threads waking
 * the helpers would cost more than it saves (some 20 µs against 1 ns a thread).
 */
enum { GRAIN = 1 << 15, MAX_HELPERS = 15 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t offered = PTHREAD_COND_INITIALIZER, finished = PTHREAD_COND_INITIALIZER;
static struct launch *offer;
static int helpers = -1, inside;
static unsigned long offers;

static void *help(void *arg)
{
	unsigned long seen = 0;
	(void)arg;
	tandem_fake_signal_stack();
	pthread_mutex_lock(&mutex);
	for (;;) {
		while (offer == NULL || offers == seen)
			pthread_cond_wait(&offered, &mutex);
		seen = offers;
		struct launch *l = offer;
		inside++;
		pthread_mutex_unlock(&mutex);
		tandem_fake_run_blocks(l);
		pthread_mutex_lock(&mutex);
		if (--inside == 0)
			pthread_cond_broadcast(&finished);
	}
	return NULL;
}

static void start_helpers(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN) - 1;
	helpers = n < 0 ? 0 : n > MAX_HELPERS ? MAX_HELPERS : (int)n;
#ifdef __SANITIZE_ADDRESS__
	helpers = 0; /* shared memory is not a thread's own there: see cuda_host.hpp */
#endif
	for (int i = 0; i < helpers; i++)
		tandem_fake_thread(help, NULL);
}

static CUresult run(struct launch *l)
{
	const struct grid *g = l->grid;
	uint64_t threads = l->blocks * g->block.x * g->block.y * g->block.z;
	bool shared = false;
	if (l->blocks > 1 && threads >= GRAIN) {
		pthread_mutex_lock(&mutex);
		if (helpers < 0)
			start_helpers();
		if (offer == NULL && inside == 0 && helpers > 0) {
			offer = l;
			offers++;
			shared = true;
			pthread_cond_broadcast(&offered);
		}
		pthread_mutex_unlock(&mutex);
	}
	tandem_fake_run_blocks(l);
	if (shared) {
		pthread_mutex_lock(&mutex);
		offer = NULL;
		while (inside > 0)
			pthread_cond_wait(&finished, &mutex);
		pthread_mutex_unlock(&mutex);
	}
	return (CUresult)__atomic_load_n(&l->failed, __ATOMIC_RELAXED);
}

CUresult tandem_fake_run_grid(const struct grid *g)
{
	struct launch l = {g, 0, (uint64_t)g->grid.x * g->grid.y * g->grid.z, 0};
#ifdef __SANITIZE_ADDRESS__
	static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER; /* helpers is 0 for the same reason */
	pthread_mutex_lock(&one);
	CUresult result = run(&l);
	pthread_mutex_unlock(&one);
	return result;
#else
	return run(&l);
#endif
}
