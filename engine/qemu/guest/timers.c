/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which file knows what of a system call that has to do with timers: see timers.h. */
#include <sys/syscall.h>

#include "engine/qemu/guest/timers_internal.h"

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
	if (!timers_are_real() && leaves(call))
		timers_give_up(guest_executed(call->vcpu));
	if (timer_call(call, result))
		return true;
	return !timers_are_real() && wait_call(call, result);
}

void timers_after(const struct guest_call *call, int64_t result)
{
	if (timers_are_real())
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
