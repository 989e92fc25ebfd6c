/* Stacks that threads of a block run on, and how one goes over into another. */
#ifndef TANDEM_CUDATEST_FIBER_H
#define TANDEM_CUDATEST_FIBER_H

#include <stdbool.h>
#include <stddef.h>

struct fiber {
	void *sp; /* while another runs */
	char *stack; /* lowest byte; below it is a page that nobody may touch. NULL: the host thread's own stack */
	size_t size, offset; /* offset: from the stack's end to where it begins */
	struct fiber *next;  /* in a list of unused ones */
	bool has_thread;     /* runs a thread of the block, or has one that waits */
	void *shadow;        /* the sanitizer's, while another runs */
	const void *bottom;  /* of the host thread's own stack, learnt when it is left */
	size_t bottom_size;
};

struct fiber *tandem_fake_fiber(void (*entry)(void)); /* NULL: no memory */
/* Has f begin again in entry; whatever was on its stack is forgotten. */
void tandem_fake_fiber_restart(struct fiber *f, void (*entry)(void));
/* Leaves from, which is running, for to; ends: from is never gone on with. */
void tandem_fake_fiber_switch(struct fiber *from, struct fiber *to, bool ends);
/* First thing on a stack that was entered for the first time. */
void tandem_fake_fiber_entered(void);

#endif
