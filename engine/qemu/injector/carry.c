/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many experiments in one run: where a fault comes, the process is copied, and
 * the copy gets the fault and runs on.  What copies would share with others, they may not touch.
 */
#include <stdio.h>
#include <unistd.h>

#include "engine/qemu/injector/ahead.h"
#include "engine/qemu/injector/budget.h"
#include "engine/qemu/injector/calls.h"
#include "engine/qemu/injector/copies.h"
#include "engine/qemu/injector/faults.h"
#include "engine/qemu/injector/foresee.h"
#include "engine/qemu/injector/messages.h"
#include "engine/qemu/injector/modes.h"
#include "engine/qemu/injector/warm.h"

enum { WARMINGS = 64 }; /* at most: what they take of the heap is never given back */

static uint64_t next_item;
static unsigned int warmings;

/* --- in a copy -------------------------------------------------------------------------------- */

static bool before_call_in_copy(struct thread *t, const struct call *call, int64_t *result)
{
	(void)t;
	if (!permit_allows(call)) {
		atomic_store(&injector.run->left_out, 1);
		_exit(0);
	}
	if (forever_begins(call))
		injector_hang();
	return permit_answer(call, result);
}

static const struct injector_mode copy = {
	.next = faults_next,
	.at_boundary = faults_at_boundary,
	.before_call = before_call_in_copy,
};

static const struct injector_mode scout = {
	.translated = ahead_translated,
	.before_call = before_call_in_copy,
	.end = ahead_ends,
};

/* --- in the process that is copied ------------------------------------------------------------ */

/* Make the experiment of @item; true in the copy. */
static bool make(struct thread *t, uint64_t item)
{
	uint64_t place = 0;
	bool found = false;

	if (faults_arm(item) != 0 || faults_armed(0) == NULL)
		injector_give_up("a fault makes no sense");
	if (foresee(t, item))
		return false;
	if (upset_armed_has_place(faults_armed(0)))
		found = injector_find(item, 0, false, &place);
	if (!copies_start(item, &copy))
		return false;
	faults_move();
	faults_fire(t, 0, found ? &place : NULL);
	return true;
}

static int begin(void)
{
	ahead_begin();
	return copies_begin();
}

static uint64_t next(const struct thread *t)
{
	(void)t;
	if (next_item >= injector.shm->item_count)
		return UINT64_MAX;
	return upset_injector_items(injector.shm)[next_item].trigger.insn;
}

/* Make copies that are due. */
static void at_boundary(struct thread *t, bool stepped)
{
	(void)stepped;
	if (ahead_scout(&scout))
		return;
	if (ahead_translate() && warmings < WARMINGS) {
		warmings++;
		warm_files();
		warm_heap();
	}
	while (next(t) <= injector_executed(t)) {
		if (next(t) == injector_executed(t) && make(t, next_item))
			return;
		next_item++;
	}
	faults_disarm();
	if (next(t) == UINT64_MAX)
		copies_stop("");
}

static bool before_call(struct thread *t, const struct call *call, int64_t *result)
{
	char why[sizeof(injector.shm->why)];
	const char *name = upset_abi_call_name(guest_abi(), call->own);

	(void)t;
	if (permit_allows(call))
		return permit_answer(call, result);
	if (name != NULL)
		(void)snprintf(why, sizeof(why), "system call %s", name);
	else
		(void)snprintf(why, sizeof(why), "system call %lld", (long long)call->own);
	copies_stop(why);
}

const struct injector_mode injector_carry = {
	.begin = begin,
	.next = next,
	.at_boundary = at_boundary,
	.before_call = before_call,
	.after_call = permit_after,
	.end = copies_wait,
};
