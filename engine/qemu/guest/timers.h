/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers of a program with one thread.  They follow the clock of executed
 * instructions and of time slept, one nanosecond an instruction, so that what they
 * do comes at the same instruction in each run.  Nothing here knows how the plugin
 * counts instructions: it is told, and says up to which one the thread may go.
 */
#ifndef UPSET_ENGINE_QEMU_GUEST_TIMERS_H
#define UPSET_ENGINE_QEMU_GUEST_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

#define TIMERS_NEVER UINT64_MAX

/* A system call that the program is about to make. */
struct guest_call {
	int64_t number;
	uint64_t a[6];
	unsigned int vcpu;
};

/* What clock @clock, a clockid_t, says when the thread has executed @executed instructions. */
uint64_t timers_clock_ns(int clock, uint64_t executed);
/* How far clocks are ahead of executed instructions. */
uint64_t timers_slept_ns(void);
/* Clocks go on by @ns, but for those of the processor's time. */
void timers_sleep(uint64_t ns);

/* How many instructions the thread will have executed when the next timer expires. */
uint64_t timers_next(void);
/* Whether a signal may come of one. */
bool timers_may_wake(void);
/* Let expire what is due: outside of translated code, before an instruction. */
void timers_expire(uint64_t executed);

/*
 * Answer a system call that sets, reads or waits for a timer, or that waits for
 * something until a time: true, and what it returns in @result.  Waiting takes no
 * time where only a timer can end it.  Callers make the call themselves when false.
 */
bool timers_filter(const struct guest_call *call, int64_t *result);
/* A call has returned @result, answered or made. */
void timers_after(const struct guest_call *call, int64_t result);

/*
 * From now on timers are the machine's: the program is about to have a second thread
 * or a child process, or to wait for something of which nothing is known here.
 */
void timers_give_up(uint64_t executed);

/* Whether timers of clock @clock that timer_create() makes are kept here. */
bool timers_follow(int clock);
/* Whether @fd is a timer that is kept here. */
bool timers_has_fd(int fd);
/* Before a copy of the process is made; signals that are pending go to both. */
void timers_before_copy(void);
void timers_after_copy(bool copy);

#endif
