/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files on timers share. */
#ifndef UPSET_ENGINE_QEMU_GUEST_TIMERS_INTERNAL_H
#define UPSET_ENGINE_QEMU_GUEST_TIMERS_INTERNAL_H

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

#include "engine/qemu/guest/internal.h"
#include "engine/qemu/guest/timers.h"

enum {
	TIMERS_INTERVAL = 3,	   /* of setitimer(), by number */
	TIMERS_MOST = 3 + 32 + 32, /* those, then those of timer_create(), then descriptors */
	TIMERS_FDS = 1024,	   /* descriptors of which something is known */
};

enum timer_kind { TIMER_NONE, TIMER_SIGNAL, TIMER_SILENT, TIMER_FD };

struct timer {
	enum timer_kind kind;
	bool of_cpu;	   /* it stands still while the program sleeps */
	int clock;	   /* clockid_t */
	uint64_t expiry;   /* in ns of executed instructions, and of sleep but for @of_cpu */
	uint64_t interval; /* ns; 0: once */
	int signal;	   /* the host's number */
	siginfo_t info;
	uint64_t count; /* expirations not read, of a descriptor; overrun of the last signal */
	uint64_t overrun_before; /* of the signal before that */
	bool real;		 /* it has become the machine's */
	timer_t host;
};

/* timer.c */
extern struct timer timers[TIMERS_MOST];
bool timers_are_real(void);
void timers_become_real(void);
/* Whether one is set, and is not the machine's. */
bool timers_any(void);
uint64_t timer_now(const struct timer *t, uint64_t executed);
/* What clock @clock, which a program may read, says more than timer_now(). */
uint64_t timer_offset_ns(int clock);
bool timer_is_of_cpu(int clock);
/* Until it expires, in ns; 0: it is not set. */
uint64_t timer_remaining(const struct timer *t, uint64_t executed);
bool timer_is_set(const struct timer *t);
void timer_set(struct timer *t, uint64_t expiry, uint64_t interval);

/* timer_calls.c */
bool timer_call(const struct guest_call *call, int64_t *result);

/* waits.c */
bool wait_call(const struct guest_call *call, int64_t *result);
void wait_after(int64_t result);

/* signals.c */
bool signals_read_set(uint64_t address, sigset_t *host);
/* Send the calling thread the timer's signal, having expired @times; count what is missed. */
void signals_raise(struct timer *t, uint64_t times);
/* Whether the timer's own signal waits to be delivered; its overrun grows by @more. */
bool signals_is_queued(const struct timer *t, uint64_t more);
bool signals_is_pending(int signal);
/* Whether @signal has a handler, or ends the program. */
bool signals_is_caught(int signal);
bool signals_restarts(int signal);
void signals_before_copy(void);
void signals_after_copy(void);

/* timer_fds.c */
/* Nothing outside of the process can make it ready. */
bool timer_fd_is_inner(int fd);
struct timer *timer_of_fd(int fd);
void timer_fd_expire(const struct timer *t);
/* It is not readable any more. */
void timer_fd_clear(int fd);
void timer_fds_after(const struct guest_call *call, int64_t result);
void timer_fds_after_copy(void);
void timer_fds_give_up(uint64_t executed);

#endif
