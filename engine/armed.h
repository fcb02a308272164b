/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fault on its way: from waiting for its trigger to its end, instruction by
 * instruction.  The same for both engines, which bring threads to the places.
 */
#ifndef UPSET_ENGINE_ARMED_H
#define UPSET_ENGINE_ARMED_H

#include "engine/inject.h"
#include "engine/trigger.h"

enum upset_armed_stage {
	UPSET_ARMED_WAITING, /* for its trigger */
	UPSET_ARMED_AFTER,   /* to be carried out once this instruction is done */
	UPSET_ARMED_LASTING,
	UPSET_ARMED_OVER,
};

struct upset_armed {
	const struct upset_fault *fault;
	struct upset_injection *injection;
	enum upset_armed_stage stage;
	bool at_place;	/* it waits for execution .count of .pc, else for instruction .count */
	uint64_t count; /* from 1, else from 0 */
	bool resolved;	/* pc is known */
	uint64_t pc;	/* of the trigger's place, at run time */
	uint64_t hits;	/* of pc, so far; by several threads when it may be in any */
	int64_t taker;	/* the thread that came the right time, where any may; -1: none yet */
	struct upset_inject_target target;
	uint64_t left; /* instructions that it still lasts */
	int slot;      /* the engine's */
};

/* A new one, of which @injection will tell. */
struct upset_armed upset_armed_new(
	const struct upset_fault *fault, struct upset_injection *injection);
/* Its trigger comes as @trigger has it, in a run without faults: wait for it there. */
void upset_armed_wait_at(struct upset_armed *a, const struct upset_trigger *trigger);

/* Whether it is about thread @number. */
static inline bool upset_armed_is_on(const struct upset_armed *a, uint32_t number)
{
	if (a->fault->thread == UPSET_FAULT_ANY_THREAD)
		return a->taker < 0 || number == (uint32_t)a->taker;
	return number == (a->fault->thread < 0 ? 0 : (uint32_t)a->fault->thread);
}

/* Whether the thread must stop after every instruction. */
static inline bool upset_armed_is_active(const struct upset_armed *a)
{
	return a->stage == UPSET_ARMED_AFTER || a->stage == UPSET_ARMED_LASTING;
}

/* Whether it waits for a place of which the address is not known yet. */
static inline bool upset_armed_is_sought(const struct upset_armed *a)
{
	return a->stage == UPSET_ARMED_WAITING && a->at_place && !a->resolved;
}

/* Whether it acts at a place, which is looked up when its trigger comes. */
static inline bool upset_armed_has_place(const struct upset_armed *a)
{
	return a->fault->location == UPSET_FAULT_MEMORY || a->fault->location == UPSET_FAULT_CODE;
}

/* Thread @number comes to the instruction at @pc: counts it.  Whether the trigger is that one. */
bool upset_armed_arrive(struct upset_armed *a, uint32_t number, uint64_t pc);

/*
 * Whether the trigger comes now: thread @number has done @instructions and stands where it has
 * arrived, at @pc.
 */
bool upset_armed_is_due(
	const struct upset_armed *a, uint32_t number, uint64_t pc, uint64_t instructions);

/*
 * The trigger has come, the thread stands before @pc.  @place: where the fault's
 * place lies, NULL when its module is not mapped.
 */
void upset_armed_fire(struct upset_armed *a, const struct upset_inject_state *state, uint64_t pc,
	const uint64_t *place);

/* An instruction of thread @number is done: what is active of @armed[@count] goes on. */
void upset_armed_step(struct upset_armed *armed, size_t count, uint32_t number,
	const struct upset_inject_state *state);

#endif
