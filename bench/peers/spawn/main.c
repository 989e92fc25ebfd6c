// The C side of the processes in `go run ./bench/peers`: posix_spawn, read the
// output through a pipe to its end, waitpid, in a loop on each of some threads.
//
// Each line read from standard input is "N THREADS PIPES PROGRAM ARGUMENT"; the
// answer is the nanoseconds that it took to run the program N times. PIPES is 1
// for standard output alone, and 2 for standard error by a pipe of its own.

#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static atomic_long left;
static int pipes;
static char program[256], argument[256];

static void fail(const char *what) {
	perror(what);
	exit(1);
}

static void run(void) {
	int ends[2][2];
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	for (int i = 0; i < pipes; i++) {
		if (pipe2(ends[i], O_CLOEXEC) != 0)
			fail("pipe2");
		posix_spawn_file_actions_adddup2(&actions, ends[i][1], STDOUT_FILENO + i);
	}
	char *args[] = {program, argument, NULL};
	pid_t pid;
	if (posix_spawn(&pid, program, &actions, NULL, args, environ) != 0)
		fail("posix_spawn");
	posix_spawn_file_actions_destroy(&actions);
	for (int i = 0; i < pipes; i++)
		close(ends[i][1]);
	/* One after the other will do for programs that write little. */
	char buffer[4096];
	for (int i = 0; i < pipes; i++) {
		while (read(ends[i][0], buffer, sizeof buffer) > 0)
			;
		close(ends[i][0]);
	}
	int status;
	if (waitpid(pid, &status, 0) != pid || status != 0)
		fail("waitpid");
}

static void *loop(void *unused) {
	(void)unused;
	while (atomic_fetch_sub(&left, 1) > 0)
		run();
	return NULL;
}

int main(void) {
	long n;
	int threads;
	while (scanf("%ld %d %d %255s %255s", &n, &threads, &pipes, program, argument) == 5) {
		pthread_t others[64];
		if (threads < 1 || threads > 64 || pipes < 1 || pipes > 2)
			return 1;
		struct timespec start, end;
		clock_gettime(CLOCK_MONOTONIC, &start);
		atomic_store(&left, n);
		for (int i = 1; i < threads; i++)
			if (pthread_create(&others[i], NULL, loop, NULL) != 0)
				fail("pthread_create");
		loop(NULL);
		for (int i = 1; i < threads; i++)
			pthread_join(others[i], NULL);
		clock_gettime(CLOCK_MONOTONIC, &end);
		printf("%lld\n", (end.tv_sec - start.tv_sec) * 1000000000LL + end.tv_nsec - start.tv_nsec);
		fflush(stdout);
	}
}
