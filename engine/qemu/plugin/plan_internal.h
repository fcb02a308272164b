/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the planner share; see plan.h.  plan_values.c lies at the bottom:
 * what values a block knows.  plan_flags.c and plan_live.c stand on it, plan.c on all.
 */
#ifndef UPSET_ENGINE_QEMU_PLAN_INTERNAL_H
#define UPSET_ENGINE_QEMU_PLAN_INTERNAL_H

#include "engine/qemu/plugin/plan.h"

/* What is known of a resource: how a row that names it is counted. */
struct plan_version {
	uint8_t kind;  /* enum upset_shm_row_kind; UNCOUNTED: nothing is known */
	uint16_t bits; /* how many low ones of a register value has; flags: not looked at */
	struct upset_shm_value value;
};

struct planner {
	const struct upset_isa *isa;
	struct upset_plan *plan;
	const struct upset_plan_insn *insns;
	unsigned int count, i; /* i: the current instruction */
	const struct upset_insn *insn;
	struct upset_shm_row *rows; /* of the current instruction */
	struct plan_version versions[UPSET_RESOURCES_MAX];
	int error;
};

static const struct upset_shm_value plan_unknown = {0, UPSET_SHM_UNKNOWN, 0};

static inline bool plan_known(struct upset_shm_value v)
{
	return v.lane != UPSET_SHM_UNKNOWN;
}

static inline struct upset_shm_value plan_constant(uint64_t value)
{
	return (struct upset_shm_value){value, UPSET_SHM_CONSTANT, 0};
}

/* --- plan_values.c ------------------------------------------------------------------------- */

enum { PLAN_LANES_MAX = 16000 };

/* Make room for one more element; false (and an error in @p) when memory is out. */
bool plan_grow(
	struct planner *p, void **array, unsigned int *room, unsigned int count, size_t size);

/* @n new stored lanes side by side; the first one's number, or UPSET_SHM_UNKNOWN. */
uint16_t plan_new_lanes(struct planner *p, unsigned int n);
void plan_emit(struct planner *p, unsigned int point, unsigned int kind, unsigned int resource,
	unsigned int part, unsigned int lane);

/*
 * A value computed from @a and @b: folded when both are constants, else a
 * derived lane; unknown when an input is unknown or shifted, or lanes are used up.
 */
struct upset_shm_value plan_derive(struct planner *p, unsigned int kind, unsigned int bits,
	unsigned int amount, struct upset_shm_value a, struct upset_shm_value b,
	uint64_t displacement);

/* The same value without its @shift lowest bits. */
struct upset_shm_value plan_shifted(struct upset_shm_value v, unsigned int shift);

/* Whether translated code can store the resource. */
bool plan_is_stored(const struct upset_isa *isa, unsigned int resource);
/* The low @bits of a register as they are now, stored before the instruction if not known yet. */
struct upset_shm_value plan_read(struct planner *p, unsigned int resource, unsigned int bits);
/* The same after it, whatever is known. */
struct upset_shm_value plan_observe(struct planner *p, unsigned int resource, unsigned int bits);
/* The low @bits of the register have value @v from now on. */
void plan_set(
	struct planner *p, unsigned int resource, unsigned int bits, struct upset_shm_value v);
/* Nothing is known any more of the resources of @kind. */
void plan_forget_kind(struct planner *p, unsigned int kind);

/* Row @row of the instruction has value @v. */
void plan_set_row(struct planner *p, unsigned int row, struct upset_shm_value v);

/* An input of an effect, @value its constant. */
struct upset_shm_value plan_input(const struct planner *p, unsigned int from, uint64_t value);
/* What write row @row leaves, when that can be computed; else unknown. */
struct upset_shm_value plan_effect(struct planner *p, unsigned int row);

/* --- plan_flags.c -------------------------------------------------------------------------- */

/* Count the flag rows of the instruction; after its other rows are done. */
void plan_read_flags(struct planner *p);
void plan_write_flags(struct planner *p);

/* --- plan_live.c --------------------------------------------------------------------------- */

/* Live share: what the whole block does to every cell. */
void plan_live(struct planner *p);

#endif
