//go:build cuda && linux && cgo

#define _GNU_SOURCE
#include "fiber.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/*
 * Enough for a kernel with a few kilobytes of local arrays. The sanitizer's
 * frames are several times larger. Pages that are never touched cost nothing.
 */
#ifdef __SANITIZE_ADDRESS__
enum { STACK = 256 << 10, GUARD = 4096 };
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#else
enum { STACK = 64 << 10, GUARD = 4096 };
#endif

/* Saves what the ABI wants kept on the stack, stores the stack's pointer, takes the other. */
void tandem_fake_switch_stacks(void **save, void *load);

#if defined(__x86_64__)
__asm__(".text\n"
	".p2align 4\n"
	".globl tandem_fake_switch_stacks\n"
	".hidden tandem_fake_switch_stacks\n"
	".type tandem_fake_switch_stacks, @function\n"
	"tandem_fake_switch_stacks:\n"
	"	pushq %rbp\n"
	"	pushq %rbx\n"
	"	pushq %r12\n"
	"	pushq %r13\n"
	"	pushq %r14\n"
	"	pushq %r15\n"
	"	movq %rsp, (%rdi)\n"
	"	movq %rsi, %rsp\n"
	"	popq %r15\n"
	"	popq %r14\n"
	"	popq %r13\n"
	"	popq %r12\n"
	"	popq %rbx\n"
	"	popq %rbp\n"
	"	ret\n"
	".size tandem_fake_switch_stacks, .-tandem_fake_switch_stacks\n");
enum { SAVED = 6, RETURN = 6, FRAME = 8 }; /* words; FRAME keeps the stack aligned as after a call */
#elif defined(__aarch64__)
__asm__(".text\n"
	".p2align 4\n"
	".globl tandem_fake_switch_stacks\n"
	".hidden tandem_fake_switch_stacks\n"
	".type tandem_fake_switch_stacks, %function\n"
	"tandem_fake_switch_stacks:\n"
	"	sub sp, sp, #160\n"
	"	stp x19, x20, [sp, #0]\n"
	"	stp x21, x22, [sp, #16]\n"
	"	stp x23, x24, [sp, #32]\n"
	"	stp x25, x26, [sp, #48]\n"
	"	stp x27, x28, [sp, #64]\n"
	"	stp x29, x30, [sp, #80]\n"
	"	stp d8, d9, [sp, #96]\n"
	"	stp d10, d11, [sp, #112]\n"
	"	stp d12, d13, [sp, #128]\n"
	"	stp d14, d15, [sp, #144]\n"
	"	mov x9, sp\n"
	"	str x9, [x0]\n"
	"	mov sp, x1\n"
	"	ldp x19, x20, [sp, #0]\n"
	"	ldp x21, x22, [sp, #16]\n"
	"	ldp x23, x24, [sp, #32]\n"
	"	ldp x25, x26, [sp, #48]\n"
	"	ldp x27, x28, [sp, #64]\n"
	"	ldp x29, x30, [sp, #80]\n"
	"	ldp d8, d9, [sp, #96]\n"
	"	ldp d10, d11, [sp, #112]\n"
	"	ldp d12, d13, [sp, #128]\n"
	"	ldp d14, d15, [sp, #144]\n"
	"	add sp, sp, #160\n"
	"	ret\n"
	".size tandem_fake_switch_stacks, .-tandem_fake_switch_stacks\n");
enum { SAVED = 20, RETURN = 11, FRAME = 20 };
#else
#error "cudatest switches stacks on amd64 and arm64 only"
#endif

static __thread struct fiber *left; /* the fiber that the switch under way has left */

void tandem_fake_fiber_restart(struct fiber *f, void (*entry)(void))
{
	uintptr_t *top = (uintptr_t *)(f->stack + f->size - f->offset);
#ifdef __SANITIZE_ADDRESS__
	__asan_unpoison_memory_region(f->stack, f->size);
#endif
	memset(top - FRAME, 0, FRAME * sizeof *top);
	top[-FRAME + RETURN] = (uintptr_t)entry;
	f->sp = top - FRAME;
	f->shadow = NULL;
	f->has_thread = false;
}

struct fiber *tandem_fake_fiber(void (*entry)(void))
{
	/*
	 * Stacks that began at the same place of their pages would fight for the
	 * same few sets of the caches. STEP is a frame or so, in lines.
	 */
	enum { STEP = 5 * 64, SPREAD = 63 * 64 };
	static __thread unsigned int made;
	struct fiber *f = calloc(1, sizeof *f);
	if (f == NULL)
		return NULL;
	char *p = mmap(NULL, GUARD + STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	if (p == MAP_FAILED || mprotect(p, GUARD, PROT_NONE) != 0) {
		free(f);
		return NULL;
	}
	f->stack = p + GUARD;
	f->size = STACK;
	f->offset = made++ * STEP % SPREAD;
	tandem_fake_fiber_restart(f, entry);
	return f;
}

void tandem_fake_fiber_entered(void)
{
#ifdef __SANITIZE_ADDRESS__
	const void *bottom;
	size_t size;
	__sanitizer_finish_switch_fiber(NULL, &bottom, &size);
	if (left->stack == NULL) {
		left->bottom = bottom;
		left->bottom_size = size;
	}
#endif
}

void tandem_fake_fiber_switch(struct fiber *from, struct fiber *to, bool ends)
{
#ifdef __SANITIZE_ADDRESS__
	__sanitizer_start_switch_fiber(ends ? NULL : &from->shadow, to->stack ? to->stack : to->bottom,
		to->stack ? to->size : to->bottom_size);
#else
	(void)ends;
#endif
	left = from;
	tandem_fake_switch_stacks(&from->sp, to->sp);
#ifdef __SANITIZE_ADDRESS__
	const void *bottom;
	size_t size;
	__sanitizer_finish_switch_fiber(from->shadow, &bottom, &size);
	if (left->stack == NULL) {
		left->bottom = bottom;
		left->bottom_size = size;
	}
#endif
}
