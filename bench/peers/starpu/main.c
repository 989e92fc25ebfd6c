// StarPU's side of `go run ./bench -peers`: does one job as often as it is asked
// to, and prints the nanoseconds of each time on a line of its own. The policy is
// StarPU's work stealing (lws), which its documentation advises for small tasks.
//
// Each line read from standard input is a job:
//
//	outside N        N empty tasks submitted by the main thread
//	spin N TURNS     N tasks that need a core

#define _GNU_SOURCE // setenv
#include <starpu.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static volatile uint64_t sink;

static uint64_t spin(uint64_t turns) {
	uint64_t x = turns | 1;
	for (uint64_t i = 0; i < turns; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
	}
	return x;
}

static void nothing(void *buffers[], void *argument) {
	(void)buffers;
	(void)argument;
}

static void spinning(void *buffers[], void *argument) {
	(void)buffers;
	sink = spin((uint64_t)(uintptr_t)argument);
}

static struct starpu_codelet empty = {.cpu_funcs = {nothing}, .nbuffers = 0};
static struct starpu_codelet busy = {.cpu_funcs = {spinning}, .nbuffers = 0};

static void check(int code, const char *what) {
	if (code != 0) {
		fprintf(stderr, "starpu: %s: %s\n", what, strerror(-code));
		exit(1);
	}
}

int main(int argc, char **argv) {
	// With more workers than cores, two that are bound to one keep each other
	// from it while they look for work.
	setenv("STARPU_WORKERS_NOBIND", "1", 0);
	struct starpu_conf conf;
	starpu_conf_init(&conf);
	conf.ncpus = argc > 1 ? atoi(argv[1]) : 1;
	conf.ncuda = conf.nopencl = 0;
	conf.sched_policy_name = "lws";
	check(starpu_init(&conf), "starpu_init");
	char job[32];
	long n;
	while (scanf("%31s %ld", job, &n) == 2) {
		struct starpu_codelet *codelet = &empty;
		unsigned long turns = 0;
		if (strcmp(job, "spin") == 0) {
			codelet = &busy;
			if (scanf("%lu", &turns) != 1)
				return 1;
		} else if (strcmp(job, "outside") != 0) {
			fprintf(stderr, "starpu: no job %s\n", job);
			return 1;
		}
		struct timespec start, end;
		clock_gettime(CLOCK_MONOTONIC, &start);
		for (long i = 0; i < n; i++) {
			struct starpu_task *task = starpu_task_create();
			task->cl = codelet;
			task->cl_arg = (void *)(uintptr_t)turns;
			task->cl_arg_size = 0;
			check(starpu_task_submit(task), "starpu_task_submit");
		}
		check(starpu_task_wait_for_all(), "starpu_task_wait_for_all");
		clock_gettime(CLOCK_MONOTONIC, &end);
		printf("%lld\n", (end.tv_sec - start.tv_sec) * 1000000000LL + end.tv_nsec - start.tv_nsec);
		fflush(stdout);
	}
	starpu_shutdown();
	return 0;
}
