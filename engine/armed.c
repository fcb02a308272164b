/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults on their way: see armed.h. */
#include "engine/armed.h"

#include <stdio.h>

/* It was carried out for the first time. */
static void begin(struct upset_armed *a)
{
	const struct upset_fault *f = a->fault;

	a->stage = UPSET_ARMED_OVER;
	if (f->duration == UPSET_FAULT_TRANSIENT || a->injection->state != UPSET_INJECTION_DONE)
		return;
	a->stage = UPSET_ARMED_LASTING;
	a->left = f->duration == UPSET_FAULT_FOR ? f->duration_count : UINT64_MAX;
}

static bool has_place(const struct upset_fault *f)
{
	return f->location == UPSET_FAULT_MEMORY || f->location == UPSET_FAULT_CODE;
}

void upset_armed_fire(struct upset_armed *a, const struct upset_inject_state *state, uint64_t pc,
	const uint64_t *place)
{
	a->injection->address = pc;
	a->stage = UPSET_ARMED_OVER;
	if (a->fault->model == UPSET_FAULT_SKIP) {
		upset_inject_skip(state, a->injection);
		begin(a);
		return;
	}
	if (has_place(a->fault) && place == NULL) {
		a->injection->state = UPSET_INJECTION_IMPOSSIBLE;
		(void)snprintf(a->injection->reason, sizeof(a->injection->reason),
			"its module is not loaded");
		return;
	}
	if (upset_inject_find(
		    a->fault, place != NULL ? *place : 0, state, &a->target, a->injection) != 0)
		return;
	if (a->target.after) {
		a->stage = UPSET_ARMED_AFTER;
		return;
	}
	upset_inject_apply(a->fault, &a->target, state, a->injection);
	begin(a);
}

void upset_armed_step(struct upset_armed *a, const struct upset_inject_state *state)
{
	if (a->stage == UPSET_ARMED_AFTER) {
		upset_inject_apply(a->fault, &a->target, state, a->injection);
		begin(a);
	} else if (--a->left == 0) {
		a->stage = UPSET_ARMED_OVER;
	} else if (a->fault->model == UPSET_FAULT_SKIP) {
		upset_inject_skip(state, a->injection);
	} else {
		upset_inject_hold(a->fault, &a->target, state);
	}
}
