/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time of the program: as many nanoseconds as instructions were executed, so
 * that it is the same in each run, and what the program has slept.
 */
#include <errno.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

#include "engine/qemu/guest/internal.h"
#include "engine/qemu/guest/timers.h"

enum { TICKS_A_READING = 1000 };

static struct {
	uint64_t timeout_ns; /* of the thread's system call, while there is one thread */
	uint64_t readings;   /* of the processor's counter of time */
} times;

uint64_t clock_now_ns(unsigned int vcpu, uint64_t clock)
{
	return timers_clock_ns((int)clock, guest_executed(vcpu));
}

/* Read in the middle of blocks, where instructions are not counted exactly: so by readings. */
bool clock_ticks(unsigned int vcpu, uint64_t *ticks)
{
	(void)vcpu;
	if (!guest_is_alone())
		return false;
	*ticks = SECOND_NS + TICKS_A_READING * ++times.readings;
	return true;
}

/* All of the time was the program's own. */
static void give_usage(unsigned int vcpu, uint64_t address)
{
	const uint64_t ns = guest_executed(vcpu);
	const uint64_t usage[sizeof(struct rusage) / sizeof(long)] = {
		ns / SECOND_NS, ns % SECOND_NS / MICROSECOND_NS};

	(void)guest_write_words(address, usage, sizeof(usage) / sizeof(usage[0]));
}

static uint64_t timespec_ns(uint64_t address)
{
	uint64_t ns;

	return guest_read_time(address, 1, &ns) ? ns : 0;
}

static uint64_t timeval_ns(uint64_t address)
{
	uint64_t ns;

	return guest_read_time(address, MICROSECOND_NS, &ns) ? ns : 0;
}

/* How long a system call waits when nothing happens: by its arguments, before it is made. */
static uint64_t timeout_ns(const struct call *call)
{
	int ms = 0;

	switch (call->number) {
	case SYS_nanosleep:
		return timespec_ns(call->a1);
	case SYS_clock_nanosleep: {
		uint64_t ns = timespec_ns(call->a3), now = clock_now_ns(call->vcpu, call->a1);

		/* Until a time of the program's clock, which has passed by the machine's. */
		if (call->a2 & TIMER_ABSTIME)
			return ns > now ? ns - now : 0;
		return ns;
	}
	case SYS_poll:
		ms = (int)call->a3;
		break;
	case SYS_epoll_wait:
	case SYS_epoll_pwait:
		ms = (int)call->a4;
		break;
	case SYS_ppoll:
	case SYS_rt_sigtimedwait:
		return timespec_ns(call->a3);
	case SYS_select:
		return timeval_ns(call->a5);
	case SYS_pselect6:
		return timespec_ns(call->a5);
	case SYS_futex:
		return ((int)call->a2 & FUTEX_CMD_MASK) == FUTEX_WAIT ? timespec_ns(call->a4) : 0;
	default:
		break;
	}
	return ms > 0 ? (uint64_t)ms * MILLISECOND_NS : 0;
}

/* Whether the system call has ended because nothing happened. */
static bool has_timed_out(int64_t number, int64_t result)
{
	return number == SYS_futex	       ? result == -ETIMEDOUT
	       : number == SYS_rt_sigtimedwait ? result == -EAGAIN
					       : result == 0;
}

void clock_before(const struct call *call)
{
	times.timeout_ns = timeout_ns(call);
}

bool clock_answer(const struct call *call, int64_t *result)
{
	if (call->number != SYS_time)
		return false;
	*result = (int64_t)(clock_now_ns(call->vcpu, CLOCK_REALTIME) / SECOND_NS);
	(void)guest_write_words(call->a1, (uint64_t *)result, 1);
	return true;
}

void clock_after(const struct call *call, int64_t result)
{
	if (has_timed_out(call->number, result))
		timers_sleep(times.timeout_ns);
	if (result != 0)
		return;
	switch (call->number) {
	case SYS_clock_gettime:
		(void)guest_write_time(call->a2, 1, clock_now_ns(call->vcpu, call->a1));
		break;
	case SYS_gettimeofday:
		(void)guest_write_time(
			call->a1, MICROSECOND_NS, clock_now_ns(call->vcpu, CLOCK_REALTIME));
		break;
	case SYS_getrusage:
		give_usage(call->vcpu, call->a2);
		break;
	default:
		break;
	}
}
