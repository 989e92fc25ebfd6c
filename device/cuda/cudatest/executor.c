//go:build cuda && linux && cgo

#define _GNU_SOURCE
#include "fake.h"

#include <errno.h>
#include <time.h>

/*
 * A stream is a list of commands. Whoever waits for a command runs commands of
 * the device until it is done, and a thread of the driver's own runs them now and
 * then. In immediate mode, the call that enqueues a command runs it too. When
 * late, commands stay where they are until somebody waits, or no call has come for
 * a while; then streams are taken by chance, some of them far more often than
 * others for a while, so that what is not ordered by events happens in the wrong
 * order.
 */
enum { REROLL = 8, LAG_NS = 1000000, PATIENCE = 20 };

/* The legacy stream and the streams that were not made non-blocking take turns, in the order of the calls. */
static bool in_turn(const struct stream *s)
{
	const struct stream *null = s->o.ctx->null;
	if (s != null)
		return (s->flags & CU_STREAM_NON_BLOCKING) || null->head == NULL || null->head->seq > s->head->seq;
	for (const struct stream *t = s->o.ctx->dev->streams; t != NULL; t = t->next)
		if (t != s && t->o.ctx == s->o.ctx && !(t->flags & CU_STREAM_NON_BLOCKING) && t->head != NULL && t->head->seq < s->head->seq)
			return false;
	return true;
}

/* Whether the first command of s may run now. What a broken context holds is dropped, and so always may. */
static bool eligible(const struct stream *s, bool outside)
{
	const struct op *op = s->head;
	if (op == NULL || s->busy)
		return false;
	if (s->o.ctx->sticky != CUDA_SUCCESS || s->o.ctx->dev->removed != CUDA_SUCCESS)
		return true;
	return !op->hang && (outside || !op->outside) && (op->ready == NULL || op->ready((struct op *)op)) && in_turn(s);
}

static struct stream *choose(struct device *dev, bool outside)
{
	struct stream *best = NULL;
	for (struct stream *s = dev->streams; s != NULL; s = s->next) {
		if (!eligible(s, outside))
			continue;
		if (outside && !s->head->outside && (!tandem_fake_config.late || dev->waiting > 0))
			continue; /* is for the call that has enqueued it, or for the one that waits */
		if (best == NULL)
			best = s;
		else if (tandem_fake_config.late ? s->chance > best->chance : s->head->seq < best->head->seq)
			best = s;
	}
	if (best != NULL && tandem_fake_random(&dev->random) % REROLL == 0)
		best->chance = (int)(tandem_fake_random(&dev->random) >> 33);
	return best;
}

/* Runs one command. False when none may run now. */
bool tandem_fake_step(struct device *dev, bool outside)
{
	struct stream *s = choose(dev, outside);
	if (s == NULL)
		return false;
	struct op *op = s->head;
	struct context *ctx = s->o.ctx;
	CUresult result = CUDA_SUCCESS;
	s->busy = true;
	if (ctx->sticky == CUDA_SUCCESS && dev->removed == CUDA_SUCCESS) {
		if (op->sticky != CUDA_SUCCESS) {
			result = op->sticky;
		} else if (op->locked) {
			result = op->run(op);
		} else {
			pthread_mutex_unlock(&tandem_fake_mutex);
			result = op->run(op);
			pthread_mutex_lock(&tandem_fake_mutex);
		}
	}
	if (result != CUDA_SUCCESS && ctx->sticky == CUDA_SUCCESS)
		ctx->sticky = result;
	s->busy = false;
	tandem_fake_pop(s);
	pthread_cond_broadcast(&tandem_fake_changed);
	return true;
}

void tandem_fake_run_all(void)
{
	for (bool any = !tandem_fake_config.late; any;) {
		any = false;
		for (int i = 0; i < tandem_fake_config.devices; i++)
			any = tandem_fake_step(&tandem_fake_devices[i], false) || any;
	}
}

/*
 * Lets commands come together, until somebody waits for one or the calls have
 * paused; when they never do, for PATIENCE times as long.
 */
static void nap(struct device *dev, long ns)
{
	for (int i = 0; i < PATIENCE; i++) {
		unsigned long calls = tandem_fake_calls;
		struct timespec t;
		clock_gettime(CLOCK_REALTIME, &t);
		t.tv_nsec += ns;
		t.tv_sec += t.tv_nsec / 1000000000;
		t.tv_nsec %= 1000000000;
		while (dev->waiting == 0 && dev->polls == 0)
			if (pthread_cond_timedwait(&tandem_fake_changed, &tandem_fake_mutex, &t) == ETIMEDOUT)
				break;
		if (dev->waiting > 0 || dev->polls > 0 || calls == tandem_fake_calls)
			return;
	}
}

static bool any_command(const struct device *dev)
{
	for (const struct stream *s = dev->streams; s != NULL; s = s->next)
		if (s->head != NULL)
			return true;
	return false;
}

/* The driver's own thread for a device: it runs host functions, and what is overdue. */
static void *execute(void *arg)
{
	struct device *dev = arg;
	tandem_fake_signal_stack();
	pthread_mutex_lock(&tandem_fake_mutex);
	for (;;) {
		if (!any_command(dev)) {
			pthread_cond_wait(&tandem_fake_changed, &tandem_fake_mutex);
			continue;
		}
		if (tandem_fake_config.late)
			nap(dev, 1 + (long)(tandem_fake_random(&dev->random) % LAG_NS));
		unsigned long calls = tandem_fake_calls;
		do {
			dev->polls -= dev->polls > 0;
			if (!tandem_fake_step(dev, true)) {
				if (any_command(dev))
					pthread_cond_wait(&tandem_fake_changed, &tandem_fake_mutex);
				break;
			}
			tandem_fake_run_all();
		} while (calls == tandem_fake_calls);
	}
	return NULL;
}

void tandem_fake_start(struct device *dev)
{
	if (!dev->executor)
		tandem_fake_thread(execute, dev);
	dev->executor = true;
}
