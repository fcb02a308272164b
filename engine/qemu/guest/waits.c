/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waiting.  When nothing is ready, and only a timer can end the wait, the clock
 * goes on to when the next one does.  What may come from outside of the process is
 * waited for as long as that takes on the machine's clock, at most.
 */
#include "engine/qemu/guest/waits.h"

#include <errno.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	RESTART = 512, /* QEMU_ERESTARTSYS: the call is made once more */
	SIGNALS = 65,
};

/* What a call that the machine makes leaves to be done. */
static struct {
	bool masked;
	sigset_t before;
	uint64_t remaining, unit, ns;
} after;

/* --- what ends it ----------------------------------------------------------------------------- */

uint64_t wait_now(const struct wait *w)
{
	return timers_clock_ns(CLOCK_MONOTONIC, guest_executed(w->call->vcpu)) -
	       timer_offset_ns(CLOCK_MONOTONIC);
}

static bool is_signal_ready(const struct wait *w)
{
	sigset_t pending;

	if (sigpending(&pending) != 0)
		return false;
	for (int i = 1; i < SIGNALS; i++) {
		if (sigismember(&pending, i) != 1)
			continue;
		if ((w->masks && sigismember(&w->blocked, i) == 0 && signals_is_caught(i)) ||
			(w->awaits && sigismember(&w->awaited, i) == 1))
			return true;
	}
	return false;
}

static bool is_ready(const struct wait *w)
{
	uint32_t word;

	if (w->is_futex)
		return !guest_read(w->call->a[0], &word, sizeof(word)) ||
		       word != (uint32_t)w->call->a[2];
	if (is_signal_ready(w))
		return true;
	return w->fd_count > 0 && poll(w->fds, (nfds_t)w->fd_count, 0) != 0;
}

/* Whether the signal of @t, when it comes, interrupts the call. */
static bool interrupts(const struct wait *w, const struct timer *t)
{
	return t->kind == TIMER_SIGNAL && sigismember(&w->blocked, t->signal) == 0 &&
	       signals_is_caught(t->signal) &&
	       !(w->awaits && sigismember(&w->awaited, t->signal) == 1);
}

/* Whether anything is different when @t has expired; what repeats in vain is not. */
static bool changes_something(const struct wait *w, const struct timer *t)
{
	if (t->of_cpu || t->expiry == TIMERS_NEVER)
		return false;
	if (t->kind == TIMER_FD)
		return t->count == 0;
	return t->kind == TIMER_SIGNAL &&
	       (interrupts(w, t) ||
		       (signals_is_caught(t->signal) && !signals_is_pending(t->signal)));
}

static uint64_t next_change(const struct wait *w)
{
	uint64_t next = w->deadline;

	for (unsigned int i = 0; i < TIMERS_MOST; i++) {
		if (timers[i].expiry < next && changes_something(w, &timers[i]))
			next = timers[i].expiry;
	}
	return next;
}

static bool is_outer(const struct wait *w)
{
	for (size_t i = 0; i < w->fd_count; i++) {
		if (w->fds[i].fd >= 0 && !timer_fd_is_inner(w->fds[i].fd))
			return true;
	}
	return false;
}

/* --- the clock goes on ------------------------------------------------------------------------ */

/* Wait on the machine's clock for what may come from outside; what poll() says. */
static int wait_outside(const struct wait *w, uint64_t ns)
{
	const struct timespec span = {(time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS)};

	return ppoll(w->fds, (nfds_t)w->fd_count, &span, &w->blocked);
}

/* What comes of timers that expire at @next; whether they interrupt the call. */
static bool let_expire(const struct wait *w, uint64_t next, bool *restart)
{
	bool interrupted = false;

	*restart = w->restarts;
	for (unsigned int i = 0; i < TIMERS_MOST; i++) {
		const struct timer *t = &timers[i];

		if (t->of_cpu || t->expiry > next || !interrupts(w, t))
			continue;
		interrupted = true;
		*restart = *restart && signals_restarts(t->signal);
	}
	timers_expire(guest_executed(w->call->vcpu));
	return interrupted;
}

static void tell_remaining(const struct wait *w)
{
	uint64_t now = wait_now(w);

	if (w->remaining != 0 && w->deadline != TIMERS_NEVER)
		(void)guest_write_time(
			w->remaining, w->unit, w->deadline > now ? w->deadline - now : 0);
}

/* Nothing came: say so in what the call fills in. */
static void clear_results(const struct guest_call *call)
{
	const uint64_t none[WAIT_FDS_MOST / 64] = {0};
	const uint16_t no_event = 0;

	if (call->number == SYS_poll || call->number == SYS_ppoll) {
		for (uint64_t i = 0; i < call->a[1]; i++)
			(void)guest_write(call->a[0] + i * sizeof(struct pollfd) +
						  offsetof(struct pollfd, revents),
				&no_event, sizeof(no_event));
	} else if (call->number == SYS_select || call->number == SYS_pselect6) {
		for (unsigned int i = 1; i <= 3; i++) {
			if (call->a[i] != 0 && call->a[0] > 0)
				(void)guest_write(call->a[i], none, wait_set_bytes(call->a[0]));
		}
	}
}

enum verdict { READY, TIMED_OUT, INTERRUPTED, RESTARTED };

static enum verdict pass(const struct wait *w)
{
	bool restart;

	while (!is_ready(w)) {
		uint64_t now = wait_now(w), next = next_change(w);
		int got = 0;

		if (next == TIMERS_NEVER)
			return READY; /* nothing that is known here will end it */
		if (next > now && is_outer(w))
			got = wait_outside(w, next - now);
		if (got != 0)
			return got < 0 && errno == EINTR ? INTERRUPTED : READY;
		if (next > now)
			timers_sleep(next - now);
		if (let_expire(w, next, &restart) && next < w->deadline)
			return restart ? RESTARTED : INTERRUPTED;
		if (next >= w->deadline)
			return TIMED_OUT;
	}
	return READY;
}

/* Signals that come while a call has its own set of blocked ones wait for the machine's call. */
static void begin_mask(const struct wait *w)
{
	sigset_t all;

	if (!w->masks && !w->awaits)
		return;
	(void)sigfillset(&all);
	(void)sigdelset(&all, SIGSEGV);
	(void)sigdelset(&all, SIGBUS);
	(void)pthread_sigmask(SIG_SETMASK, &all, &after.before);
	after.masked = true;
}

static void end_mask(void)
{
	if (after.masked)
		(void)pthread_sigmask(SIG_SETMASK, &after.before, NULL);
	after.masked = false;
}

static bool finish(const struct wait *w, enum verdict verdict, int64_t *result)
{
	if (verdict == READY || (w->masks && verdict != TIMED_OUT)) {
		uint64_t now = wait_now(w);

		after.remaining = w->tells_always && w->deadline != TIMERS_NEVER ? w->remaining : 0;
		after.unit = w->unit;
		after.ns = w->deadline > now ? w->deadline - now : 0;
		return false;
	}
	end_mask();
	if (verdict == TIMED_OUT)
		clear_results(w->call);
	if (verdict == INTERRUPTED || w->tells_always)
		tell_remaining(w);
	*result = (verdict == TIMED_OUT ? w->at_timeout : verdict == RESTARTED ? -RESTART : -EINTR);
	return true;
}

bool wait_for(struct wait *w, int64_t *result)
{
	if (!w->masks)
		(void)pthread_sigmask(SIG_SETMASK, NULL, &w->blocked);
	if (w->deadline == TIMERS_NEVER && !timers_any())
		return false;
	begin_mask(w);
	return finish(w, pass(w), result);
}

void wait_after(int64_t result)
{
	if (after.remaining != 0)
		(void)guest_write_time(after.remaining, after.unit, after.ns);
	after.remaining = 0;
	/* A handler that is about to be called sees to it otherwise. */
	if (result == -EINTR || result == -RESTART)
		after.masked = false;
	end_mask();
}
