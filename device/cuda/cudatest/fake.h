/*
 * What the files of the driver share. One mutex guards everything but the
 * memory that kernels and copies work on; commands are executed without it.
 */
#ifndef TANDEM_CUDATEST_FAKE_H
#define TANDEM_CUDATEST_FAKE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cuda.h"
#include "cudatest.h"
#include "gate.h"

/*
 * A file calls only files of lines below its own:
 *
 *	capturecall             the calls that begin and end a capture
 *	graph                   graphs, and the commands that execute them
 *	streamcall, event, transfer, launch, hostfunc, alloc, pool, context
 *	command, call           how calls make commands, wait for them, and are entered
 *	executor                whose command is next, and who runs it
 *	stream                  a list of commands
 *	capture                 where commands go instead
 *	nodes                   what a graph consists of
 *	object, memory, error   what has a handle or an address, and complaints
 *
 * Kernels beside it: grid (on how many host threads), block, barrier and warp (where
 * threads meet), signal (faults), engine and fiber (whose stack runs).
 */

#define MAX_DEVICES 8

/* What goes wrong in a call, or in the command that it enqueues. */
struct fault {
	struct fault *next;
	long left; /* calls until this one is due; 0: over */
	enum fault_kind { NO_FAULT, FAULT_FAIL, FAULT_STICKY, FAULT_HANG } kind;
	CUresult code;
};

/* An entry point: a static object each, so that counting needs no search. */
struct call {
	const char *name;
	void (*fn)(void);
	unsigned long count;
	struct fault *faults;
};

/*
 * CALL(cuX)(parameters) { ENTER(cuX, IN_CONTEXT); ... return leave(result); }
 * defines an entry point. The signature is checked against cuda.h.
 */
#define CALL(name)                                                                                              \
	static __typeof__(name) fake_##name;                                                                    \
	static struct call call_##name = {#name, (void (*)(void))fake_##name, 0, NULL};                         \
	__attribute__((section("tandem_cuda_calls"), used)) static struct call *const listed_##name = &call_##name; \
	static CUresult fake_##name
#define ENTER(name, needs)                                         \
	do {                                                       \
		CUresult entered_ = tandem_fake_enter(&call_##name, needs); \
		if (entered_ != CUDA_SUCCESS)                      \
			return entered_;                           \
	} while (0)

enum needs { ANYWHERE, IN_CONTEXT };

extern unsigned long tandem_fake_calls; /* of all kinds */
extern __thread struct call *tandem_fake_call;         /* the one that this thread is in */
extern __thread struct fault tandem_fake_due;           /* what its command is to have: a copy, of kind 0 if nothing */

/* Locks the mutex unless it answers an error. */
CUresult tandem_fake_enter(struct call *call, enum needs needs);
/* Unlocks the mutex and answers result, or the fault that the call was to have. */
CUresult tandem_fake_leave(CUresult result);
#define leave tandem_fake_leave

extern pthread_mutex_t tandem_fake_mutex;
extern pthread_rwlock_t tandem_fake_moving; /* shared by commands that move bytes; taken with the mutex held */
extern pthread_cond_t tandem_fake_changed; /* a command has ended, a fault has come, something was released */

enum kind { MEMORY = 1, PINNED, REGISTERED, CONTEXT, STREAM, EVENT, MODULE, FUNCTION, GRAPH, GRAPH_EXEC, POOL, GLOBAL, KINDS };

/* Whatever has a handle or an address. The first member of each. */
struct object {
	enum kind kind;
	struct object *before, *behind; /* all that are alive, the youngest first */
	struct context *ctx;
	void (*end)(struct object *o); /* gives it back; NULL: its owner does */
	const char *made_by; /* the call, and which of its calls */
	unsigned long nth;
	uintptr_t base; /* the handle, or the address of memory */
	size_t size;    /* of memory */
	unsigned int flags;
	struct pool *pool; /* that the memory is from, or NULL */
	bool dying;     /* a command that is to free it has been enqueued */
	bool quiet;     /* not listed by Live: belongs to another object or to the driver */
};

struct context {
	struct object o;
	struct device *dev;
	struct stream *null;
	CUresult sticky;
	unsigned int flags, peers; /* a bit for each device whose memory may be used */
	size_t limits[8];
	bool primary, ending; /* ending: a thread gives it back */
};

struct pool {
	struct object o;
	struct device *dev;
	size_t used, reserved, threshold, used_high, reserved_high;
	bool ended; /* freed when nothing of it is handed out */
};

struct device {
	int ordinal;
	size_t total, used; /* bytes; used has what pools have reserved */
	CUresult removed;   /* what every call answers since the device was removed */
	struct context *primary;
	int retains;
	unsigned int flags; /* of the primary context */
	struct pool *pool, *default_pool;
	struct stream *streams;
	uint64_t random;
	int waiting;   /* threads that wait for commands */
	int polls;     /* commands that may run because somebody has looked */
	bool executor; /* its thread runs */
};

extern struct tandem_cudatest_config tandem_fake_config;
extern struct device tandem_fake_devices[MAX_DEVICES];
struct device *tandem_fake_device(CUdevice dev); /* NULL: there is none */
void tandem_fake_end_context(struct context *ctx);
extern __thread CUcontext tandem_fake_bound;            /* the thread's current context, as it was set */
extern __thread struct context *tandem_fake_current;    /* and as this call has found it: NULL if it is gone */

/* What a test reads when it wonders why: the last thing found wrong. */
void tandem_fake_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Handles. They are addresses that nobody may touch, and none is given twice. */
void *tandem_fake_new(enum kind kind, size_t struct_size); /* of the current context, made by the current call */
void *tandem_fake_find(const void *handle, enum kind kind); /* NULL: no such thing, or no longer */
void tandem_fake_end(struct object *o); /* the handle is invalid from now on; the struct is the caller's to free */
extern struct object *tandem_fake_alive;
struct object *tandem_fake_list(struct object *o); /* what has an address instead of a handle */
void tandem_fake_unlist(struct object *o);

/* Memory, in address order. */
struct object *tandem_fake_region(uintptr_t at, size_t nbytes);  /* the one that has all of [at, at+nbytes) */
struct object *tandem_fake_touching(uintptr_t at, size_t nbytes); /* one that has some of it */
struct object *tandem_fake_nearest(uintptr_t at); /* NULL: none */
CUresult tandem_fake_alloc(enum kind kind, size_t nbytes, struct object **made);
void tandem_fake_free(struct object *o);
bool tandem_fake_is_ours(uintptr_t at); /* where memory of the driver's may be; nobody else's is */
bool tandem_fake_intact(const struct object *o); /* nobody has written past its end */
bool tandem_fake_add_region(struct object *o);
void tandem_fake_remove_region(struct object *o);
void tandem_fake_end_region(struct object *o); /* of memory that is not the driver's */
void tandem_fake_poison(void *at, size_t nbytes);

/* Commands. */
struct op {
	struct op *next;
	CUresult (*run)(struct op *op); /* without the mutex, except where locked is set */
	bool (*ready)(struct op *op);   /* or NULL */
	void (*drop)(struct op *op);    /* frees what the command owns, or NULL */
	struct stream *stream;
	uint64_t seq;
	const char *made_by;
	unsigned long nth;
	CUresult sticky;            /* the fault it is to have when it is executed */
	bool locked, outside, hang; /* outside: only on a thread of the driver's own */
	size_t at[2], nbytes;       /* destination and source, for copies */
};

struct capture;

/* Numbers of nodes of a capture, each once. */
struct node_set {
	int n, *at;
};

struct stream {
	struct object o;
	struct stream *next; /* of the device */
	struct op *head, **tail;
	unsigned int flags;
	int priority, chance; /* chance: whose turn it is among streams that may go on */
	bool busy, closing; /* a command runs; freed when it is empty */
	struct capture *capture;
	struct node_set after; /* nodes of the capture that the next command comes after */
};

struct event {
	struct object o;
	unsigned int flags;
	uint64_t recorded, done; /* how often it was, and how many of these have been executed */
	double at;               /* seconds, of the last one executed */
	int holders;             /* commands that name it, and threads that wait for it */
	bool ended;              /* freed when nobody holds it */
	bool broken;             /* a command that was to record it was dropped */
	struct capture *capture;
	struct node_set after;   /* nodes of the capture that it stands for */
};

/* Streams. */
struct stream *tandem_fake_new_stream(struct context *ctx, unsigned int flags, int priority);
CUresult tandem_fake_stream(CUstream handle, struct stream **found);
/* Enters a call about a stream; r is the result so far. */
#define ENTER_STREAM(name, handle, s)                       \
	ENTER(name, IN_CONTEXT);                            \
	struct stream *s;                                   \
	CUresult r = tandem_fake_stream(handle, &s);        \
	if (r != CUDA_SUCCESS)                              \
		return leave(r)
bool tandem_fake_idle(struct stream *s);
void tandem_fake_pop(struct stream *s); /* its first command has been executed; s is gone if it was the last of a closed stream */

/* Who executes commands. */
bool tandem_fake_step(struct device *dev, bool outside); /* runs one command, if one may run */
void tandem_fake_run_all(void); /* whatever may run in immediate mode */
void tandem_fake_start(struct device *dev);

/* How calls make commands, and wait for them. */
void *tandem_fake_op(size_t struct_size, CUresult (*run)(struct op *));
CUresult tandem_fake_enqueue(struct stream *s, struct op *op);
CUresult tandem_fake_execute(struct stream *s, struct op *op); /* enqueues op and waits for it; s may be gone then */
/* Waits until done answers true. The mutex is given up meanwhile. */
CUresult tandem_fake_wait(struct context *ctx, bool (*done)(void *), void *arg);
CUresult tandem_fake_drain(struct context *ctx); /* until all streams of the context are empty */
CUresult tandem_fake_drain_stream(struct stream *s);
void tandem_fake_poll(struct device *dev);
void tandem_fake_unhang(void); /* commands that never end may end */
void tandem_fake_forget_calls(void);
void tandem_fake_forget_complaints(void);

/* Captures. */
bool tandem_fake_capturing(void);
CUresult tandem_fake_capture_op(struct stream *s, struct op *op);
CUresult tandem_fake_capture_unsafe(void);
CUresult tandem_fake_capture_record(struct stream *s, struct event *e);
CUresult tandem_fake_capture_wait(struct stream *s, struct event *e);
void tandem_fake_capture_forget(struct event *e);
void tandem_fake_capture_break(struct stream *s); /* nothing comes of it */
void tandem_fake_capture_leave(struct stream *s); /* the stream goes */

/* Grids. */
struct grid {
	tandem_cudatest_dim grid, block;
	size_t shared;
	tandem_cudatest_fn fn;
	void **params;
};
CUresult tandem_fake_run_grid(const struct grid *g);

void tandem_fake_thread(void *(*body)(void *), void *arg); /* a detached one, deaf to signals from outside */
void tandem_fake_signal_stack(void);
void tandem_fake_catch_signals(void);

uint64_t tandem_fake_random(uint64_t *state);

#endif
