/* What the driver reads in a PTX text. */
#ifndef TANDEM_CUDATEST_PTX_H
#define TANDEM_CUDATEST_PTX_H

#include <stdbool.h>
#include <stddef.h>

struct ptx_entry {
	struct ptx_entry *next;
	char *name;
	int n; /* parameters */
	unsigned int *sizes;
	size_t shared;           /* bytes of static shared memory */
	unsigned int max_threads; /* of a block, 0: not stated */
};

struct ptx_variable {
	struct ptx_variable *next;
	char *name;
	size_t nbytes;
};

struct ptx {
	int version, target; /* 78 for 7.8, 52 for sm_52 */
	struct ptx_entry *entries;
	struct ptx_variable *variables;
};

/* Reads text; false with a message as ptxas writes it when something is wrong. */
bool tandem_fake_ptx_read(struct ptx *p, const char *text, char *log, size_t log_size);
void tandem_fake_ptx_free(struct ptx *p);

#endif
