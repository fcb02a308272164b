/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One experiment, in a process of its own. */
#include "engine/qemu/injector/budget.h"
#include "engine/qemu/injector/calls.h"
#include "engine/qemu/injector/faults.h"
#include "engine/qemu/injector/modes.h"

static bool before_call(struct thread *t, const struct call *call, int64_t *result)
{
	(void)t, (void)result;
	if (forever_begins(call))
		injector_hang();
	return false;
}

const struct injector_mode injector_experiment = {
	.begin = faults_begin,
	.mapped = faults_mapped,
	.next = faults_next,
	.at_boundary = faults_at_boundary,
	.sought = faults_sought,
	.arrive = faults_arrive,
	.before_call = before_call,
};
