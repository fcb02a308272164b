/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which file knows what of a system call: see guest.h. */
#include <qemu/qemu-plugin.h>

#include "engine/qemu/guest/apart.h"
#include "engine/qemu/guest/internal.h"

static _Thread_local struct call current; /* that the thread makes */

void guest_begin(void)
{
	random_begin();
	qemu_plugin_set_ticks_cb(clock_ticks);
}

bool guest_answer(const struct call *call, int64_t *result)
{
	current = *call;
	if (apart_answer(call, result))
		return true;
	if (!guest_is_alone())
		return false;
	clock_before(call);
	return clock_answer(call, result);
}

void guest_after(int64_t number, int64_t result)
{
	/* The call that began the thread was made by another one. */
	if (current.number != number || !guest_is_alone())
		return;
	clock_after(&current, result);
	random_after(&current, result);
}
