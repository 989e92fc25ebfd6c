/* Modules and the functions in them. */
#ifndef TANDEM_CUDATEST_MODULE_H
#define TANDEM_CUDATEST_MODULE_H

#include "fake.h"
#include "ptx.h"

/* A kernel that was compiled for the host. */
struct kernel {
	struct kernel *next;
	const char *entry;
	tandem_cudatest_fn fn;
	int n;
	const unsigned int *sizes;
};

struct host_global {
	struct host_global *next;
	const char *name;
	void *address;
	size_t nbytes;
};

struct function {
	struct object o;
	struct function *next; /* of the module */
	const struct ptx_entry *entry;
	const struct kernel *kernel;
	int version;     /* of the PTX */
	int max_dynamic; /* bytes of shared memory that launches may ask for; 0: what needs no asking */
	int carveout;
};

struct module {
	struct object o;
	struct ptx ptx;
	struct function *functions;
};

#endif
