//go:build cuda && linux && cgo

#define _GNU_SOURCE
#include "engine.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>

/*
 * A kernel that reaches for memory that is not there ends its launch, not the
 * program: the handler has the thread go on in landing, on the stack
 * that the kernel is abandoned with. Every other fault goes to whoever had the
 * signal before. Under the address sanitizer the fault is left to its report.
 */
static struct sigaction before[NSIG];

static void landing(void)
{
	tandem_fake_fail(tandem_fake_engine, tandem_fake_engine->failure);
}

static void handle(int sig, siginfo_t *info, void *context)
{
	struct engine *e = tandem_fake_engine;
	ucontext_t *uc = context;
	if (e != NULL && e->launch != NULL && e->running != &e->own && e->failure == CUDA_SUCCESS) {
		uintptr_t top = (uintptr_t)e->running->stack + e->running->size; /* nothing on it is needed any more */
		e->faulted = true;
		e->fault = (uintptr_t)info->si_addr;
		e->failure = sig == SIGFPE || sig == SIGILL ? CUDA_ERROR_LAUNCH_FAILED : CUDA_ERROR_ILLEGAL_ADDRESS;
#if defined(__x86_64__)
		uc->uc_mcontext.gregs[REG_RSP] = (greg_t)(top - 8); /* as after a call */
		uc->uc_mcontext.gregs[REG_RIP] = (greg_t)landing;
#elif defined(__aarch64__)
		uc->uc_mcontext.sp = top;
		uc->uc_mcontext.pc = (uintptr_t)landing;
#endif
		return;
	}
	const struct sigaction *old = &before[sig];
	if (old->sa_flags & SA_SIGINFO) {
		old->sa_sigaction(sig, info, context);
	} else if (old->sa_handler == SIG_DFL || old->sa_handler == SIG_IGN) {
		signal(sig, SIG_DFL); /* it is raised again on return */
	} else {
		old->sa_handler(sig);
	}
}

void tandem_fake_catch_signals(void)
{
#ifndef __SANITIZE_ADDRESS__
	const int signals[] = {SIGSEGV, SIGBUS, SIGFPE};
	struct sigaction sa;
	memset(&sa, 0, sizeof sa);
	sa.sa_sigaction = handle;
	sa.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
	sigfillset(&sa.sa_mask);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		sigaction(signals[i], &sa, &before[signals[i]]);
#else
	(void)handle;
	(void)before;
#endif
}

void tandem_fake_explain(struct engine *e)
{
	char where[96], what[160];
	uintptr_t at = e->fault, stack = (uintptr_t)e->running_stack;
	tandem_fake_where(e, tandem_cudatest_here.index, where, sizeof where);
	if (e->failure == CUDA_ERROR_LAUNCH_FAILED) {
		tandem_fake_say("%s divides by zero", where);
		return;
	}
	pthread_mutex_lock(&tandem_fake_mutex);
	/* The nearest memory below, or above when it is within a page. */
	const struct object *o = tandem_fake_nearest(at);
	if (at < 4096)
		snprintf(what, sizeof what, "a null pointer");
	else if (at >= stack - 4096 && at < stack)
		snprintf(what, sizeof what, "more stack than there is");
	else if (o == NULL)
		snprintf(what, sizeof what, "memory that is not the device's");
	else if (at < o->base)
		snprintf(what, sizeof what, "%zu bytes before the %zu bytes that %s %lu has made", (size_t)(o->base - at), o->size, o->made_by, o->nth);
	else
		snprintf(what, sizeof what, "%zu bytes after the beginning of the %zu bytes that %s %lu has made", (size_t)(at - o->base), o->size, o->made_by, o->nth);
	pthread_mutex_unlock(&tandem_fake_mutex);
	tandem_fake_say("%s touches %#lx: %s", where, (unsigned long)at, what);
}
