/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waiting that nothing can end: a run with a limit hangs then, and need not be
 * waited for.
 */
#include <linux/futex.h>
#include <sys/syscall.h>

#include "engine/qemu/guest/timers.h"
#include "engine/qemu/injector/calls.h"
#include "engine/qemu/injector/core.h"

static bool wakes; /* something may send the thread a signal */

/* After these a signal may come that nothing in the thread sends. */
static bool may_wake(int64_t number)
{
	return number == SYS_fork || number == SYS_vfork || number == SYS_clone ||
	       number == SYS_clone3;
}

/* Whether a thread that is alone waits for what only another one could do. */
bool forever_begins(const struct call *call)
{
	int command = (int)call->a2 & FUTEX_CMD_MASK;
	uint32_t value;

	wakes |= may_wake(call->number);
	if (wakes || timers_may_wake() || injector.shm->limit == 0)
		return false;
	if (call->number == SYS_pause)
		return true;
	return call->number == SYS_futex &&
	       (command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET) && call->a4 == 0 &&
	       guest_read(call->a1, &value, sizeof(value)) && value == (uint32_t)call->a3;
}
