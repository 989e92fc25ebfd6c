//go:build cuda && linux && cgo

#define _GNU_SOURCE
#include "fake.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void tandem_fake_thread(void *(*body)(void *), void *arg)
{
	sigset_t all, old;
	pthread_t thread;
	sigfillset(&all);
	/* Signals that a thread raises by itself stay: a kernel's faults come as these. */
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGFPE);
	sigdelset(&all, SIGILL);
	sigdelset(&all, SIGABRT);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (pthread_create(&thread, NULL, body, arg) == 0)
		pthread_detach(thread);
	else
		abort(); /* a test without its driver's threads would wait for ever */
	pthread_sigmask(SIG_SETMASK, &old, NULL);
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
