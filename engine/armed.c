/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults on their way: see armed.h. */
#include "engine/armed.h"

#include <stdio.h>

struct upset_armed upset_armed_new(
	const struct upset_fault *fault, struct upset_injection *injection)
{
	return (struct upset_armed){.fault = fault,
		.injection = injection,
		.at_place = fault->trigger == UPSET_FAULT_AT_PLACE,
		.count = fault->count,
		.taker = -1,
		.slot = -1};
}

/* Without its number there it stays what it was. */
void upset_armed_wait_at(struct upset_armed *a, const struct upset_trigger *trigger)
{
	if (a->at_place || !trigger->reached || trigger->hit == 0)
		return;
	a->at_place = a->resolved = true;
	a->pc = trigger->address;
	a->count = trigger->hit;
}

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

static bool is_waiting_for(const struct upset_armed *a, uint32_t number, uint64_t pc)
{
	return a->stage == UPSET_ARMED_WAITING && upset_armed_is_on(a, number) && a->resolved &&
	       a->pc == pc;
}

bool upset_armed_arrive(struct upset_armed *a, uint32_t number, uint64_t pc)
{
	if (!is_waiting_for(a, number, pc) ||
		__atomic_add_fetch(&a->hits, 1, __ATOMIC_RELAXED) != a->count)
		return false;
	__atomic_store_n(&a->taker, number, __ATOMIC_RELAXED);
	return true;
}

bool upset_armed_is_due(
	const struct upset_armed *a, uint32_t number, uint64_t pc, uint64_t instructions)
{
	if (a->at_place)
		return is_waiting_for(a, number, pc) && a->hits >= a->count;
	return a->stage == UPSET_ARMED_WAITING && upset_armed_is_on(a, number) &&
	       a->count == instructions;
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
	if (upset_armed_has_place(a) && place == NULL) {
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

static void step(struct upset_armed *a, const struct upset_inject_state *state)
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

void upset_armed_step(struct upset_armed *armed, size_t count, uint32_t number,
	const struct upset_inject_state *state)
{
	for (size_t i = 0; i < count; i++) {
		if (upset_armed_is_on(&armed[i], number) && upset_armed_is_active(&armed[i]))
			step(&armed[i], state);
	}
}
