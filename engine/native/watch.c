/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kills the program when the caller says stop.  A thread of its own, because
 * the tracer may be waiting for a program that waits for something else.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <time.h>

#include "engine/native/native.h"

enum { LOOK_EVERY_NS = 50 * 1000 * 1000 };

struct native_watch {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t over_changed;
	bool over;
	int pid_fd;
	const struct upset_stop *stop;
};

static void *watch(void *argument)
{
	struct native_watch *watch = argument;
	bool killed = false;

	pthread_mutex_lock(&watch->lock);
	while (!watch->over) {
		struct timespec until;

		if (!killed && upset_stop_reason(watch->stop) != 0) {
			(void)pidfd_send_signal(watch->pid_fd, SIGKILL, NULL, 0);
			killed = true;
		}
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += LOOK_EVERY_NS;
		if (until.tv_nsec >= 1000000000) {
			until.tv_nsec -= 1000000000;
			until.tv_sec++;
		}
		(void)pthread_cond_timedwait(&watch->over_changed, &watch->lock, &until);
	}
	pthread_mutex_unlock(&watch->lock);
	return NULL;
}

/* Off the tracer's core where there is another, and not where signals are handled. */
static int start_thread(struct native_watch *state, const struct native_trace *trace)
{
	sigset_t all, before;
	pthread_attr_t attributes;
	int result = pthread_attr_init(&attributes);

	if (result != 0)
		return result;
	if (trace->pinned)
		(void)pthread_attr_setaffinity_np(
			&attributes, sizeof(trace->affinity), &trace->affinity);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	result = pthread_create(&state->thread, &attributes, watch, state);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return result;
}

struct native_watch *native_watch_start(const struct native_trace *trace)
{
	struct native_watch *state = calloc(1, sizeof(*state));

	if (state == NULL)
		return NULL;
	state->pid_fd = trace->pid_fd;
	state->stop = trace->stop;
	pthread_mutex_init(&state->lock, NULL);
	pthread_cond_init(&state->over_changed, NULL);
	if (start_thread(state, trace) != 0) {
		pthread_cond_destroy(&state->over_changed);
		pthread_mutex_destroy(&state->lock);
		free(state);
		return NULL;
	}
	return state;
}

void native_watch_end(struct native_watch *state)
{
	pthread_mutex_lock(&state->lock);
	state->over = true;
	pthread_cond_signal(&state->over_changed);
	pthread_mutex_unlock(&state->lock);
	pthread_join(state->thread, NULL);
	pthread_cond_destroy(&state->over_changed);
	pthread_mutex_destroy(&state->lock);
	free(state);
}
