//go:build cuda && linux && cgo

#define _GNU_SOURCE
#include "fake.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

/*
 * Memory comes from one reserved range, in which each piece has pages of its own
 * and a page that nobody may touch behind it. A piece ends as near to that page
 * as its alignment lets it; the bytes between hold a pattern that is looked at
 * when the piece is given back. A piece that was given back may not be touched
 * any more, and its addresses are the last to be used again.
 */
enum { ALIGN = 256 };
static const size_t SPACE = (size_t)1 << 40, PAGE = 4096;

static uintptr_t space, frontier;
static struct object **regions; /* by address */
static size_t n_regions, room;

/* Neither a small integer nor zero, and a NaN as float32 and as float64. */
static const uint32_t POISON = 0xfff5a5f5;

void tandem_fake_poison(void *at, size_t nbytes)
{
	char *p = at;
	for (; nbytes >= sizeof POISON; p += sizeof POISON, nbytes -= sizeof POISON)
		memcpy(p, &POISON, sizeof POISON);
	memset(p, 0xf5, nbytes);
}

/* The number of regions that begin at or below at. */
static size_t position(uintptr_t at)
{
	size_t lo = 0, hi = n_regions;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (regions[mid]->base <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct object *tandem_fake_region(uintptr_t at, size_t nbytes)
{
	size_t i = position(at);
	if (i == 0)
		return NULL;
	struct object *o = regions[i - 1];
	size_t offset = at - o->base;
	return offset <= o->size && nbytes <= o->size - offset && (offset < o->size || nbytes == 0) ? o : NULL;
}

struct object *tandem_fake_touching(uintptr_t at, size_t nbytes)
{
	size_t i = position(at);
	if (i > 0 && at - regions[i - 1]->base < regions[i - 1]->size)
		return regions[i - 1];
	return i < n_regions && regions[i]->base - at < nbytes ? regions[i] : NULL;
}

struct object *tandem_fake_nearest(uintptr_t at)
{
	size_t i = position(at);
	if (i < n_regions && regions[i]->base - at < PAGE)
		return regions[i];
	return i > 0 ? regions[i - 1] : NULL;
}

bool tandem_fake_add_region(struct object *o)
{
	if (n_regions == room) {
		size_t more = room ? 2 * room : 256;
		struct object **p = realloc(regions, more * sizeof *p);
		if (p == NULL)
			return false;
		regions = p;
		room = more;
	}
	size_t i = position(o->base);
	memmove(&regions[i + 1], &regions[i], (n_regions - i) * sizeof *regions);
	regions[i] = o;
	n_regions++;
	return true;
}

void tandem_fake_remove_region(struct object *o)
{
	size_t i = position(o->base);
	memmove(&regions[i - 1], &regions[i], (n_regions - i) * sizeof *regions);
	n_regions--;
}

void tandem_fake_end_region(struct object *o)
{
	tandem_fake_remove_region(o);
	tandem_fake_unlist(o);
	free(o);
}

bool tandem_fake_is_ours(uintptr_t at)
{
	return space != 0 && at - space < SPACE;
}

static size_t pages(size_t nbytes)
{
	return (nbytes + PAGE - 1) / PAGE * PAGE;
}

/* Finds pages that are free, starting where the last search has ended. 0: none. */
static uintptr_t find_space(size_t nbytes)
{
	if (space == 0) {
		void *p = mmap(NULL, SPACE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (p == MAP_FAILED)
			return 0;
		space = frontier = (uintptr_t)p;
	}
	for (int round = 0; round < 2; round++) {
		while (nbytes <= space + SPACE - frontier) {
			struct object *o = tandem_fake_touching(frontier, nbytes);
			if (o == NULL) {
				uintptr_t found = frontier;
				frontier += nbytes;
				return found;
			}
			frontier = (o->base + o->size + PAGE - 1) / PAGE * PAGE + PAGE;
		}
		frontier = space;
	}
	return 0;
}

CUresult tandem_fake_alloc(enum kind kind, size_t nbytes, struct object **made)
{
	struct object *o = calloc(1, sizeof *o);
	size_t mapped = pages(nbytes);
	uintptr_t at = o != NULL && nbytes < SPACE / 2 ? find_space(mapped + PAGE) : 0;
	if (at == 0 || mprotect((void *)at, mapped, PROT_READ | PROT_WRITE) != 0) {
		free(o);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	o->kind = kind;
	o->size = nbytes;
	o->base = at + mapped - (nbytes + ALIGN - 1) / ALIGN * ALIGN;
	if (!tandem_fake_add_region(o)) {
		free(o);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	tandem_fake_poison((void *)at, mapped);
#ifdef __SANITIZE_ADDRESS__
	__asan_poison_memory_region((void *)at, o->base - at);
	__asan_poison_memory_region((void *)(o->base + nbytes), at + mapped - o->base - nbytes + PAGE);
#endif
	*made = tandem_fake_list(o);
	return CUDA_SUCCESS;
}

bool tandem_fake_intact(const struct object *o)
{
#ifndef __SANITIZE_ADDRESS__
	uintptr_t end = (o->base + o->size + PAGE - 1) / PAGE * PAGE, at = o->base / PAGE * PAGE;
	unsigned char want[PAGE];
	tandem_fake_poison(want, PAGE);
	/* The pattern is counted from the first page on, whose size it divides. */
	for (uintptr_t p = at; p < o->base; p++)
		if (*(unsigned char *)p != want[p % PAGE])
			return false;
	for (uintptr_t p = o->base + o->size; p < end; p++)
		if (*(unsigned char *)p != want[p % PAGE])
			return false;
#else
	(void)o;
#endif
	return true;
}

void tandem_fake_free(struct object *o)
{
	uintptr_t at = o->base / PAGE * PAGE;
	size_t mapped = pages(o->base + o->size - at);
	if (!tandem_fake_intact(o))
		tandem_fake_say("somebody has written outside of the %zu bytes that %s %lu has made", o->size, o->made_by, o->nth);
#ifdef __SANITIZE_ADDRESS__
	__asan_poison_memory_region((void *)at, mapped);
#endif
	pthread_rwlock_wrlock(&tandem_fake_moving); /* page-locked memory may be given back while a command moves it */
	madvise((void *)at, mapped, MADV_DONTNEED);
	mprotect((void *)at, mapped, PROT_NONE);
	pthread_rwlock_unlock(&tandem_fake_moving);
	tandem_fake_remove_region(o);
	tandem_fake_unlist(o);
	free(o);
}
