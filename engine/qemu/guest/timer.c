/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The timers that there are, and the clocks that they follow: see timers.h. */
#include <sys/time.h>

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

void timers_become_real(void)
{
	real = true;
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

bool timer_is_set(const struct timer *t)
{
	return t->kind != TIMER_NONE && t->expiry != TIMERS_NEVER;
}

bool timers_any(void)
{
	for (unsigned int i = 0; !real && i < TIMERS_MOST; i++) {
		if (timer_is_set(&timers[i]))
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

		if (!timer_is_set(t))
			continue;
		at = t->expiry > slept ? t->expiry - slept : 0;
		if (at < next)
			next = at;
	}
	return next;
}
