/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the planner share; see plan.h. */
#ifndef UPSET_ENGINE_QEMU_PLAN_INTERNAL_H
#define UPSET_ENGINE_QEMU_PLAN_INTERNAL_H

#include "engine/qemu/plugin/plan.h"
#include "isa/x86/x86.h"

/* The version of a flag that is current: how a row that names it is counted. */
struct plan_flag {
	uint8_t kind; /* enum upset_shm_row_kind; UNCOUNTED: not known */
	struct upset_shm_value value;
};

struct plan_vector {
	uint16_t lane; /* UPSET_SHM_UNKNOWN, or the first of the lanes that hold */
	uint16_t bits; /* so many low bits of the register */
};

struct planner {
	const struct upset_isa *isa;
	struct upset_plan *plan;
	const struct upset_plan_insn *insns;
	unsigned int count, i; /* i: the current instruction */
	const struct upset_insn *insn;
	struct upset_shm_row *rows; /* of the current instruction */
	struct upset_shm_value general[16];
	struct plan_vector vector[16];
	struct plan_flag flag[X86_OF - X86_CF + 1];
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

/* The current value of a general register, stored before the instruction if not known yet. */
struct upset_shm_value plan_read_general(struct planner *p, unsigned int resource);

/* Value of argument @index as it is read: a row's, or the immediate; unknown for others. */
struct upset_shm_value plan_argument(const struct planner *p, unsigned int index);
/* Row of argument @index with @access, or -1. */
int plan_find_row(const struct planner *p, unsigned int index, unsigned int access);

/* What a general register holds after the instruction, when that can be computed; else unknown. */
struct upset_shm_value plan_result(struct planner *p, const struct upset_operand *operand);
/* What a store writes, when that is a value that is known already; else unknown. */
struct upset_shm_value plan_stored(struct planner *p, const struct upset_operand *operand);
/* Whether the instruction copies its vector source @index 1 to its destination, bit for bit. */
bool plan_is_vector_copy(const struct upset_insn *insn);

/* Count the flag rows of the instruction; after its other rows are done. */
void plan_read_flags(struct planner *p);
void plan_write_flags(struct planner *p);

/* Live share: what the whole block does to every cell. */
void plan_live(struct planner *p);

#endif
