//go:build cuda && linux && cgo

#define _GNU_SOURCE
#include "fake.h"

#include <stdlib.h>
#include <sys/mman.h>

/*
 * A handle is an address in a range that is reserved and never backed: whoever
 * takes it for a pointer to something faults, and as none is given twice, one
 * that was given back is never mistaken for a younger one.
 */
enum { SPACING = 16 };
static const size_t RANGE = (size_t)1 << 36;

static uintptr_t range;
static struct object **table; /* by (handle - range) / SPACING */
static size_t used = 1, room;

struct object *tandem_fake_alive;

struct object *tandem_fake_list(struct object *o)
{
	o->ctx = tandem_fake_current;
	o->made_by = tandem_fake_call ? tandem_fake_call->name : "";
	o->nth = tandem_fake_call ? tandem_fake_call->count : 0;
	o->before = NULL;
	o->behind = tandem_fake_alive;
	if (tandem_fake_alive != NULL)
		tandem_fake_alive->before = o;
	return tandem_fake_alive = o;
}

void tandem_fake_unlist(struct object *o)
{
	if (o->behind != NULL)
		o->behind->before = o->before;
	if (o->before != NULL)
		o->before->behind = o->behind;
	else
		tandem_fake_alive = o->behind;
}

void *tandem_fake_new(enum kind kind, size_t struct_size)
{
	struct object *o = calloc(1, struct_size);
	if (range == 0) {
		void *p = mmap(NULL, RANGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (p == MAP_FAILED)
			abort();
		range = (uintptr_t)p;
	}
	if (used >= room) {
		room = room ? 2 * room : 1024;
		table = realloc(table, room * sizeof *table);
	}
	if (o == NULL || table == NULL || used >= RANGE / SPACING)
		abort(); /* the test's machine is out of memory, not the device */
	o->kind = kind;
	o->base = range + used * SPACING;
	table[used++] = o;
	return tandem_fake_list(o);
}

void *tandem_fake_find(const void *handle, enum kind kind)
{
	uintptr_t h = (uintptr_t)handle;
	if (range == 0 || h < range || (h - range) / SPACING >= used || (h - range) % SPACING != 0)
		return NULL;
	struct object *o = table[(h - range) / SPACING];
	return o != NULL && o->kind == kind ? o : NULL;
}

void tandem_fake_end(struct object *o)
{
	table[(o->base - range) / SPACING] = NULL;
	tandem_fake_unlist(o);
}
