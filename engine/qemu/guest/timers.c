/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When timers expire, and what happens then: see timers.h. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "engine/qemu/guest/timers_internal.h"

struct timer timers[TIMERS_MOST] = {
	[ITIMER_REAL] = {.kind = TIMER_SIGNAL,
		.expiry = TIMERS_NEVER,
		.signal = SIGALRM,
		.info = {.si_signo = SIGALRM, .si_code = SI_KERNEL}},
	[ITIMER_VIRTUAL] = {.kind = TIMER_SIGNAL,
		.of_cpu = true,
		.expiry = TIMERS_NEVER,
		.signal = SIGVTALRM,
		.info = {.si_signo = SIGVTALRM, .si_code = SI_KERNEL}},
	[ITIMER_PROF] = {.kind = TIMER_SIGNAL,
		.of_cpu = true,
		.expiry = TIMERS_NEVER,
		.signal = SIGPROF,
		.info = {.si_signo = SIGPROF, .si_code = SI_KERNEL}},
};

static uint64_t slept_ns;
static bool real;

uint64_t timers_clock_ns(int clock, uint64_t executed)
{
	return executed + (timer_is_of_cpu(clock) ? 0 : slept_ns) + timer_offset_ns(clock);
}

uint64_t timers_slept_ns(void)
{
	return slept_ns;
}

void timers_sleep(uint64_t ns)
{
	slept_ns += ns;
}

bool timers_are_real(void)
{
	return real;
}

uint64_t timer_now(const struct timer *t, uint64_t executed)
{
	return t->of_cpu ? executed : executed + slept_ns;
}

bool timer_is_of_cpu(int clock)
{
	return clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID;
}

uint64_t timer_offset_ns(int clock)
{
	if (timer_is_of_cpu(clock))
		return 0;
	return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI
		       ? CLOCK_EPOCH_NS
		       : SECOND_NS;
}

uint64_t timer_remaining(const struct timer *t, uint64_t executed)
{
	uint64_t now = timer_now(t, executed);

	if (t->kind == TIMER_NONE || t->expiry == TIMERS_NEVER)
		return 0;
	/* It is set as long as it has not expired, which is to be seen. */
	return t->expiry > now ? t->expiry - now : 1;
}

void timer_set(struct timer *t, uint64_t expiry, uint64_t interval)
{
	t->expiry = expiry;
	t->interval = interval;
	if (t->kind == TIMER_FD)
		t->count = 0;
}

static bool is_set(const struct timer *t)
{
	return t->kind != TIMER_NONE && t->expiry != TIMERS_NEVER;
}

bool timers_any(void)
{
	for (unsigned int i = 0; !real && i < TIMERS_MOST; i++) {
		if (is_set(&timers[i]))
			return true;
	}
	return false;
}

bool timers_may_wake(void)
{
	return real || timers_any();
}

uint64_t timers_next(void)
{
	uint64_t next = TIMERS_NEVER;

	for (unsigned int i = 0; !real && i < TIMERS_MOST; i++) {
		const struct timer *t = &timers[i];
		uint64_t slept = t->of_cpu ? 0 : slept_ns, at;

		if (!is_set(t))
			continue;
		at = t->expiry > slept ? t->expiry - slept : 0;
		if (at < next)
			next = at;
	}
	return next;
}

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

		if (!is_set(t) || t->expiry > now)
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

	while (!real && (t = find_due(executed)) != NULL)
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
	if (real)
		return;
	timer_fds_give_up(executed);
	for (unsigned int i = 0; i < TIMERS_MOST; i++)
		give_up(i, executed);
	real = true;
}

/* --- system calls and copies ------------------------------------------------------------------ */

/* Calls that make timers the machine's, when they can have something to wait for. */
static bool leaves(const struct guest_call *call)
{
	switch (call->number) {
	case SYS_fork:
	case SYS_vfork:
	case SYS_clone:
	case SYS_clone3:
		return true;
	case SYS_connect:
	case SYS_flock:
	case SYS_semop:
	case SYS_semtimedop:
	case SYS_msgsnd:
	case SYS_msgrcv:
	case SYS_mq_timedsend:
	case SYS_mq_timedreceive:
	case SYS_io_getevents:
	case SYS_io_uring_enter:
		return timers_any();
	default:
		return false;
	}
}

bool timers_filter(const struct guest_call *call, int64_t *result)
{
	if (!real && leaves(call))
		timers_give_up(guest_executed(call->vcpu));
	if (timer_call(call, result))
		return true;
	return !real && wait_call(call, result);
}

void timers_after(const struct guest_call *call, int64_t result)
{
	if (real)
		return;
	timer_fds_after(call, result);
	wait_after(result);
}

void timers_before_copy(void)
{
	signals_before_copy();
}

void timers_after_copy(bool copy)
{
	signals_after_copy();
	if (copy)
		timer_fds_after_copy();
}
