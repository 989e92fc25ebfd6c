/*
 * The C face of package cudatest: how kernels that were compiled for the host
 * are made known to the driver, and what such a kernel asks of it. Kernels are
 * seldom written against this file: cuda_host.hpp stands between.
 */
#ifndef TANDEM_CUDATEST_H
#define TANDEM_CUDATEST_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
	unsigned int x, y, z;
} tandem_cudatest_dim;

/* Where the calling host thread is in the launch that it executes. */
struct tandem_cudatest_here {
	tandem_cudatest_dim thread, block, block_dim, grid_dim;
	unsigned int index;  /* of the thread in its block, x fastest */
	unsigned int ahead;  /* threads that may be begun without a look at the others */
	unsigned int upward; /* whether threads are begun from the first to the last */
};
extern __thread struct tandem_cudatest_here tandem_cudatest_here;

/*
 * A kernel compiled for the host executes one thread after another for as long
 * as there are any:
 *
 *     void fn(void **params)
 *     {
 *         while (tandem_cudatest_next())
 *             kernel(*(float **)params[0], *(unsigned *)params[1]);
 *     }
 *
 * A thread that has to wait inside the kernel is left on its stack, and another
 * goes on; a kernel without barriers is a loop.
 */
typedef void (*tandem_cudatest_fn)(void **params);

/*
 * Makes the kernel known for all modules whose PTX has an entry of this name.
 * sizes are those of its n parameters in bytes; a module whose entry has others
 * is refused. The texts are kept.
 */
void tandem_cudatest_kernel(const char *entry, tandem_cudatest_fn fn, int n, const unsigned int *sizes);

/* Makes a variable of the host known as the __device__ or __constant__ variable of that name. */
void tandem_cudatest_global(const char *name, void *address, size_t nbytes);

int tandem_cudatest_next_slow(void);

/* Goes on to the next thread; 0 when this stack has no more to do. */
static inline int tandem_cudatest_next(void)
{
	struct tandem_cudatest_here *here = &tandem_cudatest_here;
	if (here->ahead == 0)
		return tandem_cudatest_next_slow();
	here->ahead--;
	if (here->upward) {
		here->index++;
		if (++here->thread.x < here->block_dim.x)
			return 1;
		here->thread.x = 0;
		if (++here->thread.y < here->block_dim.y)
			return 1;
		here->thread.y = 0;
		here->thread.z++;
		return 1;
	}
	here->index--;
	if (here->thread.x-- > 0)
		return 1;
	here->thread.x = here->block_dim.x - 1;
	if (here->thread.y-- > 0)
		return 1;
	here->thread.y = here->block_dim.y - 1;
	here->thread.z--;
	return 1;
}

/* What a barrier of the block counts besides arrivals. */
enum { TANDEM_CUDATEST_COUNT, TANDEM_CUDATEST_AND, TANDEM_CUDATEST_OR };

/* __syncthreads and its kin; place is the text "file:line" of the call. */
int tandem_cudatest_barrier(int what, int predicate, const char *place);

/* How lanes of a warp exchange values. from is a lane; of nbytes bytes at value that lane's arrive. */
void tandem_cudatest_shuffle(unsigned int mask, unsigned int from, void *value, size_t nbytes, const char *place);

/* The lanes of mask whose predicate holds. A barrier of the warp is a ballot that nobody reads. */
unsigned int tandem_cudatest_ballot(unsigned int mask, int predicate, const char *place);

/* The lanes of the calling thread's warp that have not ended. */
unsigned int tandem_cudatest_active(void);

/* Dynamic shared memory of the block: exactly as many bytes as the launch asked for. */
void *tandem_cudatest_shared(void);

/* Ends the launch as a trap (assertion 0) or a failed assertion does. */
void tandem_cudatest_trap(int assertion, const char *text) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif
