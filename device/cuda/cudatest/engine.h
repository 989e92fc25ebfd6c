/* How one host thread executes the threads of a block: what engine.c, barrier.c, warp.c and block.c share. */
#ifndef TANDEM_CUDATEST_ENGINE_H
#define TANDEM_CUDATEST_ENGINE_H

#include "fake.h"
#include "fiber.h"

enum { MAX_BLOCK = 1024, WARP = 32 };

struct thread {
	struct fiber *fiber;
	enum { NOT_BEGUN, RUNNING, AT_BLOCK, AT_WARP, ENDED } state;
	int what, predicate;
	const char *place;
	unsigned int mask, from;
	void *value;
	size_t nbytes;
	unsigned int votes;
};

/* Blocks of a grid that are still to be executed; shared by the host threads that do so. */
struct launch {
	const struct grid *grid;
	uint64_t next, blocks; /* next is atomic */
	int failed;            /* atomic: no further block is begun */
};

/*
 * A host thread's. A block starts in the fast state: its threads are begun one
 * after the other by tandem_cudatest_next alone, and each ends before the next
 * begins. The first that has to wait takes the block to the slow state, in which
 * every thread is accounted for.
 */
struct engine {
	struct launch *launch;
	struct fiber own, *running, *idle, *fresh, *all[MAX_BLOCK + 1];
	unsigned int fibers;
	unsigned int n;       /* threads of the block */
	bool slow, stop;
	unsigned int rest;    /* threads not begun */
	unsigned int live;    /* threads not ended, those not begun among them */
	unsigned int lanes[MAX_BLOCK / WARP]; /* of each warp, those that exist and have not ended */
	unsigned int waiting[MAX_BLOCK / WARP]; /* and those that wait for others of their warp */
	unsigned int arrived, held; /* at the block's barrier; with a true predicate */
	int result;           /* of the block's last barrier */
	unsigned int self;    /* the thread that runs */
	unsigned int ready[MAX_BLOCK], ready_from, ready_n; /* threads that may go on: a ring */
	struct thread threads[MAX_BLOCK];
	void *shared;
	size_t shared_size;
	CUresult failure;
	char *running_stack;  /* that the failure was on */
	bool faulted;         /* an access has failed, or a division */
	uintptr_t fault;      /* its address */
};

extern __thread struct engine *tandem_fake_engine;

/* Threads and the stacks that they are on. */
void tandem_fake_slow(struct engine *e);        /* takes the block to the slow state */
void tandem_fake_go_to(struct engine *e, struct fiber *to, bool ends);
struct fiber *tandem_fake_next_ready(struct engine *e); /* of a thread that may go on; NULL: none */
struct fiber *tandem_fake_unused(struct engine *e);     /* for another thread; NULL: no memory */
void tandem_fake_restart(struct engine *e);     /* after a failure: no stack has a thread */
unsigned int tandem_fake_order(const struct engine *e, unsigned int k);
void tandem_fake_park(struct engine *e);        /* the running thread waits */
void tandem_fake_wake(struct engine *e, unsigned int thread);
const char *tandem_fake_where(struct engine *e, unsigned int thread, char *text, size_t n);
void tandem_fake_fail(struct engine *e, CUresult code) __attribute__((noreturn));
void tandem_fake_deadlock(struct engine *e) __attribute__((noreturn)); /* nobody may go on */

/* Where threads wait for each other. */
bool tandem_fake_release(struct engine *e);     /* all that wait at the block's barrier, when nobody is missing */
void tandem_fake_warp_ended(struct engine *e, unsigned int thread); /* the others of its warp may have waited for it alone */

void tandem_fake_explain(struct engine *e);     /* says in words which access has failed */
void tandem_fake_run_blocks(struct launch *launch);

#endif
