//go:build cuda && linux && cgo

#include "fake.h"

#include <stdlib.h>
#include <string.h>

/* Whatever exists goes, as if the process had ended, and the devices are those of the configuration. */
int tandem_cudatest_reset(const struct tandem_cudatest_config *config)
{
	pthread_mutex_lock(&tandem_fake_mutex);
	tandem_fake_unhang();
	for (struct object *o = tandem_fake_alive; o != NULL;) {
		if (o->kind != CONTEXT) {
			o = o->behind;
			continue;
		}
		tandem_fake_end_context((struct context *)o);
		o = tandem_fake_alive;
	}
	for (struct object *o; (o = tandem_fake_alive) != NULL;) /* the devices' pools */
		o->end(o);
	tandem_fake_forget_calls();
	tandem_fake_forget_complaints();
	tandem_fake_config = *config;
	for (int i = 0; i < MAX_DEVICES; i++) {
		struct device *d = &tandem_fake_devices[i];
		bool executor = d->executor;
		int waiting = d->waiting;
		memset(d, 0, sizeof *d);
		d->ordinal = i;
		d->total = config->memory;
		d->executor = executor;
		d->waiting = waiting;
		d->random = config->seed + (uint64_t)i * 0x632be59bd9b4e019;
	}
	pthread_cond_broadcast(&tandem_fake_changed);
	pthread_mutex_unlock(&tandem_fake_mutex);
	return MAX_DEVICES;
}

/* The i-th object that was not given back, the youngest first; false when there are no more. */
int tandem_cudatest_live(int i, struct tandem_cudatest_object *object)
{
	static const char *const kinds[KINDS] = {
		[MEMORY] = "device memory", [PINNED] = "pinned memory", [REGISTERED] = "registered memory", [CONTEXT] = "context",
		[STREAM] = "stream", [EVENT] = "event", [MODULE] = "module", [FUNCTION] = "function", [GRAPH] = "graph",
		[GRAPH_EXEC] = "executable graph", [POOL] = "memory pool", [GLOBAL] = "variable",
	};
	int found = 0;
	pthread_mutex_lock(&tandem_fake_mutex);
	struct object *o = tandem_fake_alive;
	while (o != NULL && (o->quiet || i-- > 0))
		o = o->behind;
	if (o != NULL) {
		found = 1;
		object->kind = kinds[o->kind];
		object->call = o->made_by;
		object->nth = o->nth;
		object->size = o->size;
		object->device = o->ctx != NULL ? o->ctx->dev->ordinal : -1;
	}
	pthread_mutex_unlock(&tandem_fake_mutex);
	return found;
}
