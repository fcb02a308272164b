/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens when timers expire, and when they become the machine's: see timers.h. */
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "engine/qemu/guest/timers_internal.h"

/* All that it does up to @now, at one time. */
static void expire(struct timer *t, uint64_t now)
{
	uint64_t times = 1;

	if (t->interval == 0) {
		t->expiry = TIMERS_NEVER;
	} else {
		times += (now - t->expiry) / t->interval;
		t->expiry += times * t->interval;
	}
	if (t->kind == TIMER_SIGNAL)
		signals_raise(t, times);
	if (t->kind != TIMER_FD)
		return;
	if (t->count == 0)
		timer_fd_expire(t);
	t->count += times;
}

/* The one that was due first. */
static struct timer *find_due(uint64_t executed)
{
	struct timer *first = NULL;
	uint64_t longest = 0;

	for (unsigned int i = 0; i < TIMERS_MOST; i++) {
		struct timer *t = &timers[i];
		uint64_t now = timer_now(t, executed);

		if (!timer_is_set(t) || t->expiry > now)
			continue;
		if (first == NULL || now - t->expiry > longest) {
			first = t;
			longest = now - t->expiry;
		}
	}
	return first;
}

void timers_expire(uint64_t executed)
{
	struct timer *t;

	while (!timers_are_real() && (t = find_due(executed)) != NULL)
		expire(t, timer_now(t, executed));
}

/* --- timers of the machine -------------------------------------------------------------------- */

static void make_host_timer(struct timer *t)
{
	struct sigevent event = {.sigev_notify = t->kind == TIMER_SILENT
							 ? SIGEV_NONE
							 : SIGEV_SIGNAL | SIGEV_THREAD_ID,
		.sigev_signo = t->signal,
		.sigev_value = t->info.si_value};

	event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
	t->real = timer_create(t->clock, &event, &t->host) == 0;
}

static void give_up(unsigned int number, uint64_t executed)
{
	struct timer *t = &timers[number];
	uint64_t ns = timer_remaining(t, executed);
	const struct itimerspec spec = {
		.it_interval = {(time_t)(t->interval / SECOND_NS), (long)(t->interval % SECOND_NS)},
		.it_value = {(time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS)}};
	struct itimerval value = {
		.it_interval = {spec.it_interval.tv_sec, spec.it_interval.tv_nsec / MICROSECOND_NS},
		.it_value = {spec.it_value.tv_sec, spec.it_value.tv_nsec / MICROSECOND_NS}};

	if (number < TIMERS_INTERVAL) {
		if (ns > 0 && ns < MICROSECOND_NS)
			value.it_value.tv_usec = 1;
		if (ns > 0)
			(void)setitimer((__itimer_which_t)number, &value, NULL);
	} else if (t->kind == TIMER_SIGNAL || t->kind == TIMER_SILENT) {
		make_host_timer(t);
		if (t->real && ns > 0)
			(void)timer_settime(t->host, 0, &spec, NULL);
	}
}

void timers_give_up(uint64_t executed)
{
	if (timers_are_real())
		return;
	timer_fds_give_up(executed);
	for (unsigned int i = 0; i < TIMERS_MOST; i++)
		give_up(i, executed);
	timers_become_real();
}
