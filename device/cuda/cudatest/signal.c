//go:build cuda && linux && cgo

#define _GNU_SOURCE
#include "block.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

/*
 * A kernel that reaches for memory that is not there ends its launch, not the
 * program: the handler has the thread go on in tandem_fake_landing, on the stack
 * that the kernel is abandoned with. Every other fault goes to whoever had the
 * signal before. Under the address sanitizer the fault is left to its report.
 */
static struct sigaction before[NSIG];

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
		uc->uc_mcontext.gregs[REG_RIP] = (greg_t)tandem_fake_landing;
#elif defined(__aarch64__)
		uc->uc_mcontext.sp = top;
		uc->uc_mcontext.pc = (uintptr_t)tandem_fake_landing;
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

/* Gives a thread of the driver's own a stack for its signals; Go's threads have one. */
void tandem_fake_signal_stack(void)
{
	enum { SIZE = 64 << 10 };
	stack_t ss;
	memset(&ss, 0, sizeof ss);
	ss.ss_sp = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ss.ss_size = SIZE;
	if (ss.ss_sp == MAP_FAILED || sigaltstack(&ss, NULL) != 0)
		abort();
}
