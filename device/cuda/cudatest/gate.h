/* What the Go face of the package calls. */
#ifndef TANDEM_CUDATEST_GATE_H
#define TANDEM_CUDATEST_GATE_H

#include <stddef.h>
#include <stdint.h>

struct tandem_cudatest_config {
	int devices, multiprocessors, capability; /* capability: 10*major + minor */
	size_t memory, pinned;                    /* bytes a device; bytes of page-locked memory of all */
	uint64_t seed;
	int late, no_peers, no_pools;
	int version; /* of the driver: 1000*major + 10*minor */
};

struct tandem_cudatest_object {
	const char *kind, *call;
	unsigned long nth;
	size_t size;
	int device;
};

void *tandem_cudatest_resolve(const char *name);
int tandem_cudatest_install(void); /* 0, or -1: too late */
int tandem_cudatest_reset(const struct tandem_cudatest_config *config);
int tandem_cudatest_fault(const char *name, long nth, int kind, int code);
void tandem_cudatest_release(void);
int tandem_cudatest_remove(int dev, int code);
long tandem_cudatest_count(const char *name);
const char *tandem_cudatest_name(int i);
int tandem_cudatest_live(int i, struct tandem_cudatest_object *object);
char *tandem_cudatest_complaint(int i);

#endif
