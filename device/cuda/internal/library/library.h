#ifndef TANDEM_CUDA_LIBRARY_H
#define TANDEM_CUDA_LIBRARY_H

#include <stddef.h>

struct tandem_library {
	const char *name;               /* "libcublas.so" */
	const char *variable;           /* the environment variable that has a path to take instead */
	const char *const *versions;    /* "13", "12" and so on, newest first, then NULL */
	const char *const *symbols;     /* all of which it must have, then NULL */
};

/* Opens the library and fills in table, one address a symbol. It looks in the
   environment's path and nowhere else, if there is one; otherwise where the
   dynamic linker looks and then where toolkits are installed, first for the
   versions that the driver knows, newest first, then for the name without a
   version, then for newer versions. Answers 0, or -1 with the reason in words. */
int tandem_library_open(const struct tandem_library *l, void **table, char *reason, size_t size);

#endif
